# `make run` and `make test` are all a newcomer needs; both set up what they use in .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

COMPILED := .venv-compiled

.PHONY: run test compiled can-compile test-compiled check lint types contracts bots format schema grammar functions pages coverage search fault soak benchmarks clean

run: $(READY)                 ## set up and run bots/webot on SQLite, without an account
	$(BIN)/dialog-run bots/webot/bot.yaml

test: $(READY)                ## set up and run the tests
	$(BIN)/pytest -n auto

compiled: $(COMPILED)/.ready  ## the package with its hot modules as C, in an environment of its own; takes about 2 minutes

TESTS = tests
test-compiled: compiled       ## the tests, or those of TESTS, with the compiled package instead of the sources here
	DIALOG_FORM=compiled PYTHONSAFEPATH=1 $(COMPILED)/bin/pytest -n auto $(TESTS)

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

search: $(READY)              ## the tests, with random examples that no run had before
	DIALOG_SEARCH=1 $(BIN)/pytest -n auto

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: $(READY)              ## write schemas/bot.schema.json anew
	$(BIN)/python -m interpreter.dialog.schema

grammar: $(READY)             ## write the tables of the expressions' grammar anew
	$(BIN)/python -m interpreter.expr.parse_tables

pages: $(READY)               ## write the tables of docs/linting*.md anew
	$(BIN)/python -m interpreter.diagnostics.document

functions: $(READY)           ## write docs/functions*.md anew
	$(BIN)/python -m interpreter.expr.functions.document

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; call make PYTHON=python3.11 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $(READY)

# What mypyc's C code needs: the compiler that Python calls, and its header files. Silent when both are there.
CAN_COMPILE = $(PYTHON) -c 'import os, shutil, sys, sysconfig; \
  compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]; \
  sys.exit(not (shutil.which(compiler) and os.path.exists(sysconfig.get_path("include") + "/Python.h")))'

can-compile:
	@$(CAN_COMPILE) || { echo "The compiled package needs a C compiler and Python's header files, such as those of"; \
	  echo "\`apt install gcc python3-dev\`. Without them everything runs as well, only slower."; exit 1; }

$(COMPILED)/.ready: pyproject.toml hatch_build.py $(shell find interpreter -name '*.py')
	@$(MAKE) --no-print-directory can-compile
	test -d $(COMPILED) || $(PYTHON) -m venv $(COMPILED)
	$(COMPILED)/bin/pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	HATCH_BUILD_HOOK_ENABLE_CUSTOM=1 \
	$(COMPILED)/bin/pip install --quiet --disable-pip-version-check ".[fast]" --group dev
	@touch $@

FAULTS = tests/faults tests/stores/test_sqlite_file.py tests/wechat/test_xml.py tests/server/test_replays.py
FIGURES = $(CURDIR)/build/figures

# First what must be alone on the machine, for its figures are times; then, side by side, what waits or only counts.
fault: $(READY)               ## the long fault tests, and docs/reliability.md from their figures; takes about 45 minutes
	rm -rf $(FIGURES) && mkdir -p $(FIGURES)
	export DIALOG_FAULTS=long DIALOG_FIGURES=$(FIGURES); \
	$(BIN)/pytest --durations=0 -m "not patient" $(FAULTS); alone=$$?; \
	$(BIN)/pytest --durations=0 -m patient -n 3 --dist worksteal tests/faults; beside=$$?; \
	PYTHONPATH=tests $(BIN)/python -m faults.report $(FIGURES) && exit $$((alone + beside))

soak: $(READY)                ## the fault tests that take hours, at full length; takes about nine hours
	mkdir -p $(FIGURES)
	DIALOG_FAULTS=soak DIALOG_FIGURES=$(FIGURES) $(BIN)/pytest tests/faults/test_soak.py

# The compiled form is measured where it can be made.
MEASURED = $(if $(shell $(CAN_COMPILE) && echo yes),$(COMPILED),$(VENV))

benchmarks: $(READY)          ## measure everything beside peers, write docs/performance.md; takes about 20 minutes
	$(MAKE) $(MEASURED)/.ready
	$(MEASURED)/bin/pip install --quiet --disable-pip-version-check --group benchmarks
	-command -v npm >/dev/null && cd benchmarks/peers && npm install --silent --no-audit --no-fund --no-package-lock
	$(MEASURED)/bin/python benchmarks/report.py

clean:
	rm -rf $(VENV) $(COMPILED) .mypy_cache .ruff_cache .hypothesis .coverage .coverage.* dist build
