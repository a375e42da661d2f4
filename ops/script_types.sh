#!/bin/sh
# Check the JSDoc types of the pages' and the console's scripts with TypeScript's compiler.
#
# Node is not needed to work here: without it, or without a way to fetch the compiler, this
# says so and is content.
set -u

TYPESCRIPT=5.9.3
home=.venv/typescript
tsc=$home/node_modules/typescript/bin/tsc

skip() {
    echo "SKIPPED types of the scripts: $*"
    exit 0
}

[ -n "$(find frontend local -name '*.js' -print 2>/dev/null | head -n 1)" ] || skip "there are none."
command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || skip "there is no Node here."
if ! grep -qs "\"version\": \"$TYPESCRIPT\"" "$home/node_modules/typescript/package.json"; then
    npm install --prefix "$home" --no-save --no-audit --no-fund --loglevel=error \
        "typescript@$TYPESCRIPT" </dev/null >&2 ||
        skip "TypeScript $TYPESCRIPT could not be fetched."
fi
find frontend local -name '*.js' -exec node "$tsc" --noEmit --allowJs --checkJs --strict \
    --noUncheckedIndexedAccess --target es2022 --module esnext --moduleResolution bundler \
    --lib es2022,dom,dom.iterable {} +
