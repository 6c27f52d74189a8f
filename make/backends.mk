# The library on PyTorch and on JAX, in an environment of its own that has no TensorFlow.
BACKENDS := .venv-backends
BACKENDS_PYTHON ?= $(shell command -v python3.11 || echo $(PYTHON))
BACKENDS_BIN ?= $(BACKENDS)/bin

.PHONY: test-backends

$(BACKENDS)/.ready: requirements-backends.txt
	@echo "making the environment in $(BACKENDS) (about a minute, once)"
	@"$(BACKENDS_PYTHON)" -m venv --clear $(BACKENDS)
	@$(BACKENDS)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-backends.txt
	@touch $@

test-backends: $(BACKENDS)/.ready ## Test the heads on PyTorch and on JAX, against their distributions
	@for backend in torch jax; do echo "Keras on $$backend"; \
	  KERAS_BACKEND=$$backend JAX_ENABLE_X64=1 PYTHONPATH=code $(BACKENDS_BIN)/python -m pytest -q tests/backends || exit 1; \
	done
