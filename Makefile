# `make demo` runs the main job on a generated market; `make test` runs every check, `make test-all`
# those that take many minutes, too; `make explore` has chance draw other examples. Each sets everything up.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

# The checks start hundreds of programs: where compiled modules may not be kept, each compiles all that it imports.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-all explore setup lock format clean

demo: setup
	$(BIN)/holdfast replay demo-year --seed 7 --policy full --policy 'covered(0.95)' --report holdfast-demo.html
	@echo "The report is in holdfast-demo.html"

test: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright --threads 2
	$(BIN)/lint-imports
	$(BIN)/python -m holdfast.reference --check docs
	$(BIN)/pytest -n 3 --dist worksteal

test-all: setup
	HOLDFAST_TESTS=all $(BIN)/pytest -n 3 --dist worksteal -m ""

explore: setup
	HOLDFAST_TESTS=explore $(BIN)/pytest -n 3 --dist worksteal -m ""

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Holdfast needs Python 3.11 or newer: make PYTHON=/path/to/python $@"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-compile --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group dev pyproject.toml -o requirements.lock

format:
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) holdfast-demo.html
