# Every target sets up what it needs. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-$(shell cat requirements.lock pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)
# Spark alone is as large as all the rest: only tests and benchmarks install it.
SPARK_READY := $(VENV)/.spark-ready-$(shell cat requirements-spark.lock 2>/dev/null | cksum | cut -d' ' -f1)

PERIOD ?= 2023-Q2
UNITS ?= all
LANGUAGE ?= vi
DATA ?= data/sample
OUT ?= reports
WAREHOUSE ?= data/warehouse/$(notdir $(patsubst %/,%,$(DATA)))
MAPPING ?=
AS_OF ?=
WORKERS ?= 2
INTERNAL ?=
SIZE ?= small

.PHONY: help setup report lab test check format bench sample clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## ?/\1\t/' | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'
	@echo
	@echo "  make report PERIOD=2023-Q2 UNITS=all LANGUAGE=vi DATA=data/sample OUT=reports [MAPPING=file.yaml] [AS_OF=2023-06-14] [INTERNAL=1]"

setup: $(READY)  ## build .venv from the lock, byte code compiled

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; found $$($(PYTHON) --version). Give one with: make PYTHON=python3.12"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV) (about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@UV_COMPILE_BYTECODE=1 $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@rm -f $(VENV)/.ready-* && touch $@

# A sample of an older generator would stand in the warehouse beside the new one: both are made again.
data/sample/cchc-sample.json: $(wildcard cchc_analysis/sample/*.py data/reference/questionnaires/*.yaml) | $(READY)
	@rm -rf data/sample data/warehouse/sample
	@$(BIN)/cchc sample data/sample

sample: $(READY) data/sample/cchc-sample.json  ## write the synthetic exports, registers and surveys, take them into data/warehouse/sample
	@$(BIN)/cchc intake data/sample --warehouse data/warehouse/sample || test $$? -eq 1

report: $(READY) $(if $(filter data/sample,$(patsubst %/,%,$(DATA))),data/sample/cchc-sample.json)  ## take in DATA and make the pages of PERIOD for UNITS
	@$(BIN)/cchc intake $(DATA) --warehouse $(WAREHOUSE) $(if $(MAPPING),--mapping $(MAPPING)) $(if $(AS_OF),--as-of $(AS_OF)) || test $$? -eq 1
	@$(BIN)/cchc report --warehouse $(WAREHOUSE) --period $(PERIOD) --units $(UNITS) --language $(LANGUAGE) --out $(OUT) --workers $(WORKERS) $(if $(INTERNAL),--internal)

lab: sample  ## open JupyterLab on the notebooks
	@$(BIN)/jupyter lab notebooks

$(SPARK_READY): requirements-spark.lock | $(READY)
	@echo "Installing Spark for the tests into $(VENV) (half a gigabyte, once) ..."
	@UV_COMPILE_BYTECODE=1 $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-spark.lock
	@rm -f $(VENV)/.spark-ready-* && touch $@

# tests/scopes.py says which tests stay together in one process.
test: $(READY) $(SPARK_READY)  ## run all tests, in parallel
	@$(BIN)/pytest -n auto

check: $(READY)  ## lint, format, types, notebooks without outputs
	@failed=0; \
	$(BIN)/ruff check . || failed=1; \
	$(BIN)/ruff format --check --quiet . || { echo "run: make format"; failed=1; }; \
	$(BIN)/mypy || failed=1; \
	$(BIN)/nbstripout --verify --keep-id --extra-keys "metadata.papermill" $$(git ls-files 'notebooks/*.ipynb') || failed=1; \
	exit $$failed

format: $(READY)  ## format the code and strip the notebooks
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .
	@$(BIN)/nbstripout --keep-id --extra-keys "metadata.papermill" $$(git ls-files 'notebooks/*.ipynb')

bench: $(READY) $(SPARK_READY)  ## measure the promised ratios (SIZE=small|full)
	@$(BIN)/python benchmarks/run.py --size $(SIZE)

clean:  ## remove what can be made again (not your raw data)
	@rm -rf reports data/sample data/warehouse .pytest_cache .mypy_cache .ruff_cache benchmarks/results
