# Recipes for people and for CI. Each fails when a step fails. A machine needs Python 3.11 or newer, pip and make.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CASEBOOK ?= casebook
GROUPS := acceptance browser kill packaging postgres spark conformance
WORKERS ?= auto
BESIDE = $(if $(filter acceptance conformance kill postgres,$(GROUP)),--numprocesses 2 --dist loadfile)
# In CI what failed is tried once more and told (RERUN); docs/decisions/0038 says why.
AGAIN = $(if $(CI),--reruns 1 -r RfEsx)

.PHONY: help report test test-slow check lab bench docs examples clean

help:  ## list the recipes
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# One environment, one stamp for each set of extras: what is installed once is not asked for again, so that
# everything after the first call works offline.
$(VENV)/.core: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.core
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev,pdf]"
	@touch $@

$(CASEBOOK)/casebook.toml: | $(VENV)/.core
	$(BIN)/tskit init $(CASEBOOK) --sample

report: $(VENV)/.core $(CASEBOOK)/casebook.toml  ## sample casebook -> trend report, and where it lies
	$(BIN)/tskit run trend_report --casebook $(CASEBOOK)

test: $(VENV)/.dev  ## the whole test suite but the slow groups
	$(BIN)/pytest --numprocesses $(WORKERS) $(AGAIN)

test-slow: $(VENV)/.dev  ## one slow group: make test-slow GROUP=acceptance|browser|kill|packaging|postgres|spark|conformance
	@[[ " $(GROUPS) " == *" $(GROUP) "* && -n "$(GROUP)" ]] || { echo "Name a group: make test-slow GROUP=<one of: $(GROUPS)>"; exit 2; }
	@# In the order of the files: tests that share one page of a browser tell one story.
	@# Whole stories wait for processes more than they compute, so that two files go at once; what clicks, and Spark, go alone.
	@status=0; $(BIN)/pytest --randomly-dont-reorganize $(BESIDE) $(AGAIN) -m "slow and $(GROUP)" || status=$$?; \
	if [[ $$status == 5 ]]; then echo "The group $(GROUP) has no test yet."; else exit $$status; fi

check: $(VENV)/.dev  ## format, lint, types, import rules, built files up to date
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/tskit template build --check
	$(BIN)/python docs/build.py --check

lab: $(VENV)/.core $(CASEBOOK)/casebook.toml  ## JupyterLab on the sample casebook
	$(BIN)/tskit lab --casebook $(CASEBOOK)

bench: $(VENV)/.dev  ## every benchmark in its quick form; figures in bench/
	@mkdir -p bench
	@for script in benchmarks/[a-z]*.py; do \
	  grep -q '^if __name__' $$script || continue; \
	  $(BIN)/python $$script --quick --json bench/$$(basename $$script .py).json; \
	done

docs: $(VENV)/.core  ## write docs/reference/ anew
	$(BIN)/python docs/build.py

examples: $(VENV)/.core $(CASEBOOK)/casebook.toml  ## run every template on the sample and keep the executed notebook in notebooks/
	$(BIN)/python notebooks/build.py --casebook $(CASEBOOK)

clean:  ## remove what was made, but not the environment
	rm -rf $(CASEBOOK) bench build dist .pytest_cache .ruff_cache .hypothesis
