#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The smoke script passes under Bochs 3 as an Intel and as an AMD machine; and the launcher names what goes wrong there and
# goes on, its words being in the ISO image.
# LONG: 21 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

# boots_on_bochs MODEL CPUS
boots_on_bochs()
{
    local log=$work/$1_$2.log cpus

    expect_status 0 run/bochs --quiet --cpu "$1" --smp "$2" --script smoke --log "$log" --timeout 400 || return 1
    expect_status 0 "$build/idlelab" check "$log" || return 1
    cpus=$(json_value "$log" cpu cpu | sort -u | grep -cE '^[0-9]+$')
    if [ "$cpus" -ne "$2" ]; then
        echo "$cpus processors in the log, expected $2"
        return 1
    fi
}

# By the serial line, where a byte takes its 87 us and the FIFO fills.
by_the_serial_line()
{
    local log=$work/serial.log

    expect_status 0 run/bochs --quiet --cpu sapphire_rapids --smp 1 --script 'cost insn=rdtsc n=50' --append console=ttyS0 --log "$log" \
        --timeout 200 && expect_status 0 "$build/idlelab" check "$log" && expect_text "$log" '"k":"console_port","v":1016'
}

# fails_on_bochs PLANT PATTERN WORD [BOOT-WORD...]: by the serial line what was written last must be out before the machine dies.
fails_on_bochs()
{
    local log=$work/$1.log

    expect_status 1 run/bochs --script "survey; selftest plant=$1; cost insn=cpuid n=50; selftest plant=$1; cost insn=rdtsc n=50" \
        --append "${*:4}" --log "$log" --timeout 300 2>"$work/$1.err" && expect_text "$work/$1.err" "^run/bochs: $2" &&
        expect_text "$work/$1.err" "FAIL: 3 ok, 2 not ok, 0 skipped; $3 in step 2 .*; $3 in step 4 " &&
        expect_text "$log" '"k":"cmdline","v":".* resume=5"' && expect_text "$log" '^ok 5 cost_rdtsc' &&
        expect_status 1 "$build/idlelab" check "$log"
}

# A machine that Bochs itself refuses is a panic, not a silence.
panics()
{
    expect_status 3 run/bochs --cpu sapphire_rapids --script smoke --log "$work/panic.log" --timeout 60 -- \
        'romimage: file=/no/such/bios' 2>"$work/panic.err" &&
        expect_text "$work/panic.err" '^run/bochs: emulator panic'
}

case_run bochs_sapphire_rapids_2cpu boots_on_bochs sapphire_rapids 2
case_run bochs_ryzen_2cpu boots_on_bochs ryzen 2
case_run bochs_triple_fault fails_on_bochs triplefault 'triple fault: ' triple_fault console=ttyS0
case_run bochs_silent_reboot fails_on_bochs silent_reboot 'silent reboot: ' silent_reboot
case_run bochs_serial_line by_the_serial_line
case_run bochs_panic panics
cases_end
