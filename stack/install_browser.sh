#!/usr/bin/env bash
# Finds the Chromium that the page's slow tests drive, or installs Debian's where that is allowed. Used by the Makefile.
# Playwright's own download needs a host that many networks do not reach; Debian's package comes with its mirrors.
set -euo pipefail

if [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "make test-all looks at the page in Chromium, and there is none. Install it (on Debian and Ubuntu:" >&2
    echo "sudo apt-get install chromium), or name the program of one: make test-all CHROMIUM=/path/to/chromium" >&2
    exit 1
fi
echo "installing Chromium for the tests of the page"
apt-get update --quiet --quiet
DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends chromium >/dev/null
