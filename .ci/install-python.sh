#!/bin/sh
# Make the virtual environment .venv with Python 3.11 or newer; keep one that works.
# PYTHON names the interpreter to use; Debian's lacks venv until python3-venv is installed.
set -eu
cd "$(dirname "$0")/.."

suits() {
    command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# A copied or moved environment would still install into its first place.
works_here() {
    suits .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1 &&
        grep -qF "$PWD/.venv/bin/python" .venv/bin/pip
}

make_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null || return 1
    rm -rf .venv
    "$1" -m venv .venv
}

if works_here; then
    exit 0
fi

found=
for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3}; do
    if suits "$python"; then
        found="$found $python"
    fi
done
for python in $found; do
    if make_venv "$python"; then
        exit 0
    fi
done
for python in $found; do
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$python cannot make a virtual environment yet: it lacks ensurepip." >&2
    .ci/apt-install.sh "python$version-venv"
    if make_venv "$python"; then
        exit 0
    fi
done

if [ -z "$found" ]; then
    echo "gridmap needs Python 3.11 or newer: install it, or name it: make PYTHON=/path/to/python3" >&2
else
    echo "None of these can make a virtual environment:$found; name another: make PYTHON=/path/to/python3" >&2
fi
exit 1
