# The laboratory's experiments: long runs, recorded in data/recorded/. Cut off, it goes on where it stopped.
.PHONY: article experiments

article: $(READY) ## Train the article's networks anew and record them (real CIFAR-10; ten minutes)
	@$(BIN)/python -m workshop.experiments.article $(if $(ONLY),--only $(ONLY))

experiments: $(READY) ## Rerun the laboratory's experiments (real CIFAR-10; about an hour on one core)
	@$(BIN)/python -m workshop.experiments $(if $(SOURCE),--source "$(SOURCE)") $(EXPERIMENTS)
