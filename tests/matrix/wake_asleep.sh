#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# asleep=: how the CPUs that take no part sleep. Each method lets the measured wake through, is left at the end of its step and does
# what it says: Bochs gives a CPU that waits a turn of 16 ticks, and one that polls a turn of two or three, so that time passes in
# smaller steps beside polling CPUs.
# LONG: 14 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
# shellcheck source=tests/matrix/wake_log.sh
. "$(dirname "$0")/wake_log.sh"
turn=16
two_turns=$((2 * turn))
offset=8
few='interval=20us samples=20 warmup=2 raw=yes'

# CPU 0 waits, CPU 1 stores, CPU 2 sleeps; the last step is one with the CPUs parked, as they must be again.
beside_store()
{
    local log=$work/store.log

    on_bochs 0 store sapphire_rapids 3 "wake idle=mwait:0 by=store asleep=tpause:c02,hlt $few; wake idle=mwait:0 by=store $few" &&
        accounted "$log" 2 && expect_wakes "$log" '_store_' 20 flag "-$offset" "$two_turns" "$two_turns" &&
        expect_ok "$log" wake_mwait_0x0_store_tpause_c02_20us p99 &&
        expect_ok "$log" wake_mwait_0x0_store_hlt_20us p99 && expect_ok "$log" wake_mwait_0x0_store_20us p99
}

beside_timer()
{
    local log=$work/timer.log

    on_bochs 0 timer sapphire_rapids 3 "wake idle=hlt by=timer asleep=mwait:0x20,umwait:c01 $few" &&
        accounted "$log" 2 && expect_wakes "$log" '_timer_' 20 interrupt 0 "$two_turns" "$turn" &&
        expect_ok "$log" wake_hlt_timer_mwait_0x20_20us p99 && expect_ok "$log" wake_hlt_timer_umwait_c01_20us p99
}

# latest LOG STEP: the longest wake latency in ticks.
latest()
{
    awk -v step="$2" '$1 == step && $2 == "kept" && $5 + 0 > most { most = $5 + 0 } END { print most + 0 }' "$1.rows"
}

# That the others do as told: beside two CPUs that spin a wake is seen at once, beside two that wait within a turn.
told_apart()
{
    local log=$work/apart.log method latest

    on_bochs 0 apart sapphire_rapids 3 \
        "wake idle=hlt by=timer asleep=spin,pause,hlt,tpause:c01 interval=uniform:20us..40us samples=60 warmup=2 raw=yes" &&
        accounted "$log" 2 || return 1
    for method in spin pause; do
        latest=$(latest "$log" "wake_hlt_timer_${method}_uniform_20us_40us")
        if [ "$latest" -eq 0 ] || [ "$latest" -gt $((turn / 2)) ]; then
            echo "$method: $latest ticks late"
            return 1
        fi
    done
    for method in hlt tpause_c01; do
        latest=$(latest "$log" "wake_hlt_timer_${method}_uniform_20us_40us")
        if [ "$latest" -lt $((turn - 4)) ]; then
            echo "$method: at most $latest ticks late"
            return 1
        fi
    done
}

# CPU 1 waits, another one wakes it, and CPU 0 sleeps in HLT until both are done.
beside_another_cpu()
{
    local log=$work/tcg.log

    on_tcg 0 tcg 4 "wake idle=hlt by=ipi cpu=1 asleep=pause,hlt interval=1ms samples=20 warmup=2 raw=yes" && accounted "$log" 2 &&
        expect_ok "$log" wake_hlt_ipi_pause_1ms p99 && expect_ok "$log" wake_hlt_ipi_hlt_1ms p99
}

# What the processor lacks is a skip for the CPUs beside the measured one too.
lacks_bit()
{
    on_tcg 0 lacks 3 "wake idle=hlt asleep=tpause:c01 interval=1ms samples=20; wake idle=hlt interval=1ms samples=20" &&
        expect_skip "$work/lacks.log" wake_hlt_tpause_c01_1ms 'needs CPUID\.07H:ECX\[5\] waitpkg' &&
        expect_ok "$work/lacks.log" wake_hlt_1ms p99
}

# refused NAME PLACE REASON STATEMENT
refused()
{
    local log=$work/$1.log

    expect_status 2 run/qemu --accel tcg --smp 1 --script "$4" --log "$log" --timeout 60 2>"$work/$1.err" &&
        expect_text "$work/$1.err" "^run/qemu: bad script: script:$2: found '.*$3" || return 1
    if grep -qaE '"t":"exp"|^ok ' "$log"; then
        echo 'a step ran all the same'
        return 1
    fi
}

case_run wake_asleep_store beside_store
case_run wake_asleep_timer beside_timer
case_run wake_asleep_told_apart told_apart
case_run wake_asleep_another_cpu beside_another_cpu
case_run wake_asleep_lacks_bit lacks_bit
case_run wake_asleep_refused_argument refused argument 1:22 "tpause', expected tpause:c01.c02" 'wake idle=hlt asleep=tpause'
case_run wake_asleep_refused_awake refused awake 1:1 'asleep= needs others=asleep' 'wake idle=hlt asleep=hlt others=awake'
case_run wake_asleep_refused_self refused self 1:1 'a CPU that sleeps cannot send its own wake' 'wake idle=hlt by=ipi from=self'
cases_end
