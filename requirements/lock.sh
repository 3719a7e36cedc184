#!/usr/bin/env bash
# Writes the pinned, hashed lists again from the .in files; pass --upgrade to take newer releases.
set -euo pipefail
cd "$(dirname "$0")"

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
uv=$(command -v uv || true)
if [ -z "$uv" ]; then
    echo "lock: fetching uv for this one run"
    python3 -m venv "$place/venv"
    "$place/venv/bin/pip" install --quiet uv
    uv="$place/venv/bin/uv"
fi

# One list for Linux, macOS and Windows and for every Python from 3.11 on. Each later list keeps
# the pins of the earlier ones, so that any of them can be installed together.
for name in core run district test check build freeze servers; do
    echo "lock: $name"
    "$uv" pip compile "$name.in" --output-file "$name.txt" --quiet \
        --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links "$@"
done
