# `make demo` shows a link blog, `make test` proves it. PYTHON, PORT and ARGS (for pytest) may be set: make test ARGS="-k feeds"
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
BIN = .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
LOCK = $(CURDIR)/$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet $(UPGRADE)
TESTED = .venv/test-installed .venv/semantic-installed .venv/extras-installed .venv/s3-server-installed
PYTEST = $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadgroup

.PHONY: install demo serve test test-long lint format bench docs lock clean

install: .venv/installed
.venv/installed: requirements/runtime.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements/runtime.txt
	$(PIP) --no-build-isolation -e .
	@touch $@
.venv/%-installed: requirements/%.txt .venv/installed
	$(PIP) --require-hashes -r $<
	@touch $@

# A server of its own Python environment, for the tests alone
.venv/s3-server-installed: requirements/s3-server.txt .venv/installed
	$(PYTHON) -m venv .venv/s3-server
	.venv/s3-server/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

demo: install
	$(BIN)/linklog demo --port $(PORT)
serve: install
	$(BIN)/linklog serve --port $(PORT)

# In the next three every part runs, whatever became of the one before; one that failed fails the target.
test: $(TESTED)
	@status=0; tests/system-packages || status=1; $(PYTEST) $(ARGS) || status=1; \
	$(BIN)/python -m tests.postgres -- $(PYTEST) -m "not browser and not long" $(ARGS) || status=1; exit $$status
test-long: $(TESTED)
	@status=0; tests/system-packages || status=1; $(BIN)/python -m pytest -m long $(ARGS) || status=1; \
	$(BIN)/python -m tests.postgres -- $(BIN)/python -m pytest -m "long and not browser" $(ARGS) || status=1; exit $$status

lint: export LINKLOG_HOME = $(CURDIR)/.venv/lint-home
lint: .venv/test-installed
	@status=0; $(BIN)/ruff check || status=1; $(BIN)/ruff format --check || status=1; \
	find linklog -path '*/templates/*.html' -exec $(BIN)/djade --check --target-version 5.2 {} + || status=1; \
	$(BIN)/mypy linklog || status=1; $(BIN)/linklog makemigrations --check --dry-run || status=1; exit $$status
format: .venv/test-installed
	$(BIN)/ruff check --fix-only && $(BIN)/ruff format
	find linklog -path '*/templates/*.html' -exec $(BIN)/djade --target-version 5.2 {} +

# Search is measured on archives of up to a million posts, which takes half an hour and some 10 GB of disk for that time
bench: .venv/test-installed .venv/semantic-installed .venv/bench-installed
	@status=0; tests/system-packages || status=1; \
	for program in pages related crawler images uploads capture writing author; do $(BIN)/python -m bench.$$program || status=1; done; \
	$(BIN)/python -m bench.search --postgresql --figure docs/search-growth.png || status=1; exit $$status

docs: .venv/docs-installed
	$(BIN)/sphinx-build -W --keep-going docs docs/_build

# Newest versions of everything: make lock UPGRADE=--upgrade
lock: .venv/test-installed
	cd requirements && $(LOCK) runtime.in -o runtime.txt && $(LOCK) test.in --no-emit-package pip -o test.txt && $(LOCK) docs.in -o docs.txt \
	&& $(LOCK) semantic.in --no-emit-package pip -o semantic.txt && $(LOCK) bench.in -o bench.txt \
	&& $(LOCK) extras.in --no-emit-package pip -o extras.txt && $(LOCK) s3-server.in -o s3-server.txt

clean:
	rm -rf .venv docs/_build dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
