#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The log of one script and one seed, under QEMU's virtual time (-icount) on one CPU, where nothing but the image decides what is in it.
# Two boots give the same bytes. The shape of the log (which records, rows and metrics, with which members in which order) is that of
# tests/golden/log_shape.txt: another shape is a change of the record format, to be made knowingly. The values are not compared: they count
# instructions, which differ from compiler to compiler.
# After a wanted change: tests/check/log_shape.sh --write
# LONG: 15 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
golden=$root/tests/golden/log_shape.txt

# boot FILE
boot()
{
    run/qemu --quiet --accel tcg --smp 1 --script smoke --timeout 120 --log "$1" -- -icount shift=0,sleep=off
}

# Prints each kind of record once, in the order of first appearance: type, row, metric, members.
shape()
{
    tr -d '\r' <"$1" | sed -n 's/^# IL [0-9a-f]* \({.*}\) \*[0-9a-f]\{8\}$/\1/p' |
        jq -r '[.t, (.row // "-"), (if .t == "stats" or .t == "hist" then .m // "-" else "-" end),
            (keys_unsorted | join(","))] | join(" ")' | awk '!seen[$0]++'
}

same_bytes()
{
    boot "$work/second.log" && cmp "$work/first.log" "$work/second.log"
}

same_shape()
{
    shape "$work/first.log" >"$work/shape.txt" && diff "$golden" "$work/shape.txt"
}

if [ "${1:-}" = --write ]; then
    boot "$work/shape.log" && shape "$work/shape.log" >"$golden"
    exit
fi
case_first log_boots boot "$work/first.log"
case_run log_repeats_to_the_byte same_bytes
case_run log_has_the_golden_shape same_shape
cases_end
