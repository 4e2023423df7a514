#!/bin/sh
# Make .venv from requirements.txt, unless it was already made from this very lock in this very place.
# Enough is one of: Python 3.12 to 3.14; uv; another Python, whose pip fetches uv, which fetches an interpreter. With
# Python 3.15 and later some packages have no wheels yet: it is taken only where there is no other.
set -eu

LOCK=requirements.txt
UV_LOCK=tools/uv.txt
VENV=.venv
STAMP=$VENV/made-from # the folder and the lock: scripts in an environment hold its absolute path
BUSY=.venv.busy       # a link to the process id of the one of us that is at work
PASSING=.venv.uv

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
    waiting=
    until ln -s $$ "$BUSY" 2>/dev/null; do
        owner=$(readlink "$BUSY") || [ -w . ] || stop "$(pwd) cannot be written to; use a clone of your own"
        if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
            rm -f "$BUSY" # its process was killed
        else
            [ -n "$waiting" ] || say "process ${owner:-unknown} is making $VENV; waiting (if it is not, remove $BUSY)"
            waiting=yes
            sleep 1
        fi
    done
    trap leave EXIT
    trap 'exit 130' INT TERM HUP
}

leave() {
    [ -f "$STAMP" ] || rm -rf "$VENV" # half-made
    rm -rf "$PASSING" "$BUSY"
}

# Print the path of the first interpreter for which the Python expression $1 holds, among the versions that follow and
# then python3. PYENV_VERSION makes a pyenv shim start the version that it is named after, or the system's; left alone
# it refuses to start any when .python-version names one that is not installed.
find_interpreter() {
    condition=$1
    shift
    for version in "$@"; do
        if probe "python$version" "$version" || probe "python$version" system; then return; fi
    done
    probe python3 "${PYENV_VERSION-}" || probe python3 system || probe python "${PYENV_VERSION-}"
}

probe() { # $1 is the command, $2 the version to ask of a pyenv shim; the path printed is the one behind the shim
    PYENV_VERSION=$2 "$1" -c "import sys; $condition or sys.exit(1); print(sys.executable)" 2>/dev/null </dev/null
}

find_python() {
    find_interpreter '(3, 12) <= sys.version_info < (3, 15)' "$(cat .python-version)" 3.13 3.14 3.12
}

find_other_python() { # to start pip with
    find_interpreter 'all(map(__import__, ("venv", "ensurepip"))) and sys.version_info >= (3, 9)' 3.15 3.11 3.10 3.9
}

pip_uv_into() { # $1 is an interpreter, $2 the environment to make with uv in it
    "$1" -m venv "$2" &&
        "$2/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$UV_LOCK"
}

venv_by_uv() { # what uv finds or fetches; else a newer one than we would choose, if it is here
    "$uv" venv --quiet --python '>=3.12,<3.15' "$VENV" ||
        UV_PYTHON_DOWNLOADS=never "$uv" venv --quiet --python '>=3.15' "$VENV" 2>/dev/null
}

make_environment() {
    if uv=$(command -v uv) && uv --version >/dev/null 2>&1; then
        if python=$(find_python); then
            "$uv" venv --quiet --python "$python" "$VENV" || stop "uv ($uv) could not make $VENV from $python"
        else
            venv_by_uv || stop "uv ($uv) neither found nor fetched Python 3.12 or later; install one, then try again"
        fi
    elif python=$(find_python); then
        "$python" -c 'import venv, ensurepip' 2>/dev/null ||
            stop "$python has no venv module; install it (Debian and Ubuntu: the package python3-venv) or uv"
        pip_uv_into "$python" "$VENV" ||
            stop "pip could not fetch uv (its own words are above); check the network or pip's index setting"
        uv=$VENV/bin/uv
    elif python=$(find_other_python); then
        pip_uv_into "$python" "$PASSING" ||
            stop "no Python 3.12 or later and no uv on PATH, and pip of $python could not fetch uv; install either"
        uv=$PASSING/bin/uv
        venv_by_uv || stop "there is $python, and uv could not fetch Python 3.12 or later; install one, then try again"
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
