#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `monitor` against emulators whose monitors are known: Bochs monitors lines of 64 bytes; QEMU's TCG runs MWAIT as HLT on one CPU and as
# nothing on two.
# LONG: 16 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

tests='test=real,line,neighbour,interrupt,cpuid,spurious samples=4'

# bochs_log NAME MODEL CPUS SCRIPT: runs it to PASS, whole log at $log.
bochs_log()
{
    log=$work/$1.log
    expect_status 0 run/bochs --quiet --cpu "$2" --smp "$3" --script "$4" --log "$log" --timeout 300 &&
        expect_status 0 "$build/idlelab" check "$log"
}

# tcg_log NAME CPUS SCRIPT [CPU-MODEL]
tcg_log()
{
    log=$work/$1.log
    expect_status 0 run/qemu --accel tcg --quiet ${4:+--cpu "$4"} --smp "$2" --script "$3" --log "$log" --timeout 200
}

# expect_places LOG STEP FROM TO WAITS OUTCOME: stores there ended so, all of them.
expect_places()
{
    expect_text "$1" "\"step\":$2,\"row\":\"monitor\",\"between\":\"nothing\",\"from\":$3,\"to\":$4,\"n\":$5,\"$6\":$5,"
}

# Step 3 is the line's: the 64 aligned bytes around the word at 24, and not a byte more on either side.
expect_line_of_64()
{
    expect_text "$1" '^ok 3 .* # line 64 bytes ' &&
        expect_places "$1" 3 -256 -8 4 guard &&
        expect_places "$1" 3 0 56 4 store &&
        expect_places "$1" 3 64 504 4 guard &&
        expect_text "$1" '"step":3,"id":"line",.*CPUID.05H says 64 to 64: it agrees'
}

# All six tests of a method that works. Stores come 500 us, 25000 ticks, after they were asked for, some ten instructions before the wait:
# it is as long to 50 ticks: the storing CPU's last look and its store, and one turn of 16 for each, whose beginnings move with the image's
# layout.
works()
{
    bochs_log "$1" "$2" 2 "monitor $tests method=$1" &&
        expect_text "$log" '^ok 2 .* # real_sleep 4 count' &&
        expect_line_of_64 "$log" &&
        expect_text "$log" '"step":3,.*"store":4,"min":(249[5-9][0-9]|250[0-4][0-9]),"max":(249[5-9][0-9]|250[0-4][0-9])\}' &&
        expect_text "$log" '^ok 4 .* # neighbour_wakes 0 count' &&
        expect_places "$log" 4 24 24 4 store &&
        expect_text "$log" "^ok 5 .* # fell_through $3 count" &&
        expect_text "$log" '"step":6,"id":"disarm","text":"cpuid between leaves it armed: 4 of 4 slept on, a store ended 4 of 4"' &&
        expect_text "$log" '^ok 7 .* # spurious 0 count' &&
        expect_text "$log" '"step":7,"k":"until_guard","v":64,'
}

# Bochs disarms MONITORX and UMONITOR by an interrupt; MONITOR stays armed there, which a store proves.
mwait_stays_armed()
{
    works mwait sapphire_rapids 0 &&
        expect_text "$log" '"step":5,"id":"disarm","text":"interrupt between leaves it armed: 4 of 4 slept on, a store ended 4 of 4"'
}

umwait_is_disarmed()
{
    works umwait sapphire_rapids 4
}

mwaitx_is_disarmed()
{
    works mwaitx ryzen 4
}

# Without a second CPU nothing stores: what needs one is skipped, the verdict is careful.
alone()
{
    bochs_log alone sapphire_rapids 1 "monitor $tests" &&
        expect_text "$log" '^ok 2 .* # sleeps 4 count' &&
        expect_text "$log" '^ok 3 .*# SKIP needs another CPU' &&
        expect_text "$log" '^ok 5 .* # fell_through 0 count' &&
        expect_text "$log" '^ok 7 .* # spurious 0 count'
}

tcg_alone_is_hlt()
{
    tcg_log hlt 1 'monitor test=real' &&
        expect_text "$log" '^ok 2 .* # sleeps 8 count'
}

tcg_pair_returns()
{
    tcg_log pair 2 'monitor test=real,line,interrupt' &&
        expect_text "$log" '^ok 2 .* # at_once 8 count' &&
        expect_text "$log" '^ok 3 .* # line 0 bytes' &&
        expect_text "$log" '"step":4,"id":"disarm",.*no verdict'
}

# Where CPUID lists nothing the step is a SKIP; by force the fault is the answer.
gate()
{
    tcg_log gate 2 'monitor test=real; monitor test=real force=yes samples=2; monitor test=real method=mwaitx force=yes' qemu64 &&
        expect_text "$log" '^ok 2 .*# SKIP needs CPUID.01H:ECX\[3\] monitor' &&
        expect_text "$log" '^ok 3 .* # fault_vector 6 count' &&
        expect_text "$log" '^ok 4 .* # fault_vector 6 count'
}

case_run monitor_mwait mwait_stays_armed
case_run monitor_umwait umwait_is_disarmed
case_run monitor_mwaitx mwaitx_is_disarmed
case_run monitor_alone alone
case_run monitor_tcg_alone_is_hlt tcg_alone_is_hlt
case_run monitor_tcg_pair_returns tcg_pair_returns
case_run monitor_gate gate
cases_end
