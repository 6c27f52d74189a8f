# Speed, as ratios within one run; no test asserts a time. PyTorch and JAX are not in the course's
# environment: BENCH="--torch-python PATH --jax-python PATH" names Pythons that have them.
.PHONY: bench

bench: book ## Measure execution, rebuilding, training, start-up and scaling (half an hour)
	@$(BIN)/python bench/run.py $(BENCH)
