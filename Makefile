# `make` alone lists what there is. Everything runs in .venv, made from the locks and nothing else.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3.15 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
UV := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help env run check test proof bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

env: .venv/dev-installed ## make the environment for work on Northing

run: .venv/installed ## serve a demo workspace on http://127.0.0.1:8000 (needs only Python 3.11 or later)
	@exec $(BIN)/northing serve --demo

check: .venv/dev-installed ## format, lint, types and the tests, small (under a minute)
	@$(MAKE) --no-print-directory -s _verify TEST_SIZE=check

test: .venv/dev-installed ## all that CI runs (about 10 minutes)
	@$(MAKE) --no-print-directory -s _verify TEST_SIZE=test

proof: .venv/dev-installed ## the same with the full figures (hours)
	@$(MAKE) --no-print-directory -s _verify TEST_SIZE=proof

bench: .venv/dev-installed ## measure, and write docs/proof.md
	@$(BIN)/python -m benchmarks

lock: .venv/dev-installed ## pin today's versions of all packages, with hashes
	$(UV) --upgrade --extra build --output-file requirements.lock
	$(UV) --upgrade --extra build --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove the environment and what tools leave behind; data stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .schemathesis *.egg-info build

.PHONY: _verify
_verify:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	TEST_SIZE=$(TEST_SIZE) $(BIN)/python -m pytest --numprocesses 2 --dist loadfile

# The stamps: an environment is made anew when its lock has changed. The one for work holds all of the one for running.
.venv/installed: requirements.lock pyproject.toml
	$(call install,requirements.lock)
	@touch $@

.venv/dev-installed: requirements-dev.lock pyproject.toml
	$(call install,requirements-dev.lock)
	@touch .venv/installed $@

define install
@test -n "$(PYTHON)" || { echo "Northing needs Python 3.11 or later, and none was found: install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "$(PYTHON) cannot make an environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
@echo "Installing the packages of $(1) into .venv ..."
@$(PIP) install --require-hashes --requirement $(1)
@$(PIP) install --no-deps --no-build-isolation --editable .
endef
