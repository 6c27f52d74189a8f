# The same losses in PyTorch, Optax, scikit-learn, statsmodels, LightGBM and XGBoost, in an
# environment of its own.
LIBRARIES := .venv-libraries
LIBRARIES_PYTHON ?= $(shell command -v python3.11 || echo $(PYTHON))
LIBRARIES_BIN ?= $(LIBRARIES)/bin

.PHONY: test-libraries

$(LIBRARIES)/.ready: tests/libraries/requirements.txt
	@echo "making the environment in $(LIBRARIES) (some minutes, once)"
	@"$(LIBRARIES_PYTHON)" -m venv --clear $(LIBRARIES)
	@$(LIBRARIES)/bin/python -m pip install --quiet --disable-pip-version-check -r tests/libraries/requirements.txt
	@touch $@

test-libraries: $(LIBRARIES)/.ready ## Check the losses of other libraries against the heads
	@KERAS_BACKEND=torch JAX_ENABLE_X64=1 PYTHONPATH=code $(LIBRARIES_BIN)/python -m pytest -q tests/libraries
