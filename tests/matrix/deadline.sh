#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317,SC2016 # cases are called by name; awk expands its own fields
# `deadline` against emulators whose clocks are known: Bochs moves its virtual time in steps of 10 ticks while its only CPU sleeps, and
# of 16 when two take turns; it obeys the cap and leaves CF clear. QEMU's TCG takes TPAUSE for a fence.
# LONG: 20 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

# bochs_log NAME MODEL CPUS SCRIPT: runs it to PASS, whole log at $log.
bochs_log()
{
    log=$work/$1.log
    expect_status 0 run/bochs --quiet --cpu "$2" --smp "$3" --script "$4" --log "$log" --timeout 300 &&
        expect_status 0 "$build/idlelab" check "$log"
}

# rows LOG STEP: asked n min p50 max cf early, one line a row.
rows()
{
    sed -nE "s/.*\"step\":$2,\"row\":\"deadline\",\"asked\":([0-9]+),\"n\":([0-9]+),\"min\":(-?[0-9]+),\"p50\":(-?[0-9]+),\"max\":(-?[0-9]+),\"cf\":([0-9]+),\"early\":([0-9]+)\}.*/\1 \2 \3 \4 \5 \6 \7/p" "$1" |
        awk '!seen[$1]++'
}

# expect_scalar LOG STEP KEY VALUE
expect_scalar()
{
    expect_text "$1" "\"step\":$2,\"k\":\"$3\",\"v\":$4,"
}

# expect_rows LOG STEP COUNT N AWK-CONDITION: so many rows of so many waits, the condition true for each (fields as rows prints them).
expect_rows()
{
    rows "$1" "$2" >"$1.$2.rows"
    awk -v rows="$3" -v n="$4" "
        \$2 != n || !($5) { print \"row: \" \$0; bad = 1 }
        END { if (NR != rows) { print NR \" rows, expected \" rows; bad = 1 } exit bad }" "$1.$2.rows"
}

# expect_overshoot LOG STEP CLOCK PATH: all 130 waits end within one step of the clock at or after their limit, and the instructions from
# there to the stamp, at most PATH, are the same for all. How many they are, and where turns begin, moves with the image's layout.
expect_overshoot()
{
    local extremes

    extremes=$(sed -nE "s/.*\"step\":$2,\"m\":\"overshoot\",\"u\":\"tsc\",\"n\":130,\"min\":(-?[0-9]+),\"max\":(-?[0-9]+),.*/\1 \2/p" "$1" |
        head -n 1)
    if ! echo "$extremes" | awk -v clock="$3" -v path="$4" 'NF != 2 || $1 < 0 || $2 >= clock + path || $2 - $1 > clock { exit 1 }'; then
        echo "step $2: the overshoot runs from ${extremes:-nothing}, expected at most a step of $3 and $4 instructions"
        return 1
    fi
}

# One CPU: every wait ends on the first step of 10 ticks at or after its limit, the same each time.
exact_alone()
{
    bochs_log alone sapphire_rapids 1 'deadline idle=tpause:c01,tpause:c02,umwait:c01,umwait:c02 range=log:100tsc..100000tsc points=13 samples=10' ||
        return 1
    local step

    for step in 2 3 4 5; do
        expect_rows "$log" "$step" 13 10 '$3 == $5 && $3 >= $1 && $3 < $1 + 14 && $6 == 0 && $7 == 0' &&
            expect_overshoot "$log" "$step" 10 4 &&
            expect_scalar "$log" "$step" quantum 10000 &&
            expect_scalar "$log" "$step" effective_cap 0 &&
            expect_scalar "$log" "$step" probe_waits 1024 || return 1
    done
}

# Two CPUs: steps of 16 ticks, on either CPU. Here a limit may be a tick short of what was asked for.
exact_in_turns()
{
    bochs_log turns sapphire_rapids 2 'deadline idle=tpause:c01,umwait:c02 cpu=0,1 range=log:10tsc..100000tsc points=13 samples=10' ||
        return 1
    local step

    for step in 2 3 4 5; do
        expect_rows "$log" "$step" 13 10 '$3 >= $1 - 1 && $5 < $1 + 21 && $7 == 0' &&
            expect_scalar "$log" "$step" quantum 16000 &&
            expect_overshoot "$log" "$step" 16 4 ||
            return 1
    done
}

# Limits above the cap end at it, to the clock's step; those below are whole.
caps()
{
    bochs_log caps sapphire_rapids 1 'deadline idle=tpause:c01,umwait:c02 cap=20000tsc range=log:1000tsc..400000tsc points=9 samples=5' ||
        return 1
    local step

    for step in 2 3; do
        expect_rows "$log" "$step" 9 5 '$1 <= 20000 ? $3 >= $1 && $5 < $1 + 14 && $7 == 0 : $3 == $5 && $3 >= 20000 && $3 < 20030 && $7 == 5' &&
            expect_scalar "$log" "$step" requested_cap 20000 &&
            expect_scalar "$log" "$step" effective_cap '200[0-2][0-9]' &&
            expect_text "$log" "\"step\":$step,\"id\":\"cap\".*it is that cap; CF in 0 of 20\"" &&
            expect_text "$log" "\"step\":$step,\"id\":\"cap_without_cf\"" || return 1
    done
}

# The timer of MWAITX starts at the instruction, which comes after the stamp.
mwaitx_timer()
{
    bochs_log mwaitx ryzen 1 'deadline idle=mwaitx,mwaitx:0xf0 range=log:100tsc..100000tsc points=13 samples=10; deadline idle=tpause:c01' &&
        expect_rows "$log" 2 13 10 '$3 == $5 && $3 >= $1 && $3 < $1 + 26' &&
        expect_overshoot "$log" 2 10 16 &&
        expect_scalar "$log" 2 quantum 10000 &&
        expect_scalar "$log" 3 quantum 10000 &&
        expect_text "$log" '^ok 4 .*# SKIP needs CPUID.07H:ECX\[5\] waitpkg'
}

# An opcode that is taken for a fence is not believed, and the log says so.
fence_is_no_wait()
{
    log=$work/fence.log
    expect_status 1 run/qemu --accel tcg --quiet --smp 1 --script 'deadline idle=tpause:c01; deadline idle=tpause:c01 force=yes seed=2' \
        --log "$log" --timeout 120 &&
        expect_text "$log" '^ok 2 .*# SKIP needs CPUID.07H:ECX\[5\] waitpkg' &&
        expect_text "$log" '^not ok 3 .*# not_real 1 count'
}

# refused STATEMENT TEXT: a script error before anything is measured.
refused()
{
    expect_status 2 run/qemu --accel tcg --quiet --smp 1 --script "$1" --log "$work/refused.log" --timeout 120 2>"$work/refused.err" &&
        expect_text "$work/refused.err" "$2"
}

nonsense()
{
    refused 'deadline idle=hlt' 'no time limit of its own' &&
        refused 'deadline idle=mwaitx cap=1us' 'cap= is for umwait and tpause' &&
        refused 'deadline idle=tpause' 'tpause., expected tpause:c01.c02'
}

case_run deadline_exact_alone exact_alone
case_run deadline_exact_in_turns exact_in_turns
case_run deadline_caps caps
case_run deadline_mwaitx mwaitx_timer
case_run deadline_fence_is_no_wait fence_is_no_wait
case_run deadline_nonsense nonsense
cases_end
