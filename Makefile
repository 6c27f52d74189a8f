# The course's commands; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.SUFFIXES:

# Any of Python 3.11 to 3.13; `make PYTHON=/path/to/python …` names one.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
  "$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && \
  { command -v "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PORT ?= 8000
PROGRAM ?= lab
# What says that the environment cannot be used: the folder was moved, or its Python is gone.
BROKEN := $(shell test ! -e $(READY) || { $(BIN)/python -c '' 2>/dev/null && \
  { test ! -s $(READY) || test -L $(VENV) || test "$$(cat $(READY))" = "$$(pwd -P)"; }; } || echo broken)

# As many at a time as there are cores; one file's tests stay together, the longest begin.
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --durations 15

.PHONY: help book test lab notebooks serve clean lock reference check broken

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(READY): requirements.txt pyproject.toml code/pyproject.toml $(BROKEN)
	@if [ -z "$(PYTHON)" ]; then \
	  echo "error: Python 3.11, 3.12 or 3.13 is needed and none was found on the PATH; install one, or name it: make PYTHON=/path/to/python" >&2; exit 1; fi
	@"$(PYTHON)" -c 'import sys; v = sys.version_info; sys.exit(None if (3, 11) <= v < (3, 14) else f"error: $(PYTHON) is Python {v[0]}.{v[1]}; Python 3.11, 3.12 or 3.13 is needed")'
	@echo "making the environment in $(VENV) with $(PYTHON) (some minutes, once)"
	@# Half-made or broken, it is begun anew; whole, it is brought up to date. Ctrl-C ends each step
	@# itself; `python -m venv` would answer it with a traceback, so it is run with the plain signal.
	@trap 'echo "stopped; the environment is not complete, and the same command makes it" >&2; exit 130' INT; \
	  if [ -n "$(BROKEN)" ] || { [ ! -e $(READY) ] && [ ! -L $(VENV) ]; }; then rm -f $(READY); clear=--clear; fi; \
	  "$(PYTHON)" -c 'import runpy, signal; signal.signal(signal.SIGINT, signal.SIG_DFL); runpy.run_module("venv", run_name="__main__", alter_sys=True)' $$clear $(VENV) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt || \
	  { echo "error: the environment is not complete, for the reason above; the same command makes it anew" >&2; exit 1; }
	@pwd -P > $(READY)

book: $(READY) ## Execute what changed, write the site, and say where it is
	@$(BIN)/lossbook-build book

test: $(READY) ## Run all the tests: unit tests, and nbval over every chapter
	@$(PYTEST) --ignore=tests/site
	@if command -v chromium >/dev/null || command -v google-chrome >/dev/null; then \
	  FRESH= $(BIN)/lossbook-build book && $(PYTEST) --dist load tests/site; \
	else echo "no Chromium: the site was not tested in a browser (Debian: apt-get install chromium)"; fi

lab: $(READY) ## Open the chapters as notebooks in JupyterLab (EDIT=1: the sources)
	@LOSSBOOK_EDIT=$(EDIT) $(BIN)/jupyter $(PROGRAM) --config=make/jupyter_config.py chapters/01_start.md

notebooks: $(READY) ## Write every chapter and sheet as a notebook to notebooks/, for other programs
	@$(BIN)/lossbook-build notebooks

serve: book ## Build the book and serve it on PORT (default 8000) of this machine
	@echo "http://127.0.0.1:$(PORT)/ (stop with Ctrl-C)"
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

clean: ## Remove what was built (not the environment)
	@rm -rf _build

reference: $(READY) ## Renew the chapters' reference outputs; review them with git diff
	@$(BIN)/lossbook-build reference

check: $(READY) ## Lint, check types, and check which package imports which
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PYTHONPATH=code $(BIN)/lint-imports --no-logo --no-cache

lock: ## Resolve requirements.in into requirements.txt (needs uv)
	@{ echo "# Exact versions for Python 3.11 to 3.13, resolved from requirements.in by \`make lock\`. Do not edit by hand."; \
	  uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url requirements.in; \
	} > requirements.txt.new && mv requirements.txt.new requirements.txt

-include make/*.mk
