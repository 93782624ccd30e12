# `make` alone lists what there is to do. Nothing here needs more than Python 3.11.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
RUNTIME := .venv/.runtime-stamp
DEV := .venv/.dev-stamp
TESTS ?=
# The tests and what they start are some forty processes that read the same modules: each compiles them but once.
unexport PYTHONDONTWRITEBYTECODE
# The English catalogue, and the plurals of French: a second when nothing changed.
COMPILE := $(BIN)/python manage.py compile_po --verbosity 0

.PHONY: help setup run test test-services test-browser check fault-storm fault-kills fault-outages fault-fuzz bench-comparison bench-planner bench-day bench-web messages

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(RUNTIME) ## Prepare .venv with what blocweb needs to run

run: $(RUNTIME) ## Start blocweb: web server and worker, with a demonstration hospital (BLOCWEB_PORT=8000)
	@exec $(BIN)/python manage.py up

test: $(DEV) ## Pass the tests on SQLite and the filesystem broker (TESTS=tests/solver for some of them)
	@$(COMPILE)
	@$(BIN)/python -m pytest -q -n 2 -m "not browser" $(TESTS)

test-services: $(DEV) ## Pass the same tests on PostgreSQL and Redis (DATABASE_URL and CELERY_BROKER_URL, else started here)
	@$(COMPILE)
	@$(BIN)/python scripts/services.py $(BIN)/python -m pytest -q -n 2 -m "not browser" $(TESTS)

test-browser: $(DEV) ## Drive a real Chromium through the pages
	@$(COMPILE)
	@DJANGO_ALLOW_ASYNC_UNSAFE=true $(BIN)/python -m pytest -q -n 2 -m browser $(or $(TESTS),tests/browser)

check: $(DEV) ## Format, lint, types, import directions, migrations, deployment settings, templates, translations
	@sh scripts/check.sh

fault-storm: $(DEV) ## Twenty people at once on one week for a minute: what was lost or doubled (PostgreSQL, Redis)
	@$(BIN)/python -m tests.faults.storm

fault-kills: $(DEV) ## A worker killed at a random moment of each of twenty runs
	@$(BIN)/python -m tests.faults.kills

fault-outages: $(DEV) ## Redis away for ten seconds, then PostgreSQL
	@$(BIN)/python -m tests.faults.outages

fault-fuzz: $(DEV) ## 200 broken files and 5,000 hostile requests
	@$(BIN)/python -m tests.faults.fuzz

bench-planner: $(DEV) ## Race the planner against HiGHS and CP-SAT, half an hour (SIZES=paper ARGS="--weeks 2")
	@$(BIN)/python -m benchmarks.bench_planner $(if $(SIZES),--sizes $(SIZES)) $(ARGS)

COMPARE := $(BIN)/python manage.py compare_policies --from 2024-W48 --to 2026-W47 --tie-rule fill --discard
ARTICLE := --policies open specialty-fcfs specialty
bench-comparison: export BLOCWEB_VAR_DIR = var/comparison
bench-comparison: $(DEV) ## Plan two years under each policy, on one process and on two, and refresh docs/comparison.md
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo --fresh --today 2026-11-23
	@$(COMPARE) --workers 2 --write docs/comparison.md
	@$(COMPARE) $(ARTICLE) --workers 1 --write-time docs/comparison.md
	@$(COMPARE) $(ARTICLE) --workers 2 --write-time docs/comparison.md

bench-day: $(DEV) ## Measure the order of a day against CP-SAT alone, seeded
	@$(BIN)/python -m benchmarks.bench_day

bench-web: $(DEV) ## Measure the pages as ratios in one run
	@$(BIN)/python -m benchmarks.bench_web

messages: $(DEV) ## Collect the French strings into the English catalogue (needs gettext)
	@$(BIN)/python manage.py makemessages -l en --no-location --no-obsolete --ignore .venv --ignore var
	@$(BIN)/python manage.py makemessages -l en -d djangojs --no-location --no-obsolete --ignore .venv --ignore var --ignore static/vendor
	@$(BIN)/python manage.py compile_po

$(RUNTIME): requirements/runtime.lock
	@PYTHON=$(PYTHON) sh scripts/setup.sh requirements/runtime.lock
	@touch $@

$(DEV): requirements/dev.lock
	@PYTHON=$(PYTHON) sh scripts/setup.sh requirements/dev.lock
	@touch $@ $(RUNTIME)
