# shellcheck shell=bash disable=SC2034 # variables are used by those that source this
# SPDX-License-Identifier: MIT
# What the scripts of this folder begin with: tool and launcher with sanitizers in them, the test programs, a folder of their own, TAP. Sourced.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
build=${BUILD:-build}
[ -n "${TESTS_BUILT:-}" ] || make -s BUILD="$build" tool-tests sanitized >&2 || exit 1
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
tool=$build/sanitized/idlelab launcher=$build/sanitized/launch number=0 failed=0
touch "$work/out" "$work/err"

ok() { # ok STATUS NAME
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else
        echo "not ok $number - $2"
        failed=1
    fi
}
exits() { # exits CODE NAME COMMAND...: the command's output stays in $work/out and $work/err
    local want=$1 name=$2 got
    shift 2
    "$@" >"$work/out" 2>"$work/err"
    got=$?
    ok $((got != want)) "$name: exit $want"
    [ "$got" -eq "$want" ] || sed 's/^/# /' "$work/err"
}
says() { # says NAME PATTERN: in the output of the last command
    grep -qE -- "$2" "$work/out" "$work/err"
    ok $? "$1"
}
