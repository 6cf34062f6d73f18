#!/usr/bin/env bash
# Creates .venv and installs the hashed lock into it. Used by the Makefile; does nothing when that has been done.
set -euo pipefail

cd "$(dirname "$0")/.."
uv_version=0.13.9

# Airflow 3.3 and Great Expectations 1.24 both run on 3.10 to 3.14 (their package metadata); our code needs 3.11.
supported() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
        if supported "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "No Python 3.11, 3.12, 3.13 or 3.14 found (python3 is: $(python3 --version 2>&1 || true))." >&2
    echo "Install one of them, or name it: make PYTHON=/path/to/python3.12" >&2
    return 1
}

stamp=.venv/.installed
wanted=$(cat requirements.lock "$0" | cksum)
if [ -x .venv/bin/python ] && supported .venv/bin/python && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    touch "$stamp"
    exit 0
fi

if ! { [ -x .venv/bin/python ] && supported .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; }; then
    python=$(find_python)
    echo "creating .venv with $("$python" --version)"
    rm -rf .venv
    if ! "$python" -m venv .venv; then
        echo "$python cannot create virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
fi

echo "installing the $(grep -c == requirements.lock) packages of requirements.lock"
if [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$uv_version" ]; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv_version"
fi
# Compiled at once: otherwise the first import of Airflow and Great Expectations takes twice as long, in every process.
.venv/bin/uv pip install --python .venv/bin/python --require-hashes --compile-bytecode --quiet -r requirements.lock
echo "$wanted" >"$stamp"
