# The same losses in PyTorch, Optax, scikit-learn, statsmodels, LightGBM and XGBoost, in an
# environment of its own. RECORD=1 writes data/recorded/libraries.json, which the page shows.
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
	@export KERAS_BACKEND=torch PYTHONPATH=code; $(LIBRARIES_BIN)/python -m pytest -q tests/libraries && \
	  { [ -z "$(RECORD)" ] || $(LIBRARIES_BIN)/python tests/libraries/record.py; }
