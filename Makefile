# Every target sets up what it needs; nothing but python3 (3.11 or newer), pip and make has to be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REDBOT := 2.7.1
AUDIT := var/audit
# Tests also wait, for servers and clients: one process more than there are processors keeps these busy.
PROCESSES ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 3 ? n + 1 : 4)))
PYTEST := $(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadgroup
RUN_READY := $(VENV)/.run-ready
DEV_READY := $(VENV)/.dev-ready
# The generator of Python clients pins other versions than Quoth does.
CLIENTS_VENV := .venv-clients
CLIENTS_READY := $(CLIENTS_VENV)/.ready
NODE_READY := node_modules/.ready
# What runs the collections for Postman and Bruno, 600 packages, are apart from what lints and generates.
RUNNERS := tests/clients/runners
RUNNERS_READY := $(RUNNERS)/node_modules/.ready
PIP := $(PYTHON) -m pip --quiet --disable-pip-version-check
INSTALL := $(PIP) --python $(BIN)/python install --no-deps --require-hashes
CASES ?= 15
SEED ?= 1

.DEFAULT_GOAL := help
.PHONY: audit-http fuzz-readers storm help run quick test test-check test-all setup static check lint format types imports migrations openapi-lint examples tables pictures lock clean clients contract fuzz

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | while IFS='|' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

$(BIN)/python:
	$(PYTHON) -m venv --without-pip $(VENV)

$(RUN_READY): requirements.lock | $(BIN)/python
	$(INSTALL) -r requirements.lock
	@touch $@

# The program itself, from this folder: what is edited here is what runs.
$(BIN)/quoth: requirements-build.lock pyproject.toml | $(BIN)/python
	$(INSTALL) -r requirements-build.lock
	$(PIP) --python $(BIN)/python install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_READY): requirements-dev.lock | $(BIN)/python
	$(INSTALL) -r requirements-dev.lock
	@touch $@ $(RUN_READY)

$(CLIENTS_READY): tests/clients/requirements.lock
	$(PYTHON) -m venv --without-pip $(CLIENTS_VENV)
	$(PIP) --python $(CLIENTS_VENV)/bin/python install --no-deps --require-hashes -r tests/clients/requirements.lock
	@touch $@

$(NODE_READY): package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent && touch $@; \
	else echo '!!!! Node.js is not installed: what needs it is left out here. CI does it. !!!!' >&2; fi

$(RUNNERS_READY): $(RUNNERS)/package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent --prefix $(RUNNERS) && touch $@; \
	else echo '!!!! Node.js is not installed: no collection is run. CI runs them. !!!!' >&2; fi

run: $(RUN_READY) $(BIN)/quoth ## Set up, load data/ and serve on http://127.0.0.1:8000
	@$(BIN)/quoth migrate
	@$(BIN)/quoth load data
	@exec $(BIN)/quoth serve

quick: $(DEV_READY) ## Run the fast tests, on SQLite
	$(PYTEST) -m 'not (postgresql or services or slow or exhaustive)' --hypothesis-profile few

test: $(DEV_READY) ## Run the tests of a change, on both databases
	$(PYTEST) -m 'not (services or exhaustive)' --hypothesis-profile few

test-check: $(DEV_READY) $(CLIENTS_READY) $(NODE_READY) $(RUNNERS_READY) ## Run all tests but the exhaustive ones
	$(PYTEST) -m 'not exhaustive' --hypothesis-profile half

test-all: $(DEV_READY) $(CLIENTS_READY) $(NODE_READY) $(RUNNERS_READY) ## Run all tests: before a release
	$(PYTEST)

setup: $(DEV_READY) $(CLIENTS_READY) $(NODE_READY) $(RUNNERS_READY) ## Install all that `make check` needs

static: lint types imports openapi-lint ## Check all that is checked without running tests

check: ## Everything that has to be green before a change lands
	$(MAKE) --jobs 4 --output-sync=target setup
	$(MAKE) --jobs 2 --output-sync=target static
	$(MAKE) test-check

lint: $(DEV_READY) ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(DEV_READY) ## Mend style and formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(DEV_READY) ## Check types
	$(BIN)/mypy

imports: $(DEV_READY) ## Check which module may import which
	$(BIN)/lint-imports

migrations: $(DEV_READY) ## Upgrade, downgrade, upgrade and compare with the models, on both databases
	$(BIN)/python -m pytest tests/db/test_migrations.py

openapi-lint: $(DEV_READY) $(NODE_READY) ## Lint the OpenAPI document
	@mkdir -p var
	@$(BIN)/python -m app openapi > var/openapi.json
	@if [ -e $(NODE_READY) ]; then \
		node_modules/.bin/spectral lint --fail-severity=hint var/openapi.json && \
		node_modules/.bin/redocly lint --config redocly.yaml var/openapi.json; \
	else echo '!!!! Node.js is not installed: THE OPENAPI DOCUMENT WAS NOT LINTED. CI lints it. !!!!' >&2; fi

audit-http: $(RUN_READY) ## Let an independent auditor look at every GET of a server with the seed
	@test -x $(AUDIT)/bin/redbot || { $(PYTHON) -m venv --without-pip $(AUDIT) && \
		$(PYTHON) -m pip --python $(AUDIT)/bin/python install --quiet --disable-pip-version-check redbot==$(REDBOT); }
	$(AUDIT)/bin/python tests/api/audit.py $(BIN)/python

clients: $(DEV_READY) $(CLIENTS_READY) $(NODE_READY) $(RUNNERS_READY) ## Generate, compile and run clients; run the collections
	$(BIN)/python -m pytest tests/clients

fuzz: $(DEV_READY) ## Try the API with CASES arbitrary requests an operation (15), drawn from SEED (1)
	PYTHONPATH=. $(BIN)/python -m tests.server $(BIN)/schemathesis run '{}/openapi.json' --max-examples $(CASES) --seed $(SEED)

fuzz-readers: $(DEV_READY) ## Try every format on many arbitrary files
	$(BIN)/python -m pytest tests/transcripts/test_every_format.py --hypothesis-profile=long

storm: $(DEV_READY) ## Kill imports at every write, let every system call fail, cut the power, and print how many
	QUOTH_STORM=all timeout 3600 $(BIN)/python -m pytest --numprocesses 0 --capture no tests/storm tests/maintenance/test_hostile_origin.py

contract: $(DEV_READY) ## Accept a change of the API, unless it breaks clients
	$(BIN)/python -m tests.api.contract $(if $(BREAK),--break)

examples: $(DEV_READY) ## Take the examples of the OpenAPI document from the seed again
	$(BIN)/python -m tests.api.examples > app/api/documentation/examples.json.new
	mv app/api/documentation/examples.json.new app/api/documentation/examples.json

tables: $(DEV_READY) ## Make the tables of the documents from the code again
	$(BIN)/python -m tests.documents.tables

pictures: $(DEV_READY) ## Make the pictures of the documents again (the explorer's needs Chromium)
	$(BIN)/python -m tests.documents.pictures

lock: ## Pin the newest versions that pyproject.toml allows (needs uv)
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group build -o requirements-build.lock
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --all-extras --group dev pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate tests/clients/requirements.in -o tests/clients/requirements.lock

clean: ## Remove the environment and caches; var/, where the database is, stays
	rm -rf $(VENV) $(CLIENTS_VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache node_modules $(RUNNERS)/node_modules
