# Two commands matter: `make demo` (see it run) and `make test` (know that it works). Both make what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
TEMPLATES := elearn/web/templates
# The rules of the product: here every branch must have been taken.
CORE := quiz course progress credential access richtext
COVERED := $(foreach package,$(CORE),--cov=elearn.$(package)) --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100
# What looks for known faults has many parts of its own, none of which belongs into the product.
AUDIT := $(VENV)-audit
PYTEST := $(BIN)/python -m pytest -q -n 2 --dist loadfile

.PHONY: demo test lint bench format lock sbom audit audited messages

demo: $(INSTALLED)
	$(BIN)/elearn demo --port 8000 --data demo-data

# First with SQLite, then, where ELEARN_TEST_DATABASE_URL names a PostgreSQL server, once more with that.
test: lint
	env -u ELEARN_TEST_DATABASE_URL $(PYTEST) $(COVERED)
	@if [ -n "$${ELEARN_TEST_DATABASE_URL:-}" ]; then \
	  echo "again, on PostgreSQL:"; $(PYTEST) -m "not browser"; \
	else \
	  echo "ELEARN_TEST_DATABASE_URL is not set: PostgreSQL was not tried"; \
	fi

lint: $(INSTALLED)
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --quiet --lint $(TEMPLATES)

bench: $(INSTALLED)
	$(BIN)/python -m bench

format: $(INSTALLED)
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format --quiet .

# What is installed is what the lock says, by hash; the lock names no server to fetch from.
lock: $(INSTALLED)
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --no-emit-find-links --all-extras pyproject.toml -o requirements.lock
	echo "pip-audit>=2.10,<3" | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --no-emit-find-links - -o requirements-audit.lock

# What a release is made of, as CycloneDX; asks nobody.
sbom:
	$(PYTHON) sbom.py > sbom.cdx.json

# Whether a part has a fault that is known outside: before a release, at most seven days old. Asks the OSV database for names and versions of the
# lock and fails (2) when it does not answer. AUDIT_OPTIONS="--osv-url …" asks another one.
audit: $(AUDIT)/.installed
	$(PYTHON) known_faults.py $(AUDIT)/bin/pip-audit $(AUDIT_OPTIONS)

audited:
	@$(PYTHON) known_faults.py

$(AUDIT)/.installed: requirements-audit.lock
	test -x $(AUDIT)/bin/python || $(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.lock
	touch $@

messages: $(INSTALLED)
	$(BIN)/elearn translation messages

$(INSTALLED): requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
