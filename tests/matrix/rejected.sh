#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The `rej` of a step's end record is what its rows say was not kept, whichever experiment it is; the host tool shows it.
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

# An event after 1 us comes before the CPU can wait, and with two CPUs something else ends MWAIT in Bochs: each step has rejects;
# haltpoll's may have none where its way to HLT takes less than 1 us.
script='wake idle=hlt interval=1us samples=20 warmup=7; haltpoll test=curve shortest=1us longest=100us samples=8 points=12'
script+='; cstate interval=1us samples=10 by=timer; breakeven states=hlt+mwait:0 interval=log:1us..20us points=2 budget=1s'

# Steps whose end record says another number than their rows, and one that has no rejects to tell.
wrong_counts()
{
    sed -nE 's/^# IL [0-9a-f]+ (.*) \*[0-9a-f]{8}\r?$/\1/p' "$1" | sort -u | awk '
        function number(name,    at) {
            at = index($0, "\"" name "\":")
            return at ? substr($0, at + length(name) + 3) + 0 : 0
        }
        /"t":"exp".*"end":/ { said[number("step")] = number("rej") }
        /"t":"stats"/ && !/"row":"intercept"/ && match($0, /"rej":[[{]?[^]},]*(,[^]}]*[]}])?/) {
            parts = substr($0, RSTART + 6, RLENGTH - 6)
            if (parts !~ /^[[{]/) sub(/,.*/, "", parts)
            gsub(/"[a-z_]+":|[][{}]/, "", parts)
            count = split(parts, part, ",")
            for (i = 1; i <= count; i++) sum[number("step")] += part[i]
        }
        END {
            for (step = 2; step <= 5; step++)
                if ((!said[step] && step != 3) || said[step] != sum[step] + 0)
                    print "step " step ": rej is " said[step] ", its rows say " sum[step]
        }'
}

counted()
{
    local wrong rejected

    expect_status 0 run/bochs --quiet --cpu sapphire_rapids --smp 2 --script "$script" --log "$work/log" --timeout 200 || return 1
    wrong=$(wrong_counts "$work/log")
    [ -z "$wrong" ] || { echo "$wrong"; return 1; }
    "$build/idlelab" show "$work/log" >"$work/shown" || return 1
    rejected=$(sed -nE 's/.*"step":4,"end":.*"rej":([0-9]+),.*/\1/p' "$work/log" | head -n 1)
    expect_text "$work/shown" "^cstate_timer[a-z0-9_]* +[0-9]+ +$rejected +(pass|doubtful)"
}

case_run rejected_counted counted
cases_end
