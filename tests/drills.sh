#!/usr/bin/env bash
# The reliability drills R1 to R16, and the table that they write: docs/reliability.md.
#
#     tests/drills.sh             the release's numbers; takes hours
#     tests/drills.sh --short     the numbers that every change must pass
#     tests/drills.sh -k power    options go to pytest; other drills' lines in the table stay
#
# CASEWELL_KILLS, CASEWELL_CUTS, CASEWELL_FUZZ and CASEWELL_DAYS set other numbers.
set -uo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv-test/bin/python}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
export CASEWELL_DRILL_RESULTS=$results CASEWELL_DRILL_FORM=release
which=(-m slow --timeout 36000)
if [ "${1:-}" = --short ]; then
    shift
    export CASEWELL_DRILL_FORM=CI
    # Whatever records a drill, wherever it stands.
    mapfile -t files < <(grep -rl --include='test_*.py' 'faults.record import' tests)
    which=(-m 'not slow' "${files[@]}")
fi
"$python" -m pytest -p no:cacheprovider "${which[@]}" "$@"
failed=$?
"$python" tests/reliability.py "$results" || failed=1
exit "$failed"
