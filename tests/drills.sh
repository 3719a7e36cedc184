#!/usr/bin/env bash
# The long drills, at their full numbers: 200 killed desks, large fuzz runs, big demo.
# They take half an hour or more; `./check` runs each in a short form.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv-test/bin/python}
exec "$python" -m pytest -m slow --timeout 7200 "$@"
