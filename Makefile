# `make serve` starts a broker on localhost:9092, `make test` runs the tests; the first of them makes .venv.
# The rest of the targets is for people who work on kafkaemu: see CONTRIBUTING.md.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
# Tests wait more than they compute, so three processes keep two cores busy; a file stays in one of them.
TEST_WORKERS ?= 3
BENCH_ARGS ?= --rounds 3 --peer kafka --peer kfake

# Those of today that pip installs anywhere.
PYTHON_CLIENTS ?= kafka-python-3.0.12 confluent-kafka-2.16.1 aiokafka-0.14.0

.PHONY: help serve test check conformance format bench scale wheel test-clients examples profiles soak soak-hour lock transcripts coverage clean

help:
	@echo 'make serve         start a broker on localhost:9092 (SERVE_ARGS="--topic orders:3")'
	@echo 'make test          the tests'
	@echo 'make check         lint, format, types, import contracts, tidy test'
	@echo 'make conformance   Kafka'"'"'s recorded answers, Python clients and histories against our broker; a page in build/conformance'
	@echo 'make format        put the code into the format that check wants'
	@echo 'make bench         the measurements of docs/benchmarks.md, beside Apache Kafka and kfake where Java and Go are'
	@echo 'make scale         100,000 partitions, 5000 connections, 500 members, a batch of 90 MB, a simulated day'
	@echo 'make wheel         build the wheel and try it in a clean environment'
	@echo 'make test-clients  clients of other languages: Java (needs a JDK and Maven), kcat (installed from Debian)'
	@echo 'make examples      examples/ as their users run them, FastAPI, Django and FastStream included'
	@echo 'make profiles      every recorded answer of older releases against --as-version of each'
	@echo 'make mutants       our broker with fifty deliberate defects, each of which the conformance runner has to find'
	@echo 'make soak          long runs under load, minutes not seconds'
	@echo 'make soak-hour     an hour at 80 % load, everything counted (SOAK_ARGS="--minutes 5 --csv samples.csv")'
	@echo 'make lock          renew requirements-dev.lock'
	@echo 'make coverage      docs/coverage.md anew: every probe is run, the page says what is served and what proves it'
	@echo 'make transcripts   run Java's tools and kcat against Kafka and against kafkaemu, keep what they print'

# The broker alone needs six packages; the development tools are installed only by the targets that use them.
$(VENV)/.runtime: pyproject.toml
	@test -n '$(PYTHON)' || { echo 'No python3.11 or python3 found: install Python 3.11 or newer.'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'kafkaemu needs Python 3.11 or newer; name one with make PYTHON=/path/to/python3.11'; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements-dev.lock --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.lock
	@touch $@

serve: $(VENV)/.runtime
	exec $(BIN)/kafkaemu serve $(SERVE_ARGS)

test: $(VENV)/.dev
	$(PYTEST) -n $(TEST_WORKERS) --dist loadfile $(TEST_ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) --quiet tests/test_tidy.py

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

scale: $(VENV)/.dev
	$(BIN)/python -m benchmarks.large $(SCALE_ARGS)

wheel: $(VENV)/.dev
	rm -rf dist
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	$(BIN)/python tests/wheel_check.py dist/*.whl

test-clients: $(VENV)/.dev
	$(BIN)/python tests/clients/foreign_setup.py
	$(PYTEST) --verbose -m foreign tests/clients

$(VENV)/.examples: $(VENV)/.dev examples/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements-dev.lock --requirement examples/requirements.txt
	@touch $@

examples: $(VENV)/.examples
	$(PYTEST) --verbose tests/clients/test_examples.py

profiles: $(VENV)/.dev
	$(PYTEST) -m 'profiles or not profiles' tests/wire/test_profiles.py

mutants: $(VENV)/.dev
	$(PYTEST) -n $(TEST_WORKERS) -m mutants tests/mutants $(TEST_ARGS)

soak: $(VENV)/.dev
	$(PYTEST) --verbose -m soak tests

soak-hour: $(VENV)/.dev
	$(BIN)/python -m benchmarks.soak $(SOAK_ARGS)

transcripts: $(VENV)/.dev
	$(BIN)/python conformance/tools/transcribe.py --reference conformance/tools/kafka-4.3.1.txt
	$(BIN)/python conformance/tools/transcribe.py --kafkaemu conformance/tools/kafkaemu.txt
	$(BIN)/python conformance/tools/explained.py

coverage: $(VENV)/.dev
	$(BIN)/python conformance/tools/judge.py --kinds probe
	$(BIN)/python conformance/tools/coverage.py

# Clients that are not here yet come from PyPI, into ~/.cache/kafkaemu; without a network they are not run, and that is told.
conformance: $(VENV)/.dev
	-$(BIN)/kafkaconform clients install $(PYTHON_CLIENTS)
	$(BIN)/python conformance/tools/judge.py $(foreach client,$(PYTHON_CLIENTS),--client $(client)) $(CONFORMANCE_ARGS)

# Exact versions of everything that development uses, found in an environment that holds nothing else.
lock:
	rm -rf $(VENV)-lock
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet --upgrade pip
	$(VENV)-lock/bin/python -m pip install --quiet --editable '.[conformance]' --group dev
	{ echo '# Made by `make lock`: the exact versions that development and CI use.'; \
	  $(VENV)-lock/bin/python -m pip freeze --exclude-editable --exclude pip --exclude setuptools; } > requirements-dev.lock
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) $(VENV)-lock dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
