# Two commands matter: `make run` and `make test`. Both do all the set-up they need.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
ONLY ?=
OURS := nlp casework storage handlers bot

.PHONY: setup run test test-all lint types bench hints weights schema clean

# compiled here: where the service runs it may not write, and would compile each time it starts
setup: .venv/.run
	$(BIN)/python -m compileall -q $(OURS)

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "xiaoge needs Python 3.11 or newer; say PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

run: setup
	XIAOGE_DEMO=1 XIAOGE_PORT=$(PORT) $(BIN)/xiaoge serve

test: .venv/.dev
	$(BIN)/pytest -n auto $(ARGS)

test-all: .venv/.dev
	$(BIN)/pytest -m '' $(ARGS)

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy

bench: .venv/.dev setup
	$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

schema: .venv/.dev
	$(BIN)/python -m tests.storage.snapshot > storage/schema.sql

hints: .venv/.dev
	$(BIN)/python -m tests.nlp.teaching hints | $(BIN)/xiaoge learn /dev/stdin

# MESSAGES: a file of labelled ones, label,title,text or label,tokens
weights: .venv/.dev
	$(BIN)/python -m tests.nlp.teaching fields | $(BIN)/xiaoge learn $(MESSAGES) /dev/stdin tests/nlp/scenes.csv --folds 1

lock:
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
