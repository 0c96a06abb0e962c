#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# How the CPUs wait that take no part in a step: by a deep MWAIT where the command line says so, and work, the end of a wait and the
# watchdog reach them there; in HLT on an emulator else, with the reason. Bochs executes MWAIT.
# LONG: 18 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
few='interval=200us samples=20'

# parked NAME STATUS CPUS WORDS SCRIPT
parked()
{
    expect_status "$2" run/bochs --quiet --cpu sapphire_rapids --smp "$3" ${4:+--append "$4"} --script "$5" --log "$work/$1.log" --timeout 300 &&
        expect_status "$2" "$build/idlelab" check "$work/$1.log"
}

# CPU 0 waits for CPU 1 in step 4; a hang and a fault in between end all work by NMI.
deep()
{
    local log=$work/deep.log step script

    script="wake idle=hlt by=timer,ipi $few; wake idle=hlt cpu=1 by=timer $few; selftest plant=hang; selftest plant=fault"
    parked deep 1 3 park=deep "$script; ipi samples=10; wake idle=hlt cpu=2 by=timer $few" || return 1
    for step in 2 3 4 5 6 7 8 9; do
        expect_text "$log" "\"t\":\"park\",\"step\":$step,\"state\":\"mwait:0x20\",\"cpus\":2" || return 1
    done
    [ "$(grep -c '^ok' "$log")" -eq 7 ] && expect_text "$log" '^not ok 5 selftest_hang' && expect_text "$log" '^not ok 6 selftest_fault'
}

# Only what looks at a package asks for it: not step 3.
in_hlt()
{
    local log=$work/hlt.log

    parked hlt 0 3 '' "wake idle=mwait:0x20 by=timer $few; wake idle=hlt by=timer $few; wake idle=mwait:0x20 by=timer asleep=hlt $few" &&
        expect_text "$log" '"t":"park","step":2,"state":"hlt","cpus":2,"why":"a hypervisor or an emulator decides how it sleeps"' || return 1
    if grep -aE '"t":"park","step":[34]' "$log"; then
        return 1
    fi
}

told()
{
    parked told 0 2 park=hlt "wake idle=mwait:0x20 by=timer $few" &&
        expect_text "$work/told.log" '"t":"park","step":2,"state":"hlt","cpus":1,"why":"park=hlt on the command line"'
}

case_run park_deep deep
case_run park_in_hlt in_hlt
case_run park_told told
cases_end
