# `make` alone lists what there is. Everything happens inside .venv, which makes itself.
#
#   PORT=9000        where `make run` listens (8000)
#   ORIGINS=http://…  whose forms `make run` takes too, separated by commas (README, another host)
#   PYTHON=python3.12  which interpreter .venv is made with (python3)
#   STAGE=dev        which stage is packaged, deployed or tested: one of .chalice/config.json
#   CHROMIUM=/path   which browser the tests and the bench drive (see ops/browser.sh)
#   QUEUE=jobs       which dead letters make redrive brings back
#   URL=https://…    which deployed service make smoke tests
#   ARGS="…"         handed on: make test ARGS="tests/web -x", make deploy STAGE=dev ARGS=--dry-run
#   AWS_PROFILE=…    whose account make deploy and make destroy work in

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help run build test test-package test-aws check style types imports words scripts templates rights bench \
    package deploy smoke redrive costs destroy stage clean again

PYTHON ?= python3
PORT ?= 8000
export PYTHON PORT

python := .venv/bin/python
# The requirement files' stamps are inside .venv: without it there are no stamps.
local := .venv/installed-local
dev := .venv/installed-dev
checkov := .venv-checkov/installed
pages := chalicelib/web/pages/built/.made
# A worker for each core; a file's tests share what it starts, so one worker has them all.
workers := -n auto --dist loadfile
page_sources := $(shell find frontend chalicelib/locales ops/pages \
    \( -name __pycache__ -o -name '*.mo' \) -prune -o -type f -print 2>/dev/null)
# An interpreter that was removed or moved leaves a .venv that only looks whole.
broken := $(shell [ -x $(python) ] || echo again)

help: ## list the targets
	@if [ -t 1 ] && [ -z "$${NO_COLOR:-}" ]; then on=$$(printf '\033[1m'); off=$$(printf '\033[0m'); fi; \
	awk -F ':.*## ' -v on="$$on" -v off="$$off" \
	    '/^[a-z-]+:.*## / { printf "%smake %-12s%s  %s\n", on, $$1, off, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(local) $(pages) ## start everything on http://127.0.0.1:8000 (PORT=)
	@exec $(python) -m local

build: $(local) ## build the pages and the catalogues of words
	@$(python) -m ops pages && touch $(pages)

test: $(dev) $(pages) ## run every test, in a real browser too
	@chromium=$$(ops/browser.sh) && CHROMIUM="$$chromium" exec $(python) -m pytest $(workers) $(ARGS)

test-package: $(dev) $(pages) ## the same journeys through a packaged stage, as Lambda runs it
	@$(python) -m ops package dev --platform here --out out/here
	@exec $(python) -m pytest tests/flow tests/endtoend --package out/here/dev $(workers) $(ARGS)

test-aws: stage $(dev) ## the end-to-end tests against a deployed stage: docs/testing-on-aws.md
	@exec $(python) -m tests.endtoend $(STAGE) $(ARGS)

check: style types imports words scripts templates rights ## style, types, the house's rules, words, templates, rights

style: $(dev)
	@$(python) -m ruff check
	@$(python) -m ruff format --check

types: $(dev)
	@$(python) -m mypy

imports: $(dev)
	@.venv/bin/lint-imports --no-logo

words: $(dev)
	@$(python) -m ops pages --check

scripts:
	@ops/script_types.sh

templates: $(dev) $(checkov)
	@$(python) -m ops check

rights: $(dev) $(pages)
	@$(python) -m pytest -q --no-header tests/flow/test_rights.py

bench: $(dev) $(pages) ## measure what design promises: a table with the budgets
	@chromium=$$(ops/browser.sh) && CHROMIUM="$$chromium" exec $(python) -m bench $(ARGS)

package: stage $(dev) $(pages) ## make out/STAGE: the templates and the zip (STAGE=dev)
	@exec $(python) -m ops package $(STAGE) $(ARGS)

deploy: stage $(dev) $(pages) ## package and deploy a stage; first try ARGS=--dry-run (STAGE=dev)
	@exec $(python) -m ops deploy $(STAGE) $(ARGS)

smoke: $(dev) ## test a deployed service from outside (URL=)
	@exec $(python) -m ops smoke $(URL) $(ARGS)

redrive: stage $(dev) ## bring dead letters back to work: QUEUE=jobs (STAGE=dev)
	@exec $(python) -m ops redrive $(QUEUE) --stage $(STAGE) $(ARGS)

costs: $(dev) ## print what the service costs: ARGS="5000 41193" applicants
	@exec $(python) -m ops costs $(ARGS)

destroy: stage $(dev) ## delete a stage that may be lost, with all that is in it (STAGE=dev)
	@exec $(python) -m ops destroy $(STAGE) $(ARGS)

stage:
	@[ -n "$(STAGE)" ] || { echo 'Which stage? make $(firstword $(MAKECMDGOALS)) STAGE=dev' >&2; exit 2; }

clean: ## remove what was built, .venv excepted
	@rm -rf chalicelib/web/pages/built out .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	    .import_linter_cache .chalice/deployments
	@find . -path ./.venv -prune -o \( -name __pycache__ -o -name '*.mo' \) -print0 | xargs -0 rm -rf

# Nothing is left to install where the others, which have all of these, were installed since.
$(local): requirements.txt requirements-local.txt constraints.txt ops/venv.sh $(broken)
	@[ -x $(python) ] && [ -n "$$(find $(dev) $(foreach it,$(filter-out again,$^),-newer $(it)) 2>/dev/null)" ] \
	    || ops/venv.sh requirements-local.txt
	@touch $@

$(dev): requirements.txt requirements-local.txt requirements-dev.txt constraints.txt ops/venv.sh $(broken)
	@ops/venv.sh requirements-dev.txt
	@touch $(local) $@

# In an environment of its own: checkov pins boto3 and much else to versions that are not ours.
$(checkov): requirements-checkov.txt ops/venv.sh
	@ops/venv.sh requirements-checkov.txt .venv-checkov
	@touch $@

$(pages): $(local) $(page_sources)
	@$(python) -m ops pages
	@touch $@
