# SPDX-License-Identifier: MIT
# What shell tests share: where things are, which cases are wanted, results as TAP. Sourced by bash.
# shellcheck shell=bash disable=SC2034 # variables are used by those that source this
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${BUILD:-$root/build}
result_count=0
result_failed=0
cd "$root" || exit 1

# own_folder FOLDER: makes it, empty. What such a test has left there before goes; a folder that holds anything else ends this one.
own_folder()
{
    local mark=$1/.made-by-a-test

    if [ -e "$mark" ]; then
        rm -rf "$1"
    elif [ -e "$1" ] && { [ ! -d "$1" ] || [ -n "$(ls -A "$1")" ]; }; then
        echo "$0: $1 is no folder that a test has made, and not empty: it stays as it is" >&2
        exit 2
    fi
    mkdir -p "$1" && : >"$mark" || exit 2
}

# wanted NAME: CASES=REGEX asks for the cases whose names it matches; without it all are wanted.
wanted()
{
    [[ -z ${CASES:-} || $1 =~ $CASES ]]
}

# result NAME WHAT-IS-WRONG: a case whose second word is empty passes.
result()
{
    wanted "$1" || return 0
    result_count=$((result_count + 1))
    if [ -z "$2" ]; then
        echo "ok $result_count $1"
    else
        result_failed=$((result_failed + 1))
        echo "not ok $result_count $1"
        printf '%s\n' "$2" | head -n 40 | sed 's/^/# /'
    fi
}

# Prints the plan and ends the test.
results_end()
{
    echo "1..$result_count"
    [ "$result_failed" -eq 0 ]
    exit
}
