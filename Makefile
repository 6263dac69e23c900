# FamiljehemSverige: every command of the project. `make` alone explains itself.
# Python is all that a machine must have: uv is brought by pip where it is missing, everything else by uv.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

UV_VERSION := 0.13.9
PORT ?= 8080
export PATH := $(CURDIR)/.tools/bin:$(PATH)
export PYTHONDONTWRITEBYTECODE :=
# Where `python3` is the right one already, uv need not look for another.
export UV_PYTHON ?= $(shell python3 -c 'import sys; print(sys._base_executable if sys.version_info[:2] == (3, 13) else "3.13")')
RUN := uv run --frozen --no-progress

.PHONY: help
help: ## Show this list
	@echo "FamiljehemSverige. Start with: make run, make test."
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

# ---------------------------------------------------------------- set-up

.PHONY: uv
uv:
	@uv --version >/dev/null 2>&1 \
	  || python3 -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) 2>/dev/null && uv --version >/dev/null 2>&1 \
	  || { echo "Bringing uv $(UV_VERSION) into .tools"; python3 -m venv .tools && .tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); }

.PHONY: setup
setup: uv ## Install everything that the project needs, from its lock
	@uv sync --frozen --quiet

# The SAM command line and checkov pin other versions than we do: each has an environment of its own.
.venv-sam/.stamp: uv.lock | uv
	UV_PROJECT_ENVIRONMENT=.venv-sam uv sync --frozen --quiet --only-group sam
	@touch $@

.venv-checkov/.stamp: uv.lock | uv
	UV_PROJECT_ENVIRONMENT=.venv-checkov uv sync --frozen --quiet --only-group checkov
	@touch $@

# The browser tests drive Debian's Chromium without a window, a third faster than the whole one, which Lighthouse asks for; a
# fresh machine gets both here.
.PHONY: chromium
chromium:
	@test -x /usr/bin/chromium-headless-shell -a -x /usr/bin/chromium || { echo "Bringing Debian's chromium"; \
	  if [ "$$(id -u)" = 0 ]; then as=env; else as=sudo; fi; \
	  $$as apt-get -qq update && $$as env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends \
	    chromium chromium-headless-shell >/dev/null; }

# ---------------------------------------------------------------- the service

SITE_SOURCES := $(shell find website layers/familjehem/familjehem/domain -type f -not -path '*/node_modules/*' \
  -not -path '*/dist/*' -not -path '*/__pycache__/*') uv.lock

.PHONY: website
website: setup ## Build the website into website/dist, if anything changed (API= and SIGN_IN= for one that is deployed)
	@rm -f .website.stamp
	@$(RUN) python -m website.build --api "$(API)" $(if $(SIGN_IN),--sign-in $(SIGN_IN))

# For `make run`: a second start looks at the dates of the files and builds nothing.
.website.stamp: $(SITE_SOURCES) $(if $(wildcard website/dist/index.html),,FORCE) | setup
	@$(RUN) python -m website.build --api ""
	@touch $@

.PHONY: FORCE
FORCE:

.PHONY: run
run: setup .website.stamp ## Start the whole service on this machine, http://127.0.0.1:8080 (PORT= for another)
	@PORT=$(PORT) $(RUN) python -m dev

.PHONY: demo
demo: setup ## Walk through the service that `make run` started, as an applicant and as a case worker
	@PORT=$(PORT) $(RUN) python -m dev.demo

.PHONY: token
token: setup ## Print a case worker's bearer token: make token EMAIL=anna.prov@jonkoping.example
	@PORT=$(PORT) $(RUN) python -m dev.token $(EMAIL)

.PHONY: leaks
leaks: setup ## Search everything that the running service keeps for the family's marked values
	@PORT=$(PORT) $(RUN) python -m dev.leaks --marks events/http/bodies/family.json

# ---------------------------------------------------------------- tests

.PHONY: test
test: lint types imports drift covered slow ## Everything that CI runs (under 15 minutes on two cores)

.PHONY: check
check: lint types imports drift fast ## The fast half: style, types, imports, drift, unit tests, few examples of properties (under one minute)

.PHONY: lint
lint: setup
	@$(RUN) ruff check --quiet .
	@$(RUN) ruff format --quiet --check .

.PHONY: types
types: setup
	@$(RUN) basedpyright --level error

.PHONY: imports
imports: setup
	@$(RUN) lint-imports --no-cache >.tools-imports.log || { cat .tools-imports.log; rm -f .tools-imports.log; exit 1; }; rm -f .tools-imports.log

.PHONY: drift
drift: setup
	@uv lock --check --quiet
	@$(RUN) python -m dev.openapi --check
	@$(RUN) python -m dev.schemas --check
	@$(RUN) python -m dev.requirements --check
	@$(RUN) python -m dev.events --check
	@$(RUN) python -m dev.problems --check
	@$(RUN) python -m dev.console --check
	@$(RUN) python -m dev.bill --check
	@$(RUN) python -m dev.rights --check

# What starts other processes, sets pages or walks the whole document of the API takes too long for the fast half.
SLOWER := tests/contract/test_imports.py tests/contract/test_schemathesis.py tests/functions/test_press.py
FAST := tests/unit tests/functions tests/contract $(SLOWER:%=--ignore=%)

.PHONY: fast
fast: setup
	@HYPOTHESIS_PROFILE=quick $(RUN) pytest -q -n 2 $(FAST)

# The same with all examples of the properties, and what of the rules and the use cases they have been through.
.PHONY: covered
covered: setup
	@$(RUN) pytest -q -n 2 $(FAST) --cov=familjehem.domain --cov=familjehem.usecases --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=95

# Tried by `make prove PARTS=simulation`, which puts down how soon each is found: a busy machine makes that minute long.
PROVEN := tests/reliability/test_simulation.py::test_a_planted_fault_is_found_within_a_minute_and_told_so_that_it_can_be_seen_again
# A file is one worker's, so those that take longest come first: else the last one is done by one worker alone.
LONGEST_FIRST := pytest -q -n 2 --dist loadfile --no-loadscope-reorder
BROWSER := $(patsubst %,tests/browser/test_%.py,apply_by_keyboard mailbox_day apply apply_kept identification) tests/browser
RELIABILITY := $(patsubst %,tests/reliability/test_%.py,kills many_applications demo recorded_rights identification) tests/reliability

.PHONY: slow
slow: setup
	@$(MAKE) --no-print-directory -j2 template build website chromium
	@$(RUN) pytest -q -n 2 --dist loadfile tests/website $(SLOWER) tests/adapters tests/infrastructure tests/dev
	@$(RUN) $(LONGEST_FIRST) $(BROWSER)
	@$(RUN) $(LONGEST_FIRST) $(RELIABILITY) $(PROVEN:%=--deselect %)

# Asks pypi.org and the npm registry for what has been reported of our dependencies: today's answer, not a property of
# the sources, so it is no part of `make test`; `.ci/audit` is for a daily run where those can be reached.
.PHONY: audit
audit: setup ## Ask what weaknesses of our dependencies are known by now (needs pypi.org and the npm registry)
	@for layer in dependencies typesetting; do \
	  UV_PROJECT_ENVIRONMENT=.venv-audit uv run --frozen --no-progress --only-group audit \
	    pip-audit --strict --disable-pip --require-hashes --requirement layers/$$layer/requirements.txt; done
	@for folder in website dev/provider tests/performance/lighthouse; do \
	  $(RUN) npm audit --prefix $$folder --audit-level=low; done

.PHONY: prove
prove: setup ## What takes long: load, kills, every fault, an evening, fuzz, mutation, Lighthouse; writes the figures under docs/
	@$(RUN) python -m tests.prove $(PARTS)

.PHONY: cost
cost: setup ## Reckon what a month costs on list prices, from measured calls and times; writes docs/cost.md
	@$(RUN) python -m dev.cost

.PHONY: bench
bench: setup build ## Measure speed and size beside their floors (some ten minutes; PARTS="inbox" measures one part); writes docs/performance.md
	@$(RUN) python -m tests.performance $(PARTS)

# ---------------------------------------------------------------- the template

.PHONY: template
template: setup .venv-sam/.stamp .venv-checkov/.stamp
	@.venv-sam/bin/sam validate --template template.yaml --region eu-north-1 >/dev/null
	@$(RUN) cfn-lint template.yaml 'infrastructure/*.yaml'
	@.venv-checkov/bin/checkov --config-file .checkov.yaml --quiet --compact

.PHONY: build
build: setup .venv-sam/.stamp ## Build the Lambda artefacts (arm64, CPython 3.13, no docker)
	@$(RUN) python -m dev.build

.PHONY: deploy
deploy: build ## Deploy to a stage: make deploy STAGE=dev|test|prod (PARAMETERS="Name=value …" for those of the template)
	@$(RUN) python -m dev.build deploy $(STAGE) $(PARAMETERS)

# ---------------------------------------------------------------- repairs

.PHONY: format
format: setup ## Put the code into its form
	@$(RUN) ruff check --quiet --fix .
	@$(RUN) ruff format --quiet .

.PHONY: generate
generate: setup ## Write what is generated: docs/openapi.json, docs/schemas, docs/problems.md, docs/sbom.json, docs/rights.md, docs/cost.md, requirements.txt of the layers, events, infrastructure/console.yaml, docs/operations
	@$(RUN) python -m dev.openapi
	@$(RUN) python -m dev.schemas
	@$(RUN) python -m dev.requirements
	@$(RUN) python -m dev.events
	@$(RUN) python -m dev.problems
	@$(RUN) python -m dev.console
	@$(RUN) python -m dev.bill
	@$(RUN) python -m dev.rights
	@$(RUN) python -m dev.cost --again

.PHONY: clean
clean: ## Remove all that was built or brought; the local cloud's state too
	rm -rf .website.stamp .venv .venv-sam .venv-checkov .venv-audit .tools .local .aws-sam website/dist website/node_modules .pytest_cache .hypothesis .ruff_cache .coverage htmlcov mutants
