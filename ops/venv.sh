#!/bin/sh
# Make an environment, or bring it up to date:  ops/venv.sh REQUIREMENTS [FOLDER]
#
# FOLDER is .venv unless told otherwise.
#
# PYTHON=python3.12 chooses the interpreter. A .venv whose making was interrupted, or whose
# interpreter has gone, is made anew. Each step is one line with its seconds; on a terminal, unless CI
# is set, they count and what pip says last stands beside them. All it said is in FOLDER/install.log.
set -eu

PYTHON=${PYTHON:-python3}
# Chalice 1.34 refuses 26.3 and later.
PIP=26.2.1
requirements=$1
venv=${2:-.venv}
making=$venv/making
log=$venv/install.log

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

# step WORDS COMMAND…: run a step of the installation.
step() {
    words=$1
    shift
    began=$(date +%s)
    printf '%s ...' "$words"
    # What runs beside this makes it a moment too late for whoever reads its last line.
    : >"$log"
    if [ -t 1 ] && [ -z "${CI:-}" ]; then
        # What runs beside a script does not hear Ctrl-C.
        "$@" >"$log" 2>&1 &
        running=$!
        trap 'kill $running 2>/dev/null; echo; exit 130' INT TERM
        while kill -0 $running 2>/dev/null; do
            said=$(tail -n 1 "$log" | sed 's/^ *//; s/ (from .*//; s/[^ -~]//g')
            printf '\r\033[K%s ... %d s  %.30s' "$words" $(($(date +%s) - began)) "$said"
            sleep 0.2
        done
        wait $running && failed= || failed=yes
        trap - INT TERM
        printf '\r\033[K%s ...' "$words"
    else
        "$@" >"$log" 2>&1 && failed= || failed=yes
    fi
    printf ' %d s\n' $(($(date +%s) - began))
    [ -z "$failed" ] || tail -n 20 "$log" >&2
    [ -z "$failed" ]
}

# install WHAT PIP'S ARGUMENTS…: install packages.
install() {
    what=$1
    shift
    step "Installing $what into $venv" \
        "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off "$@"
}

if ! usable; then
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
        complain "This Python cannot make a virtual environment. On Debian and Ubuntu: sudo apt-get install python3-venv"
    [ ! -e "$venv" ] || echo "The $venv here is not whole: making it anew."
    rm -rf "$venv"
    mkdir "$venv"
    : >"$making"
    step "Making $venv" "$PYTHON" -m venv "$venv"
fi
: >"$making"
install "pip $PIP" "pip==$PIP" &&
    install "$requirements" -r "$requirements" ||
    complain "Installing failed (see above, and $log). The package index could not be reached? Run the same command again."
rm "$making"
