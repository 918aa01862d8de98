#!/bin/sh
# See that the tests find PostgreSQL with PostGIS, Chromium, its driver and a Chinese font;
# install what is missing.
# CHROMIUM names the browser to use when it goes by another name.
set -eu
cd "$(dirname "$0")/.."

postgis_is_there() {
    for initdb in /usr/lib/postgresql/*/bin/initdb; do
        version=$(basename "$(dirname "$(dirname "$initdb")")")
        if [ -x "$initdb" ] && [ -e "/usr/share/postgresql/$version/extension/postgis.control" ]; then
            return 0
        fi
    done
    return 1
}

# Ubuntu's chromium-browser may be a stub that only names a snap: ask it for its version.
chromium_is_there() {
    for browser in ${CHROMIUM:-chromium chromium-browser google-chrome google-chrome-stable}; do
        if "$browser" --version >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

# Playwright brings its own Node.js, which wants a library that a small Debian lacks.
driver_runs() {
    .venv/bin/playwright --version >/dev/null 2>&1
}

chinese_font_is_there() {
    [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]
}

chromium_package=chromium
if grep -qs '^ID=ubuntu$' /etc/os-release; then
    chromium_package=chromium-browser
fi

missing=
postgis_is_there || missing="$missing postgresql postgresql-postgis"
chromium_is_there || missing="$missing $chromium_package"
driver_runs || missing="$missing libatomic1"
chinese_font_is_there || missing="$missing fontconfig fonts-noto-cjk"
[ -n "$missing" ] || exit 0

# shellcheck disable=SC2086 # one word a package
.ci/apt-install.sh $missing

postgis_is_there || {
    echo "PostgreSQL with PostGIS is still missing under /usr/lib/postgresql." >&2
    exit 1
}
chromium_is_there || {
    echo "Chromium is still missing or does not start: install it (Ubuntu: snap install chromium)," \
        "or name another browser of its kind: make test CHROMIUM=/path/to/chrome" >&2
    exit 1
}
driver_runs || {
    echo "Playwright's driver still does not start: see .venv/bin/playwright --version" >&2
    exit 1
}
chinese_font_is_there || {
    echo "A Chinese font is still missing: fc-list :lang=zh-cn names none." >&2
    exit 1
}
