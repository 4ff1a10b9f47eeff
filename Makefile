# The two commands: `make run` shows the main job, `make test` runs everything that CI runs.
# Both work from a fresh clone on Debian or Ubuntu with Python 3.11 or newer, its venv module, and make.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BENCH_VENV := .venv-bench
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: run test quick validate bench docs ledger lock clean setup setup-dev browser

run: setup
	$(BIN)/transcaspian showcase --out out
	@rm -rf out/crossing
	$(BIN)/transcaspian simulate --replications 20 --out out/crossing

setup: $(VENV)/.run

setup-dev: $(VENV)/.dev

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: sudo apt-get install python3.11, then make PYTHON=python3.11 run"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
	  { echo "Python's venv module is missing: sudo apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# What is installed from run.lock or from dev.lock, and the kernels compiled.
$(VENV)/.run $(VENV)/.dev: $(VENV)/.%: $(VENV)/pyvenv.cfg requirements/%.lock pyproject.toml
	$(PIP) --require-hashes -r requirements/$*.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	$(BIN)/transcaspian warm-up
	@touch $@

browser:
	@sh tools/ensure_chromium.sh

test: setup-dev browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/transcaspian check
	$(BIN)/pytest -n 2

quick: setup-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 -q -m "not browser and not newcomer"

# The public test networks may not be shipped: make validate TNTP=../TransportationNetworks
validate: setup-dev
	$(BIN)/transcaspian validate
	TNTP="$(TNTP)" $(BIN)/python tools/validate_tntp.py

# The peers of the benchmarks live apart, so that the project itself never depends on them.
$(BENCH_VENV)/.done: requirements/bench.lock pyproject.toml
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements/bench.lock
	$(BENCH_VENV)/bin/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

bench: setup-dev
	@$(MAKE) --no-print-directory $(BENCH_VENV)/.done || \
	  echo "The peers could not be installed: AequilibraE's and cimba's rows will be missing." >&2
	@python=$(BIN)/python; test ! -e $(BENCH_VENV)/.done || python=$(BENCH_VENV)/bin/python; \
	  $$python benchmarks/bench_routes.py; $$python benchmarks/bench_simulation.py; \
	  TNTP="$(TNTP)" $$python benchmarks/bench_equilibrium.py
	$(BIN)/python benchmarks/bench_corridor.py
	$(BIN)/python benchmarks/bench_capacity.py
	$(BIN)/python benchmarks/bench_start.py

docs: setup-dev
	$(BIN)/python tools/docs/build_docs.py

# Rebuild the packaged ledger from a folder of facts: make ledger FACTS=../shared/facts
ledger: setup-dev
	$(BIN)/python tools/ledger/build_ledger.py --facts $(FACTS)

# Pin the newest permitted versions again, with hashes and without any index address.
LOCK := $(BIN)/python -m uv pip compile pyproject.toml --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-annotate --no-header --python-version 3.11 --quiet --upgrade
lock: setup-dev
	$(PIP) uv
	$(LOCK) --group build --output-file requirements/run.lock
	$(LOCK) --group dev --extra cluster --output-file requirements/dev.lock
	$(LOCK) --group build requirements/bench.in --output-file requirements/bench.lock

clean:
	rm -rf $(VENV) $(BENCH_VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
