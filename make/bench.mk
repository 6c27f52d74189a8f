# Speed, as ratios within one run; no test asserts a time.
.PHONY: bench

bench: book ## Measure execution, rebuilding, training, start-up and scaling (half an hour)
	@$(BIN)/python bench/run.py
