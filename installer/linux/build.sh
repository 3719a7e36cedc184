#!/usr/bin/env bash
# Freezes this checkout into dist/casewell/, with nothing on the machine that the hashes do not name.
set -euo pipefail
cd "$(dirname "$0")/../.."
. requirements/prepare.sh

need_system "${qt_packages[@]}" binutils
# A frozen program carries Python's shared library, which a system's Python keeps in its own package.
python=$(find_python)
case $python in
/usr/bin/*) need_system "$("$python" -c 'import sys; print("libpython%d.%d" % sys.version_info[:2])')" ;;
esac
make_venv "$checkout/.venv-freeze" run freeze
say "freezing"
mkdir -p build
log=build/freeze.log
# The same checkout gives the same files: no hash seeds, the commit's time instead of the clock.
export PYTHONHASHSEED=1
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)
export SOURCE_DATE_EPOCH
PYINSTALLER_CONFIG_DIR="$checkout/build/pyinstaller" \
    "$checkout/.venv-freeze/bin/pyinstaller" --noconfirm --clean --log-level WARN \
    --distpath dist --workpath build/work installer/casewell.spec >"$log" 2>&1 </dev/null || {
    tail -n 40 "$log" >&2
    give_up "freezing failed; the whole log is $log"
}
say "built dist/casewell ($(du -sm dist/casewell | cut -f1) MB)"
