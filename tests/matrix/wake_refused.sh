#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# A cross of method, wake source and interrupts that makes no sense is refused when the script is read, with its place and a reason, and
# nothing is measured.
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

# refused NAME PLACE REASON SCRIPT
refused()
{
    local log=$work/$1.log

    expect_status 2 run/qemu --accel tcg --smp 1 --script "$4" --log "$log" --timeout 60 2>"$work/$1.err" &&
        expect_text "$work/$1.err" "^run/qemu: bad script: script:$2: found '.*$3" || return 1
    if [ -e "$log" ]; then
        echo 'a machine was started all the same'
        return 1
    fi
}

# crosses NAME REASON STATEMENT...: all in one script, each refused at the column where it begins.
crosses()
{
    local name=$1 reason=$2 script='' places=() statement line column

    shift 2
    for statement in "$@"; do
        places+=("$((${#script} + 1))")
        script+="$statement; "
    done
    refused "$name" "1:1" "$reason" "$script" || return 1
    for column in "${places[@]}"; do
        line="script:1:$column: found '.*$reason"
        grep -qE "$line" "$work/$name.err" || {
            echo "no refusal at column $column:"
            cat "$work/$name.err"
            return 1
        }
    done
}

case_run refused_no_end crosses no_end 'this wake source cannot end this method' \
    'wake idle=tpause:c01 by=store' 'wake idle=hlt by=store' 'wake idle=spin by=deadline' 'wake idle=mwait by=deadline' \
    'wake idle=hlt by=deadline' 'wake idle=mwait_nomonitor by=store'
case_run refused_no_end_masked crosses no_end_masked 'cannot end this method with interrupts masked' \
    'wake idle=spin irq=masked' 'wake idle=pause irq=masked by=ipi' 'wake idle=tpause:c02 irq=masked by=store' \
    'wake idle=ioport:0x80 irq=masked by=store' 'wake idle=spin irq=masked by=none'
case_run refused_masked crosses masked 'cannot wait with interrupts masked' 'wake idle=hlt irq=masked' \
    'wake idle=mwait_nomonitor irq=masked'
case_run refused_not_masked crosses not_masked 'waits with interrupts masked only' 'wake idle=ioport:0x80'
case_run refused_no_argument refused no_argument 1:11 "umwait', expected umwait:c01.c02" 'wake idle=umwait'
case_run refused_argument refused argument 1:30 "0x10000', expected 1 to 65535" 'wake idle=ioport:0x80,ioport:0x10000 irq=masked'
case_run refused_from crosses from "another CPU's" 'wake idle=hlt from=1' 'wake idle=umwait:c01 by=deadline from=any'
case_run refused_delay crosses delay 'delay= needs by=timer' 'wake idle=hlt by=ipi delay=1us' 'wake idle=tpause:c01 by=deadline delay=1us'
case_run refused_lose crosses lose 'lose= needs a wake that is sent' 'wake idle=tpause:c01 by=deadline lose=3'
case_run refused_cap crosses cap 'cap= needs a method that has a limit' 'wake idle=hlt cap=100us' 'wake idle=mwaitx by=deadline cap=100us'
case_run refused_state refused state '1:18' 'c03.*c01\|c02' 'wake idle=umwait:c03'
case_run refused_one_of_a_list refused list '1:1' 'wake_hlt_store.*cannot end' 'wake idle=mwait,hlt by=store'
# Of crossed lists it is a step that is skipped with the same reason.
crossed()
{
    local log=$work/crossed.log

    expect_status 0 run/qemu --quiet --accel tcg --smp 2 --log "$log" \
        --script 'wake idle=hlt,spin by=timer,store interval=300us samples=20 warmup=4' &&
        expect_text "$log" '^ok 3 wake_hlt_store_300us # SKIP this wake source cannot end this method' &&
        expect_text "$log" '^ok 5 wake_spin_store_300us # p99'
}
case_run refused_but_crossed_is_skipped crossed
cases_end
