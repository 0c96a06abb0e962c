# SPDX-License-Identifier: MIT
# Test cases that run two at a time and print TAP. Sourced by bash; the sourcing script calls `case_run NAME COMMAND...` for each
# case and ends with `cases_end`. A command passes with status 0 and is skipped with status 77, its last line being the reason. Of those
# that CASES=REGEX leaves out none runs, but for what stands behind `case_first`. A case that ends otherwise than by returning fails.
# shellcheck shell=bash

script=$(realpath "$0")
# shellcheck source=tests/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../tap.sh"
work=${script#"$root"/tests/}
work=$build/test/${work%.sh}
cases_at_once=${CASES_AT_ONCE:-2}
case_count=0
case_failed=0
case_names=() # of all that were started: a case that leaves no result is one that failed
skip_status=77
export BUILD=$build
rm -rf "$work"
mkdir -p "$work"

# True where /dev/kvm is there and opens; else it says why not. It must be a device: root opening a name for reading and writing would make a
# file of it.
kvm_opens()
{
    if [ ! -c /dev/kvm ] || ! (: <>/dev/kvm) 2>/dev/null; then
        echo '/dev/kvm is not there, or cannot be opened'
        return 1
    fi
}

# Prints the results of the cases that have ended since the last call.
cases_report()
{
    local file name status

    for file in "$work"/*.status; do
        [ -e "$file" ] || continue
        name=$(basename "$file" .status)
        status=$(cat "$file")
        mv "$file" "$work/$name.told"
        case_count=$((case_count + 1))
        if [ "$status" -eq 0 ]; then
            echo "ok $case_count $name"
        elif [ "$status" -eq $skip_status ]; then
            echo "ok $case_count $name # SKIP $(tail -n 1 "$work/$name.out")"
        else
            case_failed=$((case_failed + 1))
            echo "not ok $case_count $name"
            sed 's/^/# /' "$work/$name.out"
        fi
    done
}

# case_run NAME COMMAND...: NAME is in [a-z0-9_]; what the command prints is shown when it fails.
case_run()
{
    ! wanted "$1" || case_begin "$@"
}

# case_first NAME COMMAND...: the one that the others look at, wanted or not; it ends before they begin.
case_first()
{
    case_begin "$@"
    wait
    cases_report
}

case_begin()
{
    local name=$1

    shift
    if [[ " ${case_names[*]} " == *" $name "* ]]; then
        case_bad "$name" 'two cases have this name'
        return
    fi
    case_names+=("$name")
    while [ "$(jobs -rp | wc -l)" -ge "$cases_at_once" ]; do
        wait -n
        cases_report
    done
    (
        "$@" >"$work/$name.out" 2>&1
        echo $? >"$work/$name.status.new"
        mv "$work/$name.status.new" "$work/$name.status"
    ) &
}

# case_bad NAME WHY
case_bad()
{
    case_count=$((case_count + 1))
    case_failed=$((case_failed + 1))
    echo "not ok $case_count $1"
    echo "# $2"
}

# Those that were started and left no result: they called exit, or were killed.
cases_lost()
{
    local name

    for name in "${case_names[@]}"; do
        if [ ! -e "$work/$name.told" ]; then
            case_bad "$name" 'it ended without a result: it called exit, or was killed'
            sed 's/^/# /' "$work/$name.out"
        fi
    done
}

# Each row of the logs that the cases left is as lib/rows declares it.
rows_are_declared()
{
    local logs

    mapfile -t logs < <(grep -lE '"(row|pair)":' "$work"/*.log)
    [ ${#logs[@]} -eq 0 ] || "$build/unit/test_rows" "${logs[@]}"
}

cases_end()
{
    wait
    [[ $work != $build/test/matrix/* ]] || case_run rows_are_declared rows_are_declared
    wait
    cases_report
    cases_lost
    echo "1..$case_count"
    [ "$case_failed" -eq 0 ]
    exit
}

# expect_status WANTED COMMAND...
expect_status()
{
    local wanted=$1 status=0

    shift
    "$@" || status=$?
    if [ "$status" -ne "$wanted" ]; then
        echo "exit status $status, expected $wanted: $*"
        return 1
    fi
}

# expect_text FILE PATTERN: an extended regular expression that must match a line.
expect_text()
{
    if ! grep -qE -e "$2" "$1"; then
        echo "no line of $1 matches '$2'; it ends with:"
        tail -n 5 "$1"
        return 1
    fi
}

# json_value FILE TYPE MEMBER: the member's plain values in the records of a type, one a line.
json_value()
{
    grep -aE "\"t\":\"$2\"" "$1" | sed -nE "s/.*\"$3\":\"?([^\",}]*).*/\1/p"
}
