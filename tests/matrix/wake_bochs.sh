#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The matrix on Bochs 3, whose virtual time is exact and which runs MWAIT, MWAITX, UMWAIT and TPAUSE as the manuals say: what ends each
# method, how long after the event it runs again, and that no sample is lost.
#
# What is known of Bochs' time from outside (its sources: bochs/main.cc, cpu/event.cc handleWaitForEvent(), cpu/mwait.cc): several CPUs
# take turns, a turn is one trace of instructions, one tick each, or 16 ticks of a CPU that waits, so that what another CPU or a timer does
# is seen within two or three turns; a CPU that is alone waits in steps of 10 ticks. C-state hints carry no latency. Stamps of two CPUs are
# brought together by their TSC offset, known to 8 ticks.
# LONG: 33 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
# shellcheck source=tests/matrix/wake_log.sh
. "$(dirname "$0")/wake_log.sh"
turn=16
two_turns=$((2 * turn))
three_turns=$((3 * turn))
alone=10
offset=8
few='interval=20us samples=20 warmup=2 raw=yes'

# Every method by every source that can end it, interrupts on and masked. An NMI handler runs with interrupts masked too: its stub's stamp
# must be the wake then, not the return.
every_cross_sapphire_rapids()
{
    local log=$work/sapphire.log

    on_bochs 0 sapphire sapphire_rapids 2 "wake idle=mwait,umwait:c01,tpause:c02 by=timer,ipi,nmi irq=on,masked $few; \
wake idle=mwait,umwait:c02 by=store irq=on,masked $few; \
wake idle=hlt by=timer,ipi,nmi $few; wake idle=spin,pause by=timer,ipi,nmi,store $few" && accounted "$log" 2 &&
        expect_wakes "$log" '_timer_' 20 interrupt 0 "$two_turns" "$turn" &&
        expect_wakes "$log" '_(ipi|nmi)_' 20 interrupt "-$offset" "$two_turns" "$turn" &&
        expect_wakes "$log" '_store_' 20 flag "-$offset" "$two_turns" "$turn"
}

# The model has no TSC-deadline timer: what the one-shot's arming takes is in its figure, and the xAPIC's ICR is written in two halves.
every_cross_ryzen()
{
    local log=$work/ryzen.log

    on_bochs 0 ryzen ryzen 3 "wake idle=mwait,mwaitx by=timer,ipi,nmi irq=on,masked $few; \
wake idle=mwait,mwaitx by=store irq=on,masked $few; wake idle=mwaitx by=deadline irq=on,masked $few; \
wake idle=umwait:c01,tpause:c01,mwait_nomonitor $few" && accounted "$log" 2 &&
        expect_wakes "$log" '_timer_' 20 interrupt 0 "$three_turns" "$turn" &&
        expect_wakes "$log" '_(ipi|nmi)_' 20 interrupt "-$offset" "$three_turns" "$turn" &&
        expect_wakes "$log" '_store_' 20 flag "-$offset" "$two_turns" "$turn" &&
        expect_wakes "$log" '_deadline_' 20 deadline 0 "$two_turns" "$turn" &&
        expect_skip "$log" wake_umwait_c01_20us 'needs CPUID\.07H:ECX\[5\] waitpkg' &&
        expect_skip "$log" wake_tpause_c01_20us 'needs CPUID\.07H:ECX\[5\] waitpkg' &&
        expect_skip "$log" wake_mwait_nomonitor_20us 'needs CPUID\.05H:ECX\[3\]'
}

# Two cores of two threads: the waker by its place and by its number, the others asleep and awake. A CPU that waits beside spinning ones
# sees the store sooner, because their turns bring time forward.
placements()
{
    local log=$work/places.log

    on_bochs 0 places sapphire_rapids 4 "wake idle=mwait by=store from=sibling,package,3 others=asleep,awake $few; \
wake idle=hlt by=ipi from=sibling,package $few; wake idle=mwait by=store from=remote,0,7 $few; \
wake idle=mwait by=store cpu=2 from=3 $few" \
        -- 'cpu: count=1:2:2' && accounted "$log" 2 &&
        expect_wakes "$log" '_store_' 20 flag "-$offset" "$two_turns" "$turn" &&
        expect_wakes "$log" '_ipi_' 20 interrupt "-$offset" "$two_turns" "$turn" &&
        expect_text "$log" '"cpu":1,"apic":1,"pkg":0,"core":0,"smt":1' &&
        expect_skip "$log" wake_mwait_store_from_remote_20us 'no CPU stands in that relation' &&
        expect_skip "$log" wake_mwait_store_from_7_20us 'no CPU stands in that relation' &&
        expect_skip "$log" wake_mwait_store_from_0_20us 'no CPU stands in that relation' &&
        expect_ok "$log" wake_mwait_store_from_3_20us p99
}

# on_grid LOG STEPS LEAST MOST: the step of interval N ticks ended LATE ticks behind the deadline, LEAST to MOST. Time passes in steps of
# 10 ticks: N + LATE is the same number modulo 10 for all N, LATE takes ten different values, and all samples of a step agree.
on_grid()
{
    awk -v steps="$2" -v least="$3" -v most="$4" -v grid="$alone" '
        $1 !~ steps || $2 == "warmup" { next }
        {
            asked = $1
            sub(/tsc$/, "", asked)
            sub(/.*_/, "", asked)
            if (asked in late && late[asked] != $6) { print "not always the same: " $0; bad = 1 }
            late[asked] = $6
            phase[(asked + $6) % grid] = 1
            seen[$6] = 1
            if ($2 != "kept" || $3 != "deadline" || $6 < least || $6 > most) { print "not at its deadline: " $0; bad = 1 }
        }
        END {
            for (p in phase) phases++
            for (s in seen) values++
            if (phases != 1 || values != grid) {
                print steps ": " phases + 0 " phases, expected 1; " values + 0 " different delays, expected " grid
                bad = 1
            }
            exit bad
        }' "$1.rows"
}

# TPAUSE and UMWAIT end on the first of Bochs' steps at or behind their deadline: 0 to 9 ticks late, never early. A deadline that
# is reported one tick off breaks it.
deadlines_waitpkg()
{
    local log=$work/waitpkg.log sweep='by=deadline interval=1000tsc..1009tsc/lin10 samples=10 warmup=1 raw=yes' method irq

    on_bochs 0 waitpkg sapphire_rapids 1 "wake idle=tpause:c01,tpause:c02,umwait:c01,umwait:c02 irq=on,masked $sweep" &&
        accounted "$log" 1 || return 1
    for method in tpause_c01 tpause_c02 umwait_c01 umwait_c02; do
        for irq in on masked; do
            on_grid "$log" "^wake_${method}_deadline_${irq}_" 0 $((alone - 1)) || return 1
        done
    done
}

# MWAITX counts from where it begins, three or four instructions behind the stamp. Bochs starts that timer where it last brought its time up
# to date, so that the steps of 10 ticks lie elsewhere in each build; that there are ten of them, one for each interval, is exact.
deadlines_mwaitx()
{
    local log=$work/mwaitx.log sweep='by=deadline samples=10 warmup=1 raw=yes'

    on_bochs 0 mwaitx ryzen 1 "wake idle=mwaitx irq=on,masked $sweep interval=1000tsc..1009tsc/lin10; wake idle=mwaitx:0xf0 $sweep interval=100000tsc" && accounted "$log" 1 &&
        on_grid "$log" '^wake_mwaitx_deadline_on_' 4 "$two_turns" &&
        on_grid "$log" '^wake_mwaitx_deadline_masked_' 3 "$two_turns" &&
        expect_wakes "$log" '_0xf0_' 10 deadline 0 "$two_turns" 0 &&
        awk '$4 != "-" { n = $1; sub(/tsc$/, "", n); sub(/.*_/, "", n); if ($4 != n) { print "not that long: " $0; exit 1 } }' "$log.rows"
}

# The limit of IA32_UMWAIT_CONTROL ends the wait before its deadline: CF on a processor, nothing in Bochs 3, so that the lab can only say
# that something did. The register is put back: without cap= the same step reaches its deadline.
capped()
{
    local log=$work/capped.log step='interval=50us samples=10 warmup=1 raw=yes by=deadline'

    on_bochs 1 capped sapphire_rapids 1 "wake idle=tpause:c01,umwait:c02 cap=1000tsc $step; wake idle=tpause:c01,umwait:c02 $step" &&
        accounted "$log" 1 &&
        expect_not_ok "$log" wake_tpause_c01_deadline_50us 'spurious 10 count' &&
        expect_not_ok "$log" wake_umwait_c02_deadline_50us 'spurious 10 count' &&
        expect_text "$log" '"t":"finding".*"returns_early"' &&
        awk -v high=$((1000 + 2 * turn + 2 * alone)) '$1 ~ /50us$/ && ($4 + $6 < 1000 || $4 + $6 > high) { print; exit 1 }' "$log.rows" &&
        expect_wakes "$log" '_50us_2$' 10 deadline 0 $((2 * alone)) 0
}

# hints NAME MODEL HINTS NOT-LISTED: each hint of a C-state that CPUID leaf 5 lists ends by the timer, also one sub-state too many;
# those of other C-states are skipped.
hints()
{
    local log=$work/$1.log hint

    on_bochs 0 "$1" "$2" 1 "wake idle=mwait:${3// /,mwait:},mwait:${4// /,mwait:} $few; wake idle=mwaitx,mwait_nomonitor" &&
        accounted "$log" 2 || return 1
    for hint in $3; do
        expect_wakes "$log" "^wake_mwait_${hint}_20us" 20 interrupt 0 $((2 * alone)) 1 || return 1
    done
    for hint in $4; do
        expect_skip "$log" "wake_mwait_${hint}_20us" 'CPUID\.05H:EDX does not list that C-state' ||
            return 1
    done
    expect_skip "$log" wake_mwaitx 'needs CPUID\.80000001H:ECX\[29\] mwaitx' &&
        expect_skip "$log" wake_mwait_nomonitor 'needs CPUID\.05H:ECX\[3\]'
}

# Nothing but the guard ends these.
only_the_guard()
{
    local log=$work/none.log

    on_bochs 0 none sapphire_rapids 2 "wake by=none idle=hlt,mwait,tpause:c01,umwait:c01,spin $few" && accounted "$log" 2 &&
        expect_text "$log" '^ok [0-9]+ wake_hlt_none_20us # until_guard 20 count' || return 1
    if [ "$(grep -caE '^ok .*_none_20us # until_guard 20 count' "$log")" -ne 5 ] || grep -qa '"spurious","v":[1-9]' "$log"; then
        grep -aE '^(not )?ok |"spurious"' "$log"
        return 1
    fi
    awk '$2 != "warmup" && $2 != "guard" { print; exit 1 }' "$log.rows"
}

# The same script and seed twice: the same records to the last digit, but for the number of the run. Another seed: others.
repeats()
{
    local step='interval=uniform:10us..50us samples=30 raw=yes' name

    for name in first again other; do
        on_bochs 0 "$name" ryzen 2 "wake idle=mwaitx,hlt by=ipi,timer seed=$([ "$name" = other ] && echo 8 || echo 7) $step" || return 1
        sed -E 's/run=[0-9a-f]{16}//' "$work/$name.log" >"$work/$name.text"
    done
    cmp "$work/first.text" "$work/again.text" || return 1
    if [ "$(grep -a '"t":"raw"' "$work/first.text")" = "$(grep -a '"t":"raw"' "$work/other.text")" ]; then
        echo 'another seed gave the same samples'
        return 1
    fi
}

case_run wake_every_cross_sapphire_rapids every_cross_sapphire_rapids
case_run wake_every_cross_ryzen every_cross_ryzen
case_run wake_deadlines_waitpkg deadlines_waitpkg
case_run wake_repeats_exactly repeats
case_run wake_placements placements
case_run wake_deadlines_mwaitx deadlines_mwaitx
case_run wake_umwait_limit capped
case_run wake_only_the_guard only_the_guard
case_run wake_hints_sapphire_rapids hints hints_spr sapphire_rapids '0x0 0x1 0x2 0x20 0x21 0xf0' '0x10 0x30'
case_run wake_hints_arrow_lake hints hints_arl arrow_lake '0x0 0x1 0x20 0x21 0x40 0x41 0x60' '0x10 0x70'
case_run wake_hints_haswell hints hints_hsw corei7_haswell_4770 '0x0 0x1 0x10 0x11 0x20 0x21 0x30 0x33' '0x40'
cases_end
