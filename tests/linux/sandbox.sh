#!/bin/bash
# SPDX-License-Identifier: MIT
# A sandbox that refuses a system call: its method is skipped, by its name. One that all methods need ends the program, and none hangs or
# is taken for a wait. Numbers: arch/x86/entry/syscalls/syscall_64.tbl.
# NEEDS: linux
# LONG: 20
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
lab=$build/idlelab-linux
work=$build/test/linux/sandbox
rm -rf "$work"
mkdir -p "$work"

# refused NAME NUMBER: three methods without that call; the log is $work/NAME.log.
refused()
{
    timeout 60 python3 tests/linux/sandbox.py "$2" "$lab" 'wake idle=yield,sigsuspend by=timer samples=10 budget=2s' \
        'wake idle=timerfd by=deadline samples=10 budget=2s' 'neighbour idle=pause rounds=3' >"$work/$1.log" 2>"$work/$1.err"
}

for call in sched_yield=24:wake_yield_timer rt_sigsuspend=130:wake_sigsuspend_timer timerfd_create=283:wake_timerfd_deadline \
    timerfd_settime=286:wake_timerfd_deadline read=0:wake_timerfd_deadline \
    rt_sigaction=13: rt_sigprocmask=14: futex=202: timer_settime=223: clock_nanosleep=230:; do
    name=${call%%=*}
    number=${call#*=}
    step=${number#*:}
    wanted "refused_$name" || continue
    refused "$name" "${number%:*}"
    status=$?
    if [ "$status" -eq 77 ]; then
        echo "ok $((++result_count)) refused_$name # SKIP no seccomp filter may be set here"
    elif [ -n "$step" ]; then
        [ "$name" != rt_sigsuspend ] || [ "$(nproc)" -lt 2 ] ||
            result refused_rt_sigsuspend_reference "$(grep -q '^ok [0-9]* neighbour_pause # SKIP the kernel refuses' "$work/$name.log" ||
                grep neighbour_pause "$work/$name.log")"
        result "refused_$name" "$(grep -q "^ok [0-9]* $step # SKIP the kernel refuses $name(2)" "$work/$name.log" ||
            { echo "exit code $status"; tail -n 4 "$work/$name.log"; })"
    else
        result "refused_$name" "$({ [ "$status" -eq 2 ] && grep -q "the kernel refuses $name(2)" "$work/$name.err"; } ||
            { echo "exit code $status"; head -n 2 "$work/$name.err"; })"
    fi
done
results_end
