# The laboratory's experiments: long runs, recorded in data/recorded/. Cut off, it goes on where it stopped.
.PHONY: experiments

experiments: $(READY) ## Rerun the laboratory's experiments (real CIFAR-10; about an hour on one core)
	@$(BIN)/python -m workshop.experiments $(if $(SOURCE),--source "$(SOURCE)") $(EXPERIMENTS)
