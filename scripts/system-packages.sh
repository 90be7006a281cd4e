#!/bin/sh
# What guatu needs from the distribution (Debian 12 or newer), for `run` or for `test`. What is missing is installed by
# root; anybody else is told the one line to run.
set -eu

purpose=$1
python=$2
missing=

need() { # need PACKAGE WHY CHECK...: the package is missing when the check fails
    package=$1 why=$2
    shift 2
    if ! "$@" >/dev/null 2>&1; then
        echo "missing: $package ($why)"
        missing="$missing $package"
    fi
}

postgis() {
    ls /usr/lib/postgresql/*/bin/postgres && ls /usr/share/postgresql/*/extension/postgis.control
}

libcairo() {
    ls /usr/lib/*/libcairo.so.2
}

font() {
    find /usr/share/fonts /usr/local/share/fonts -iname '*cjk*' | grep -q .
}

need python3-venv "the virtual environment for guatu's own packages" "$python" -c 'import ensurepip, venv'
if [ -z "${DATABASE_URL:-}" ]; then
    need postgresql-postgis "PostgreSQL with PostGIS, for guatu's private database" postgis
else
    need postgresql-client "PostgreSQL's programs, to back up the database of DATABASE_URL" command -v pg_dump
fi
need fonts-noto-cjk "Chinese letters, for printed maps" font
need libcairo2 "cairo, to draw printed maps" libcairo
if [ "$purpose" = test ]; then
    need chromium "a browser, for the tests of the pages" command -v chromium
fi

[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if ! command -v apt-get >/dev/null; then
    echo "this is not Debian: install what these packages hold:$missing" >&2
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "to install it, run as root, then try again:  apt-get update && $install" >&2
    exit 1
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
$install
