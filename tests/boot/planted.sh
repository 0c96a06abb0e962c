#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# Failures that are planted in a step: the step ends with a record that names it, the next one runs, and the run reaches its end. What
# the lab cannot survive, the launcher names, and a fresh machine goes on.
# NEEDS: image host
# WAITS: for guests that hang to be found, 12 s of a processor in 79
# LONG: 77 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
after='wake idle=hlt by=timer interval=1ms samples=20'

# survived PLANT END CPUS: END is the pattern of the step's end.
survived()
{
    local log=$work/$1.log

    expect_status 1 run/qemu --quiet --accel tcg --smp "$3" --script "survey; selftest plant=$1; $after" --log "$log" \
        --timeout 300 2>"$work/$1.err" &&
        expect_text "$log" '^ok [0-9]+ survey' &&
        expect_text "$log" '^not ok [0-9]+ selftest' &&
        expect_text "$log" "\"t\":\"exp\".*\"end\":\"($2)\"" &&
        expect_text "$log" '^ok [0-9]+ wake_hlt' &&
        expect_text "$log" '^IDLELAB-END run=[0-9a-f]{16} result=FAIL' &&
        expect_status 1 "$build/idlelab" check "$log"
}

fault_has_registers()
{
    survived fault fault 1 && expect_text "$work/fault.log" '"t":"fault".*"vec":6' &&
        expect_text "$work/fault.log" '"t":"fault".*"rip"'
}

# forbidden PLANT VECTOR: the page tables stop it, and the vector says how.
forbidden()
{
    survived "$1" fault 1 && expect_text "$work/$1.log" "\"t\":\"fault\".*\"vec\":$2,"
}

# A CPU that a step leaves running is found, named and parked: the next step can have it.
left_running()
{
    survived left hang 2 && expect_text "$work/left.log" '"id":"not_parked","text":"CPU 1 still ran'
}

# broken PLANT PATTERN WORD: WORD is the step's result.
broken()
{
    local name=$1 pattern=$2 word=$3 log=$work/$1.log

    expect_status 1 run/qemu --accel tcg --smp 1 --script "survey; selftest plant=$name; $after" --log "$log" \
        --timeout 300 2>"$work/$name.err" && expect_text "$work/$name.err" "^run/qemu: $pattern" &&
        expect_text "$work/$name.err" "$word in step 2 selftest.*serial log: $log" &&
        expect_text "$log" '^ok 1 survey' && expect_text "$log" "^not ok 2 selftest[a-z_]* # $word 1 count" &&
        expect_text "$log" '^ok 3 wake_hlt' && expect_status 1 "$build/idlelab" check "$log"
}

case_run planted_mute broken mute 'hang: ' hang
case_run planted_fault fault_has_registers
case_run planted_null_pointer forbidden null 14
case_run planted_write_to_code forbidden write_text 14
case_run planted_run_of_data forbidden run_data 14
case_run planted_stack_overflow forbidden overflow 8
case_run planted_hang survived hang hang 1
case_run planted_hang_irqoff survived hang_irqoff hang 1
case_run planted_lostwake survived lostwake lost_wake 1
case_run planted_hang_other survived hang_other 'hang|lost_wake' 2
case_run planted_left left_running
case_run planted_triple_fault broken triplefault 'triple fault: ' triple_fault
case_run planted_silent_reboot broken silent_reboot 'silent reboot: ' silent_reboot
cases_end
