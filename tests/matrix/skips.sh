#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# A processor without a wait instruction skips it, with the CPUID bit that it lacks; one that lists it runs it. What a processor lists is
# read out of the log's raw CPUID leaves, not out of the lab's own decision.
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
script='wake idle=mwait:0,mwaitx:0,umwait:c01,tpause:c01 by=timer interval=300us samples=10 warmup=2'

# bit LOG LEAF REGISTER BIT: prints 0 or 1. REGISTER is 0 to 3 for EAX to EDX.
bit()
{
    local hex

    hex=$(sed -nE "s/.*\"leaf\":\"$2\",\"r\":\"([0-9a-f]{32})\".*/\1/p" "$1" | head -n 1)
    [ -n "$hex" ] || hex=00000000000000000000000000000000
    echo $(((16#${hex:$3*8:8} >> $4) & 1))
}

# method LOG WORD LISTED NAME: with the bit the step ran, without it is a SKIP that names the bit.
method()
{
    if [ "$3" = 1 ]; then
        grep -aEq "^(ok|not ok) [0-9]+ wake_$2[a-z0-9_]* # [a-z]" "$1" &&
            ! grep -aEq "^ok [0-9]+ wake_$2[a-z0-9_]* # SKIP needs" "$1"
    else
        grep -aEq "^ok [0-9]+ wake_$2[a-z0-9_]* # SKIP needs CPUID\..*$4" "$1"
    fi || {
        echo "$2: listed $3, but the log says:"
        grep -a "wake_$2" "$1"
        return 1
    }
}

# judge LOG
judge()
{
    local monitor mwaitx waitpkg

    monitor=$(bit "$1" 00000001.0 2 3)
    mwaitx=$(bit "$1" 80000001.0 2 29)
    waitpkg=$(bit "$1" 00000007.0 2 5)
    echo "listed: MONITOR $monitor, MWAITX $mwaitx, WAITPKG $waitpkg"
    grep -aq '^IDLELAB-END' "$1" && method "$1" mwait_0x0 "$monitor" 'ECX\[3\] monitor' &&
        method "$1" mwaitx_0x0 "$mwaitx" 'ECX\[29\] mwaitx' &&
        method "$1" umwait_c01 "$waitpkg" 'ECX\[5\] waitpkg' &&
        method "$1" tpause_c01 "$waitpkg" 'ECX\[5\] waitpkg'
}

on_qemu()
{
    run/qemu --quiet --accel tcg --cpu "$1" --smp 1 --script "$script" --log "$work/$1.log" --timeout 120
    judge "$work/$1.log"
}

on_bochs()
{
    run/bochs --quiet --cpu "$1" --smp 1 --script "$script" --log "$work/$1.log" --timeout 120
    judge "$work/$1.log"
}

case_run skips_qemu_qemu64 on_qemu qemu64
case_run skips_qemu_skylake_client on_qemu Skylake-Client
case_run skips_qemu_epyc on_qemu EPYC
case_run skips_bochs_haswell on_bochs corei7_haswell_4770
case_run skips_bochs_ryzen on_bochs ryzen
case_run skips_bochs_arrow_lake on_bochs arrow_lake
cases_end
