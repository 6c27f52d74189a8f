# Other libraries, in one environment of its own that has no TensorFlow: the heads on PyTorch and on JAX,
# the same losses elsewhere, and the checker on models that are not Keras's.
LIBRARIES := .venv-libraries
LIBRARIES_PYTHON ?= $(shell command -v python3.11 || echo $(PYTHON))
LIBRARIES_BIN ?= $(LIBRARIES)/bin
IN_LIBRARIES = PYTHONPATH="$(CURDIR)/code" JAX_ENABLE_X64=1 $(LIBRARIES_BIN)/python

.PHONY: test-libraries test-backends

$(LIBRARIES)/.ready: tests/libraries/requirements.txt
	@echo "making the environment in $(LIBRARIES) (some minutes, once)"
	@"$(LIBRARIES_PYTHON)" -m venv --clear $(LIBRARIES)
	@$(LIBRARIES)/bin/python -m pip install --quiet --disable-pip-version-check -r tests/libraries/requirements.txt
	@touch $@

# The two backends side by side, each in a process of its own.
test-backends: $(LIBRARIES)/.ready ## Test the heads on PyTorch and on JAX, against their distributions
	@KERAS_BACKEND=jax $(IN_LIBRARIES) -m pytest -q tests/backends >.venv-libraries/jax.log 2>&1 & jax=$$!; \
	KERAS_BACKEND=torch $(IN_LIBRARIES) -m pytest -q tests/backends; torch=$$?; \
	wait $$jax; jax=$$?; cat .venv-libraries/jax.log; exit $$((torch + jax))

test-libraries: $(LIBRARIES)/.ready ## Check the losses of other libraries, and models in them (RECORD=1: renew the page's record)
	@KERAS_BACKEND=torch PYTHONPATH="$(CURDIR)/code" $(LIBRARIES_BIN)/python -m pytest -q tests/libraries
	@KERAS_BACKEND=torch PYTHONPATH="$(CURDIR)/code" $(LIBRARIES_BIN)/python -m pytest -q tests/pairing/test_torch.py tests/pairing/test_estimators.py
	@[ -z "$(RECORD)" ] || KERAS_BACKEND=torch PYTHONPATH="$(CURDIR)/code" $(LIBRARIES_BIN)/python tests/libraries/record.py
