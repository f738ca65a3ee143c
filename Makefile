# Everything there is to do here. Needs make and Python 3.11 or newer; what is installed goes into
# .venv and nowhere else. `make PYTHON=/path/to/python3.12 demo` chooses the interpreter,
# `make TEST_JOBS=0 test` runs one test after another.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
CANDIDATES := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python

TEST_JOBS ?= 2
SOAK_SECONDS ?= 1500
ifndef SOAK_SEED
SOAK_SEED := $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')
endif

export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint soak quality bench docs screenshots site size clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile

demo: $(VENV)/installed ## install, then harvest a synthetic portal on this machine
	$(BIN)/glean demo
	@$(MAKE) --no-print-directory size

test: lint ## install with the development tools, then lint, types and every test but soak
	$(BIN)/python -m pytest -m "not soak" -rs -n $(TEST_JOBS) --dist loadfile
	@echo 'Left out: the tests marked soak (make soak runs them); tests skipped above name their reason.'

lint: $(VENV)/installed-dev ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

soak: $(VENV)/installed-dev ## kills and long property tests, within SOAK_SECONDS; SOAK_SEED repeats a run
	@echo 'soak: SOAK_SEED=$(SOAK_SEED) SOAK_SECONDS=$(SOAK_SECONDS)'
	SOAK_SEED=$(SOAK_SEED) SOAK_SECONDS=$(SOAK_SECONDS) timeout -s INT -k 60 $(SOAK_SECONDS) \
	  $(BIN)/python -m pytest -m soak -rs --hypothesis-seed=$(SOAK_SEED) -n $(TEST_JOBS)

quality: $(VENV)/installed-dev ## labelled sets in DATA=FOLDER, one folder each: figures beside their floors
	@$(BIN)/python -m tests.quality.measure "$(DATA)"

bench: $(VENV)/installed-dev $(VENV)/installed-peers ## every benchmark, one JSON object each
	@for script in benchmarks/*.py; do $(BIN)/python "$$script" || exit 1; done

docs: $(VENV)/installed ## write the generated parts of docs/ again
	$(BIN)/python -m docs.generate

screenshots: $(VENV)/installed-dev ## take the pictures in docs/images again; needs Chromium
	$(BIN)/python -m docs.screenshots

site: $(VENV)/installed-docs ## the docs as pages in build/site; a warning or a broken link fails
	@$(BIN)/python -m zensical build --strict --clean
	@echo 'open build/site/index.html'

size: $(VENV)/installed ## how much room the installation takes
	@du -sm $(VENV) | awk '{print "installed size: " $$1 " MB in $(VENV)"}'

clean: ## remove the environment and the demo
	rm -rf $(VENV) glean-demo

# A stamp stands for a finished install, so one that was broken off is made again.
$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo 'installing into $(VENV)'
	@$(PIP) install --quiet --constraint constraints.txt --editable .
	@$(BIN)/python -m dedup.compiled.warm
	@touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo 'installing into $(VENV)'
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@$(BIN)/python -m dedup.compiled.warm
	@touch $@ $(VENV)/installed $(VENV)/installed-docs

$(VENV)/installed-docs: pyproject.toml constraints.txt | $(BIN)/python
	@echo 'installing into $(VENV)'
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[docs]'
	@touch $@

# Peers of the benchmarks: in an environment of their own, as they ask for older packages than ours.
# One that cannot be had here is said, and the benchmark skips it by name.
$(VENV)/installed-peers: benchmarks/peers/requirements.txt | $(BIN)/python
	@echo 'installing the peers of the benchmarks into $(VENV)/peers'
	@$(BIN)/python -m venv $(VENV)/peers
	@while read -r peer; do \
	  $(VENV)/peers/bin/python -m pip --disable-pip-version-check install --quiet "$$peer" \
	    || echo "not installed: $$peer" >&2; \
	done < $<
	@touch $@

$(BIN)/python:
	@set -e; \
	for python in $(CANDIDATES); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "creating $(VENV) with $$("$$python" --version)"; \
	    rm -rf $(VENV); \
	    "$$python" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }; \
	    exit 0; \
	  fi; \
	done; \
	echo 'make: no Python 3.11 or newer found; install one, or name it: make PYTHON=/path/to/python3 demo' >&2; \
	exit 1
