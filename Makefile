# Two commands do everything on a fresh machine: `make demo` and `make test`.
# Both set up what they need in .venv; Debian packages too, when root and missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: demo test test-fast setup setup-dev lock wall bench conformance clean

setup: $(VENV)/.main
setup-dev: $(VENV)/.dev

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(BIN)/uv: $(BIN)/python requirements/tool.lock
	$(BIN)/python -m pip install -qq --require-hashes -r requirements/tool.lock || echo "uv is not to be had here: pip does it alone, slower"
	@touch $(BIN)/uv

$(VENV)/.main: $(BIN)/uv requirements/main.lock pyproject.toml
	@./scripts/install requirements/main.lock
	@touch $@

$(VENV)/.dev: $(BIN)/uv requirements/dev.lock pyproject.toml
	@./scripts/install requirements/dev.lock
	@./scripts/debian
	@touch $@ $(VENV)/.main

demo: setup
	@$(BIN)/python examples/demo.py $(DEMO)

test: setup-dev
	@./scripts/wall
	@$(BIN)/python -m pytest -n auto --dist loadgroup

test-fast: setup-dev
	@$(BIN)/python -m pytest -n auto -m "not slow and not browser and not postgresql"

wall: setup-dev
	@./scripts/wall

# Published fixings against the shipped documents: make conformance DATA=folder
conformance: setup
	@$(BIN)/python scripts/conformance.py $(DATA)

# Ratios side by side with peers; each bench says what it measured in its README.
bench: setup-dev
	@for each in bench/*/; do echo "$$each: see $$each""README.md"; done

lock: $(BIN)/uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q requirements/tool.in -o requirements/tool.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q requirements/main.in -o requirements/main.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q requirements/dev.in -o requirements/dev.lock

clean:
	rm -rf $(VENV) .assay .assay-keys out
