# Two commands: `make serve` sets up and serves, `make test` sets up and tests.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test check docs clean

serve: $(VENV)/.runtime
	$(BIN)/vidimus serve

test: $(VENV)/.development
	$(BIN)/vidimus models pull --pack core
	$(BIN)/vidimus models pull --pack standard || true
	$(MAKE) --no-print-directory check
	$(BIN)/pytest

check: $(VENV)/.development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/.runtime: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.development: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --group dev
	touch $@

docs: $(VENV)/.development
	$(BIN)/python tools/generate_reference.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
