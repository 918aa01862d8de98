#!/bin/sh
# Install Debian packages, through sudo when not root; where that is impossible say what to install.
# Usage: .ci/apt-install.sh PACKAGE...
set -eu

refuse() {
    echo "$1: install $packages yourself, then run make again." >&2
    exit 1
}

packages=$*
command -v apt-get >/dev/null || refuse "This system has no apt-get"

as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || refuse "Neither root nor sudo is at hand"
    # Nobody can type a password into a run without a terminal.
    as_root=sudo
    [ -t 0 ] || as_root="sudo -n"
fi

apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Use-Pty=0 "$@" </dev/null
}

echo "Installing with apt: $packages"
apt update || echo "apt-get update failed; trying with the package lists at hand." >&2
# shellcheck disable=SC2086 # one word a package
apt install -y --no-install-recommends $packages || refuse "apt-get could not install them"
