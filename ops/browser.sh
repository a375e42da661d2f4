#!/bin/sh
# Print the path of a Chromium for the browser tests, getting one if need be.
#
# In this order: $CHROMIUM; a Chromium or Chrome on the PATH; Debian's package, where we are
# root and apt is here; Playwright's own. Prints nothing, and says why, when none can be had.
# Everything but the path goes to stderr.
set -u

say() { echo "$*" >&2; }

can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
        </dev/null >&2
}

on_path() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        found=$(command -v "$name") || continue
        # Ubuntu's chromium-browser is only a pointer to a snap: it must answer.
        if "$found" --version >/dev/null 2>&1; then
            echo "$found"
            return 0
        fi
    done
    return 1
}

playwrights() {
    .venv/bin/python - <<'EOF' 2>/dev/null
import pathlib, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    path = pathlib.Path(playwright.chromium.executable_path)
print(path) if path.exists() else sys.exit(1)
EOF
}

japanese() {
    # Without Japanese glyphs the pages are measured with boxes in place of words.
    if command -v fc-list >/dev/null 2>&1 && [ -z "$(fc-list :lang=ja file)" ]; then
        if can_apt; then
            apt_install fonts-noto-cjk || say "fonts-noto-cjk could not be installed."
        else
            say "No Japanese font is installed: the pages' words will show as boxes."
        fi
    fi
}

if [ -n "${CHROMIUM:-}" ]; then
    if "$CHROMIUM" --version >/dev/null 2>&1; then
        echo "$CHROMIUM"
        exit 0
    fi
    say "CHROMIUM=$CHROMIUM does not run."
    exit 1
fi

if path=$(on_path); then
    japanese
    echo "$path"
    exit 0
fi

if can_apt; then
    say "Installing Debian's Chromium …"
    apt-get update -qq </dev/null >&2 && apt_install chromium fonts-noto-cjk
    if path=$(on_path); then
        echo "$path"
        exit 0
    fi
fi

if ! path=$(playwrights); then
    say "Getting Playwright's Chromium …"
    if [ "$(id -u)" = 0 ]; then
        .venv/bin/python -m playwright install --with-deps chromium </dev/null >&2 ||
            .venv/bin/python -m playwright install chromium </dev/null >&2
    else
        .venv/bin/python -m playwright install chromium </dev/null >&2
    fi
    path=$(playwrights) || path=
fi
if [ -n "$path" ] && "$path" --version >/dev/null 2>&1; then
    japanese
    echo "$path"
else
    say "No Chromium could be had: the browser tests will be SKIPPED."
    say "Install one, or name one: make test CHROMIUM=/path/to/chromium"
fi
