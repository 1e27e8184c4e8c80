#!/bin/sh
# Resolve pyproject.toml again and write the hash locks. Run by `make lock`; read the difference before committing it.
set -eu
cd "$(dirname "$0")/.."
compile="${BIN:-.venv/bin}/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11"
printf 'uv>=0.9\nsetuptools>=80\n' | $compile - -o requirements/install.txt
$compile pyproject.toml -o requirements/run.txt
$compile pyproject.toml --group dev -c requirements/run.txt -o requirements/test.txt
