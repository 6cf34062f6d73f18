# Commands of the project. `make` alone lists them. All of them install what they need into .venv first.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.PHONY: help demo down sql test check test-all lint docs bench lock

# Nothing of the calling shell may change what runs here, but for the browser of the tests, CHROMIUM.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV AIRFLOW_HOME PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGOPTIONS
# Tests start hundreds of processes, each of which would compile every module of the project anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
INSTALLED := .venv/.installed
SIDE_BY_SIDE := --dist loadscope --no-loadscope-reorder

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## start everything, stage all objects, print what came out
	@$(BIN)/python -m stack.demo

down: $(INSTALLED) ## stop everything that make demo started
	@$(BIN)/python -m stack.down

sql: $(INSTALLED) ## open a prompt on the demo's warehouse, as an analyst; ROLE=owner as its owner
	@$(BIN)/python -m stack.sql_prompt --role='$(or $(ROLE),analyst)'

test: $(INSTALLED) ## run the tests, but for those that take minutes
	@$(BIN)/python -m pytest -n 3 $(SIDE_BY_SIDE) -m "not slow"

check: $(INSTALLED) ## check what has changed: style, types, and the tests that import it; or FILES="..."
	@$(BIN)/python -m stack.check $(FILES)

test-all: $(INSTALLED) ## run every test, those in a browser too
	@stack/install_browser.sh
	@$(BIN)/python -m pytest -n 2 $(SIDE_BY_SIDE)

lint: $(INSTALLED) ## check style, types and SQL
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --disable-progress-bar include/sql

docs: $(INSTALLED) ## write the generated parts of README.md and docs/ anew
	@$(BIN)/python -m stack.docs

bench: $(INSTALLED) ## measure; see benchmarks/
	@$(BIN)/python -m benchmarks

lock: $(INSTALLED) ## pin the newest versions that requirements-dev.txt allows
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate requirements-dev.txt --output-file requirements.lock
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-annotate --constraint requirements.lock requirements.txt --output-file requirements-run.lock

$(INSTALLED): requirements.lock stack/install.sh
	@stack/install.sh
