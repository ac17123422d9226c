# `make run` and `make test` are all a newcomer needs; both set up what they use in .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test check lint types contracts bots format schema functions pages coverage benchmarks clean

run: $(READY)                 ## set up and run bots/webot on SQLite, without an account
	$(BIN)/dialog-run bots/webot/bot.yaml

test: $(READY)                ## set up and run the tests
	$(BIN)/pytest -n auto

check: lint types contracts bots coverage   ## everything CI checks

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports --no-logo --no-cache

bots: $(READY)                ## our own linter and test runner over everything we ship
	$(BIN)/dialog-lint bots examples
	$(BIN)/dialog-test bots examples

coverage: $(READY)            ## the tests, with the branch coverage of floors 0 to 4
	$(BIN)/pytest -n auto --cov --cov-branch --cov-report=
	$(BIN)/python tests/coverage_floors.py

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: $(READY)              ## write schemas/bot.schema.json anew
	$(BIN)/python -m interpreter.dialog.schema

pages: $(READY)               ## write the tables of docs/linting*.md anew
	$(BIN)/python -m interpreter.diagnostics.document

functions: $(READY)           ## write docs/functions.md anew
	$(BIN)/python -m interpreter.expr.functions.document

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; call make PYTHON=python3.11 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $(READY)

benchmarks: $(READY)          ## measure linting beside yamllint; takes a few minutes
	$(BIN)/pip install --quiet --disable-pip-version-check --group benchmarks
	$(BIN)/python benchmarks/lint.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis .coverage .coverage.* dist build
