#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# How a machine comes up, phase by phase: a record each, the phase's number on I/O port 80h, and a machine that hangs in one has said which.
# NEEDS: image host
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
phases='cpuid firmware features apic mtrr clocks tsc timer list cpus sync deadline watchdog up'

# Port 80h shows 1 to 15 in order; the records begin with 2, for number 1 comes before the console.
all_phases()
{
    local log=$work/all.log

    expect_status 0 run/qemu --quiet --accel tcg --smp 2 --script noise --log "$log" --timeout 60 -- \
        -chardev "file,id=post,path=$work/post" -device isa-debugcon,iobase=0x80,chardev=post &&
        diff <(seq 15) <(od -An -v -tu1 -w1 "$work/post" | tr -d ' ') &&
        diff <(tr ' ' '\n' <<<"$phases") <(tr -d '\r' <"$log" | sed -n 's/^# IL .*"t":"boot".*"phase":"\([a-z]*\)".*/\1/p' | awk '!seen[$0]++')
}

# hangs PHASE: launcher and host tool name it.
hangs()
{
    local log=$work/$1.log

    expect_status 3 run/qemu --quiet --accel tcg --smp 2 --script noise --append "plant=boot_hang:$1" --log "$log" --timeout 5 \
        2>"$work/$1.err" && expect_text "$work/$1.err" "while the machine was brought up, in phase $1; serial log" &&
        expect_status 3 "$build/idlelab" check "$log" >"$work/$1.check" 2>&1 &&
        expect_text "$work/$1.check" "no IDLELAB-END: .*while the machine was brought up, in phase $1\$"
}

# The DMAR's wish is recorded. QEMU's TCG has no x2APIC, so it decides nothing here (tests/unit/test_acpi.c has the decision).
dmar()
{
    local log=$work/dmar.log

    printf '\x26\x03\0\0\0\0\0\0\0\0\0\0' >"$work/dmar"
    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script survey --log "$log" --timeout 60 -- \
        -acpitable "sig=DMAR,data=$work/dmar" && expect_text "$log" '"k":"dmar_flags","v":3' &&
        expect_text "$log" '"k":"apic_found","v":"xapic"'
}

case_run bringup_all_phases all_phases
case_run bringup_hangs_early hangs cpuid
case_run bringup_hangs_in_the_middle hangs tsc
case_run bringup_hangs_late hangs watchdog
case_run bringup_dmar dmar
cases_end
