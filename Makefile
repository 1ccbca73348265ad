# The two commands of this project: `make demo` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FAKESNOW := .venv-fakesnow
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
QUICK_TESTS_PASSED := $(VENV)/.quick-tests-passed
# file by file as they are named, so that those of whole builds come first and do not hold up the end
IN_ORDER := --dist loadfile --no-loadscope-reorder
QUICK_TESTS = $(BIN)/pytest -m "not slow" -n 2 $(IN_ORDER) && touch $(QUICK_TESTS_PASSED)
export DBT_PROFILES_DIR := profiles

.PHONY: demo evaluation test test-all lint docs dashboard screenshots snowflake-smoke clean help

help: ## what there is to run
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

demo: $(VENV)/.installed ## build the synthetic bank, from events to intents, and show the result
	$(BIN)/dbt build
	$(BIN)/clickintent summary

evaluation: $(VENV)/.installed ## after that, fit before a split and judge after it: docs/evaluation.md
	$(BIN)/dbt build --select +tag:evaluation

dashboard: $(VENV)/.installed-dashboard ## look at what was built, in the browser
	$(BIN)/clickintent dashboard

screenshots: $(VENV)/.installed-dev ## draw the pictures of docs/dashboard.md anew, after `make demo`; needs Chromium
	$(BIN)/python -m docs.images.draw_dashboard

test: $(VENV)/.installed-dev $(FAKESNOW)/.installed ## the quick tests
	$(QUICK_TESTS)

test-all: $(QUICK_TESTS_PASSED) ## every test, the whole builds included; of the quick ones only where they have not passed as things stand
	$(BIN)/pytest -m slow -n 2 $(IN_ORDER)

$(QUICK_TESTS_PASSED): $(shell git ls-files) | $(VENV)/.installed-dev $(FAKESNOW)/.installed
	$(QUICK_TESTS)

lint: $(VENV)/.installed-dev ## ruff, mypy and sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint models

snowflake-smoke: $(VENV)/.installed-snowflake ## for someone with a Snowflake account: deploy, build a small demo, compare, write a report
	$(BIN)/clickintent snowflake smoke

docs: $(VENV)/.installed-dev ## the documentation site: python -m http.server -d target/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "clickintent needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP_INSTALL) -e .
	@touch $@

$(VENV)/.installed-dashboard: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP_INSTALL) -e '.[dashboard]'
	@touch $(VENV)/.installed $@

$(VENV)/.installed-snowflake: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP_INSTALL) -e '.[snowflake]'
	@touch $(VENV)/.installed $@

# the emulator of Snowflake wants another version of DuckDB than the package, so it gets an environment of its own
$(FAKESNOW)/.installed: constraints-fakesnow.txt
	$(PYTHON) -m venv $(FAKESNOW)
	$(FAKESNOW)/bin/python -m pip install --disable-pip-version-check -r constraints-fakesnow.txt
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP_INSTALL) -e '.[dev]'
	@touch $(VENV)/.installed $(VENV)/.installed-dashboard $@

clean: ## remove what was built; the environment stays
	rm -rf target logs clickintent.duckdb clickintent.duckdb.wal clickintent.published.duckdb
