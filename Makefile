# Each target sets up what it needs; the second time that takes a second.
#
#   make run     set up, then serve guatu with its examples
#   make test    set up, then lint, check types and run all tests
#   make cover   the same, and say which lines no test runs
#   make setup   only set up: then there is .venv/bin/guatu
#   make lock    resolve the dependencies anew, after a change of pyproject.toml or package.json

PYTHON := $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check -qq
NPM := NODE_USE_SYSTEM_CA=1 PATH="$$PATH:$(CURDIR)/$(BIN)" npm --loglevel=error
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-emit-index-url --no-emit-find-links --no-header --no-strip-extras
CATALOGUE := webmap/translations/en/LC_MESSAGES/messages

.PHONY: run test cover setup setup-test system system-test lock
.DELETE_ON_ERROR:

run: setup
	@$(BIN)/guatu up --demo

test: setup-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@# the tests start guatu some forty times: let Python keep the bytecode; neighbours of a module stay on one worker
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 --dist worksteal $(PYTEST)

cover: PYTEST = --cov --cov-report=term:skip-covered
cover: test

setup: system .venv/run.stamp webmap/static/vendor $(CATALOGUE).mo

setup-test: system-test setup .venv/test.stamp

system:
	@scripts/system-packages.sh run $(PYTHON)

system-test:
	@scripts/system-packages.sh test $(PYTHON)

.venv/run.stamp: requirements.lock pyproject.toml | system
	@echo "installing Python packages into .venv (requirements.lock)"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test.stamp: requirements-dev.lock .venv/run.stamp
	@echo "installing Python packages for the tests (requirements-dev.lock)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

node_modules/.package-lock.json: package-lock.json .npmrc | .venv/run.stamp
	@echo "installing the pages' scripts into node_modules (package-lock.json)"
	@command -v npm >/dev/null || $(PIP) install --require-hashes -r requirements-npm.lock
	@$(NPM) ci
	@touch $@

webmap/static/vendor: node_modules/.package-lock.json scripts/vendor.py
	@$(BIN)/python scripts/vendor.py
	@touch $@

$(CATALOGUE).mo: $(CATALOGUE).po | .venv/run.stamp
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@

lock: .venv/test.stamp
	$(COMPILE) pyproject.toml --group setup --output-file requirements.lock
	$(COMPILE) pyproject.toml --group setup --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(COMPILE) --group npm --output-file requirements-npm.lock
	$(NPM) install --package-lock-only
