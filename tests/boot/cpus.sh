#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# CPUs that are not started are said, and do no harm.
# NEEDS: image host
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

# boots NAME CPUS WORDS
boots()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp "$2" --append "$3" --script 'noise time=10ms' --log "$work/$1.log" --timeout 100 &&
        expect_status 0 "$build/idlelab" check "$work/$1.log"
}

left_are_counted()
{
    boots left 4 cpus=2 && expect_text "$work/left.log" '"k":"cpus_listed","v":4' &&
        expect_text "$work/left.log" '"id":"cpus_left",.*"text":"2 of 4 CPUs are left in the firmware.s hands \(cpus= '
}

none_is_left()
{
    boots all 2 '' || return 1
    if grep -q '"id":"cpus_left"' "$work/all.log"; then
        echo 'CPUs are called left out that run'
        return 1
    fi
}

# With tsc_hz=1M the waits for other CPUs last some microseconds, so CPUs are given up while they come. They stay out: whatever that clock
# does to the step itself, no machine dies. Six tries, because the host decides who is late.
late_cpus_stay_out()
{
    local i status

    for i in 1 2 3 4 5 6; do
        status=0
        run/qemu --quiet --accel tcg --smp 8 --append tsc_hz=1M --script survey --log "$work/late$i.log" --timeout 60 \
            2>"$work/late$i.err" || status=$?
        if [ "$status" -gt 1 ]; then
            cat "$work/late$i.err"
            return 1
        fi
    done
}

# The emulator for many CPUs is one of its own, and whoever lacks it is told what installs it.
emulator_is_named()
{
    expect_status 3 env "BOCHS_ROOT=$work/nothing" QEMU=run/qemu-trixie run/qemu --accel tcg --script noise --log "$work/named.log" \
        >"$work/named.out" 2>&1
    expect_text "$work/named.out" 'QEMU 10 is not in .*: run/setup test installs it'
}

case_run cpus_left_are_counted left_are_counted
case_run cpus_late_stay_out late_cpus_stay_out
case_run cpus_emulator_named emulator_is_named
case_run cpus_none_is_left none_is_left
cases_end
