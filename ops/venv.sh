#!/bin/sh
# Make an environment, or bring it up to date:  ops/venv.sh REQUIREMENTS [FOLDER]
#
# FOLDER is .venv unless told otherwise.
#
# PYTHON=python3.12 chooses the interpreter. A .venv whose making was interrupted, or whose
# interpreter has gone, is made anew.
set -eu

PYTHON=${PYTHON:-python3}
# Chalice 1.34 refuses 26.3 and later.
PIP=26.2.1
requirements=$1
venv=${2:-.venv}
making=$venv/making

complain() {
    echo "$*" >&2
    exit 1
}

usable() {
    [ ! -e "$making" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1
}

command -v "$PYTHON" >/dev/null 2>&1 ||
    complain "Python 3.11 or newer is needed, and there is no $PYTHON. PYTHON=/path/to/python3 names another."
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    complain "Python 3.11 or newer is needed; $PYTHON is $("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])'). PYTHON=/path/to/python3 names another."

if ! usable; then
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
        complain "This Python cannot make a virtual environment. On Debian and Ubuntu: sudo apt-get install python3-venv"
    [ ! -e "$venv" ] || echo "The $venv here is not whole: making it anew."
    rm -rf "$venv"
    mkdir "$venv"
    : >"$making"
    "$PYTHON" -m venv "$venv"
fi
: >"$making"
echo "Installing $requirements into $venv …"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input "pip==$PIP"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input -r "$requirements" ||
    complain "Installing failed (see above). The package index could not be reached? Run the same command again."
rm "$making"
