# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
# make setup | run | test | check | bench: each can be repeated, and works offline once its caches are warm.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Fetched once and checked; on a slow line `make run MODELS=multilingual-e5-small` does without the generator (1.1 GB).
MODELS ?= multilingual-e5-small qwen2.5-coder-1.5b
QUESTION ?= How much does an open market stall cost per day?

.PHONY: setup run test test-slow check format bench clean

setup: $(VENV)/.installed
	@$(BIN)/wazi models pull $(MODELS)

# Each stamp holds what was installed when pyproject.toml last changed: nothing is asked of a registry again.
$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("wazi needs Python 3.11 or newer, this is " + sys.version.split()[0] + ": type make PYTHON=python3.12 " + "setup" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "cannot make a virtual environment: on Debian or Ubuntu type: sudo apt install python3-venv"; exit 2; }
	@echo "installing wazi and its libraries into $(VENV) (about a minute)"
	@$(PIP) install --quiet --editable .
	@touch $@

$(VENV)/.tested: pyproject.toml $(VENV)/.installed
	@$(PIP) install --quiet --editable '.[test,samples,check]'
	@touch $@

run: setup
	@$(BIN)/wazi ingest samples || test $$? -eq 1
	@echo
	@echo "$(QUESTION)"
	@$(BIN)/wazi ask "$(QUESTION)" || test $$? -eq 1
	@echo
	@$(BIN)/wazi serve

test: setup $(VENV)/.tested
	@$(BIN)/python -m pytest -m "not slow"

test-slow: setup $(VENV)/.tested
	@$(BIN)/python -m pytest -m slow

check: $(VENV)/.tested
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry wazi
	@$(BIN)/reuse lint --quiet || $(BIN)/reuse lint

format: $(VENV)/.tested
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

$(VENV)/.benched: pyproject.toml $(VENV)/.tested
	@$(PIP) install --quiet --editable '.[test,samples,check,bench]'
	@touch $@

bench: setup $(VENV)/.benched
	@$(BIN)/python benchmarks/run.py $(ONLY) $(if $(DATA),--data $(DATA))

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
