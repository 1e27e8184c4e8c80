# Two commands do all the set-up: `make demo` runs the main job, `make test` passes the tests.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
GENERATED := stages commands settings returns
STACKS := $(addprefix tests/live/test_,faults.py killed.py stack.py supervisor.py)

.PHONY: help demo test test-servers test-stacks test-flows test-suites test-unit test-quick test-full check docs format lock sbom browser clean

help: ## Show these lines
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

$(READY): requirements/install.txt requirements/test.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/install.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements/test.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $(READY)

demo: $(READY) ## Take the South Wales inspection through all five stages (KEEP=1 leaves it running)
	$(BIN)/ncpi demo --data build/demo $(if $(KEEP),--keep)

test: $(READY) ## Run the tests, with real servers and a browser where there is one, but those that take minutes
	$(MAKE) --no-print-directory --jobs 3 --output-sync=target test-servers test-stacks test-suites test-unit test-flows

# Three at a time on two cores, the longest first: those with stacks of their own, which are killed and cut off, mostly wait.
test-servers: $(READY)
	$(BIN)/python -m pytest -m "not full" $(STACKS:%=--ignore %) tests/live

test-stacks: $(READY)
	$(BIN)/python -m pytest -m "not full" -p no:cacheprovider $(STACKS)

test-flows: $(READY)
	$(BIN)/python -m pytest -m "not full" -p no:cacheprovider tests/flows

test-suites: $(READY)
	$(BIN)/python -m pytest -m "not full" -p no:cacheprovider --ignore tests/live --ignore tests/flows --ignore tests/unit

test-unit: $(READY)
	$(BIN)/python -m pytest -m "not full" -p no:cacheprovider tests/unit

test-quick: $(READY) ## Run the tests that need no server
	$(BIN)/python -m pytest -m "not browser and not live and not full"

test-full: $(READY) ## Run every test; more than an hour
	$(BIN)/python -m pytest

browser: $(READY) ## Run the tests that need chromium alone
	$(BIN)/python -m pytest -m browser

check: $(READY) ## Lint, types, import contracts, generated documents, hashes and licences of dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	for page in $(GENERATED); do $(BIN)/python -m docs.$$page --check || exit 1; done
	$(BIN)/python -m pytest --quiet -p no:cacheprovider tests/unit/test_requirements.py
	$(BIN)/pip-licenses --summary > /dev/null

docs: $(READY) ## Write the generated documents
	for page in $(GENERATED); do $(BIN)/python -m docs.$$page || exit 1; done

format: $(READY) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY) ## Resolve the dependencies again and write the hash locks
	sh requirements/lock.sh

sbom: $(READY) ## Write build/sbom.cdx.json: what is installed to run the system, from its lock, in CycloneDX
	mkdir -p build
	$(BIN)/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible -o build/sbom.cdx.json requirements/run.txt

clean: ## Remove what the targets above have made
	rm -rf .venv build
