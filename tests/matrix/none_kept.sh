#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# A step without one kept sample is no plain pass, whichever experiment it is: its metric is `no_samples`, or it fails, and the host tool calls
# it doubtful. Each step has a budget of a millisecond on a machine that runs a thousand instructions in it.
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

script='breakeven budget=1ms; cost insn=pause,rdtsc,cpuid,hlt,arm,eoi budget=1ms; haltpoll test=curve,ladder,pending budget=1ms'
script+='; ipi budget=1ms; monitor test=line,neighbour,interrupt,cpuid budget=1ms force=yes; neighbour budget=1ms'
script+='; ple test=gap,window,pause,overcommit budget=1ms; wake idle=hlt budget=1ms; wake idle=hlt by=none budget=1ms; after idle=hlt budget=1ms'

# Steps that pass and kept nothing: those whose rows and distributions, if they have any, all say n 0, and those that say so themselves.
kept_nothing()
{
    "$build/idlelab" export --jsonl "$1" | jq -rs '
        group_by(.step)[] | select(.[0].step != null) | . as $records
        | [$records[] | select(.t == "stats" or .t == "hist") | select((.n // null | type) == "number") | .n] as $counts
        | select(($counts | length) > 0 and ($counts | add) == 0) | .[0].step'
}

# The word of a step of that name.
word_of()
{
    sed -nE "s/^(not )?ok [0-9]+ $1 # ([a-z0-9_]+) .*/\2/p" "$work/log" | sort -u
}

no_plain_pass()
{
    local name step

    expect_status 1 run/qemu --quiet --accel tcg --smp 2 --script "$script" --log "$work/log" --timeout 120 -- -icount shift=10,sleep=off || return 1
    for name in breakeven cost_cpuid haltpoll_curve haltpoll_ladder monitor_line monitor_neighbour monitor_interrupt monitor_cpuid ple_overcommit \
        wake_hlt_none; do
        [ "$(word_of "$name")" = no_samples ] || { echo "$name kept nothing, and says: $(word_of "$name")"; return 1; }
    done
    expect_text "$work/log" '"id":"line",.*the time was over before each place was tried' || return 1
    for step in $(kept_nothing "$work/log"); do
        grep -aqE "^(not ok $step |ok $step [a-z0-9_]+ # (no_samples 0|SKIP) )" "$work/log" || { grep -a "^ok $step " "$work/log"; return 1; }
    done
    [ -n "$(kept_nothing "$work/log")" ] && "$build/idlelab" show "$work/log" >"$work/shown"
    expect_text "$work/shown" '^haltpoll_curve .* doubtful' && expect_text "$work/shown" '^monitor_neighbour .* doubtful: not one sample was kept'
}

case_run none_kept no_plain_pass
cases_end
