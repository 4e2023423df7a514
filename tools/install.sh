#!/bin/sh
# Make .venv from requirements.txt, unless it was already made from this very lock in this very place.
# Enough is one of: Python 3.12 or later; uv; an older Python, whose pip fetches uv, which fetches an interpreter.
set -eu

LOCK=requirements.txt
UV_LOCK=tools/uv.txt
VENV=.venv
STAMP=$VENV/made-from # the folder and the lock: scripts in an environment hold its absolute path
BUSY=.venv.busy       # exists while one of us is at work; holds its process id and its passing files
NEW_ENOUGH='(3, 12)'
NEW_ENOUGH_FOR_UV='>=3.12'

say() { printf 'install: %s\n' "$*" >&2; }

stop() {
    say "$*"
    exit 1
}

stamp() {
    pwd -P
    cat "$LOCK"
}

is_made() { stamp | cmp -s - "$STAMP" && "$VENV/bin/python" -c '' 2>/dev/null; }

take_turn() {
    until mkdir "$BUSY" 2>/dev/null; do
        owner=$(cat "$BUSY/pid" 2>/dev/null || echo starting)
        [ -d "$BUSY" ] || [ -w . ] || stop "$(pwd) cannot be written to; use a clone of your own"
        if [ "$owner" = starting ] || kill -0 "$owner" 2>/dev/null; then sleep 1; else rm -rf "$BUSY"; fi
    done
    trap leave EXIT
    trap 'exit 130' INT TERM HUP
    echo $$ >"$BUSY/pid"
}

leave() {
    [ -f "$STAMP" ] || rm -rf "$VENV" # half-made
    rm -rf "$BUSY"
}

new_enough() { # $1 is an interpreter; print its own path, which for a pyenv shim is the interpreter behind it
    "$1" -c "import sys; sys.version_info >= $NEW_ENOUGH or sys.exit(1); print(sys.executable)" \
        2>/dev/null </dev/null
}

# The version of .python-version first. PYENV_VERSION makes a pyenv shim start the version that it is named after, which
# it refuses when .python-version names one that is not installed.
find_python() {
    for minor in "$(cat .python-version)" 3.13 3.14 3.12; do
        if PYENV_VERSION=$minor new_enough "python$minor"; then return; fi
    done
    new_enough python3 || new_enough python
}

find_old_python() {
    for name in python3 python3.11 python3.10 python3.9; do
        if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))' 2>/dev/null </dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

pip_uv_into() { # $1 is an interpreter, $2 the environment to make with uv in it
    "$1" -m venv "$2" &&
        "$2/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$UV_LOCK"
}

make_environment() {
    if uv=$(command -v uv) && uv --version >/dev/null 2>&1; then
        "$uv" venv --quiet --python "$(find_python || echo "$NEW_ENOUGH_FOR_UV")" "$VENV" ||
            stop "uv ($uv) finds and fetches no Python 3.12 or later; install one, then try again"
    elif python=$(find_python); then
        "$python" -c 'import venv, ensurepip' 2>/dev/null ||
            stop "$python has no venv module; install it (Debian and Ubuntu: the package python3-venv) or uv"
        pip_uv_into "$python" "$VENV" ||
            stop "pip could not fetch uv (its own words are above); check the network or pip's index setting"
        uv=$VENV/bin/uv
    elif python=$(find_old_python); then
        pip_uv_into "$python" "$BUSY/uv" ||
            stop "no Python 3.12 or later and no uv on PATH, and pip of $python could not fetch uv; install either"
        uv=$BUSY/uv/bin/uv
        "$uv" venv --quiet --python "$NEW_ENOUGH_FOR_UV" "$VENV" ||
            stop "$python is too old and uv could not fetch Python 3.12 or later; install one, then try again"
    else
        stop "no Python 3.12 or later and no uv on PATH; install either, then try again"
    fi
    "$uv" pip install --quiet --python "$VENV/bin/python" --require-hashes --compile-bytecode -r "$LOCK" ||
        stop "$LOCK could not be installed (uv's own words are above); check the network or uv's index setting"
}

cd "$(dirname "$0")/.."
if is_made; then exit 0; fi
take_turn
if is_made; then exit 0; fi
say "making $VENV from $LOCK (a minute or two, only when the lock has changed) ..."
rm -rf "$VENV"
make_environment
stamp >"$STAMP"
say "done: $("$VENV/bin/python" -c 'import platform; print("Python", platform.python_version())') in $VENV"
