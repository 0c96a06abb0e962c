#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `ple` where there is no pause-loop exiting: on Bochs, whose time is exact, to the tick and to the hand-over; on TCG and KVM the verdict.
# What it makes of hosts that have it is tested on made-up ones, tests/unit/test_ple_*.c.
# LONG: 54 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

# on_bochs NAME MODEL CPUS SCRIPT: runs it to PASS; the log is $log.
on_bochs()
{
    log=$work/$1.log
    expect_status 0 run/bochs --quiet --cpu "$2" --smp "$3" --script "$4" --log "$log" --timeout 200 &&
        expect_status 0 "$build/idlelab" check "$log"
}

# lock_row LOG LOCK WAIT TAKEN HANDED EACH: so often in all, so often to a CPU that had waited, and by each CPU.
lock_row()
{
    expect_text "$1" "\"lock\":\"$2\",\"wait\":\"$3\",\"slices\":[0-9]+,\"abandoned\":0,\"taken\":$4,\"handed\":$5,\"least\":$6,\"most\":$6,"
}

# Three slices of 100; the first that takes the lock in a slice is handed it by nobody.
locks_are_fair()
{
    local lock wait

    on_bochs "$1" "$2" "$3" 'ple test=overcommit samples=200' || return 1
    for lock in ticket mcs; do
        for wait in spin pause; do
            lock_row "$log" "$lock" "$wait" 300 297 $((300 / $3)) || return 1
        done
    done
    expect_text "$log" '"lock":"flag","wait":"spin","slices":25,"abandoned":0,"missed":0}' &&
        expect_text "$log" '"lock":"flag","wait":"pause","slices":25,"abandoned":0,"missed":0}' &&
        expect_text "$log" '"m":"flag_pause","u":"tsc","n":200,' && expect_text "$log" '"m":"late_spin","u":"tsc","n":200,'
}

# Nothing is disturbed there: a loop of 20 ms, a million ticks, is one stretch, with PAUSE and without. An instruction is a tick, though
# not each of a few between two stamps.
nothing_exits()
{
    on_bochs none sapphire_rapids 1 'ple test=pause,gap,window samples=100' &&
        expect_text "$log" '^ok 2 ple_pause # pause_net_p50 [01] tsc ' &&
        expect_text "$log" '^ok 3 ple_gap # none 10000[0-9][0-9] tsc ' &&
        expect_text "$log" '^ok 4 ple_window # none 10000[0-9][0-9] tsc ' &&
        expect_text "$log" '"id":"ple","conf":"measured","text":"no PLE seen, up to 10000[0-9][0-9] ticks and ' &&
        expect_text "$log" '"row":"ple_loop","pause":true,"distance":[0-9]+,"stretches":1,"first":\[\[10000[0-9][0-9],[0-9]+,0\]\]' &&
        one_tick_a_pause "$log"
}

# The loop with PAUSE has one instruction more a step than the one without.
one_tick_a_pause()
{
    local with without

    with=$(sed -nE 's/.*"row":"ple_loop","pause":true,"distance":([0-9]+).*/\1/p' "$1" | head -n 1)
    without=$(sed -nE 's/.*"row":"ple_loop","pause":false,"distance":([0-9]+).*/\1/p' "$1" | head -n 1)
    [ "$((with - without))" -eq 1 ] || { echo "steps of $with ticks with PAUSE, $without without"; return 1; }
}

# Nothing but the run's number may differ.
repeats()
{
    local n

    for n in 1 2; do
        on_bochs "same$n" sapphire_rapids 2 'ple test=pause,gap,overcommit samples=100' || return 1
        sed -nE 's/^# IL [0-9a-f]+ (.*"t":"(stats|hist|finding)".*) \*[0-9a-f]{8}\r?$/\1/p' "$log" >"$work/same$n.records"
    done
    [ -s "$work/same1.records" ] && cmp "$work/same1.records" "$work/same2.records"
}

# A busy host may disturb one boot so often that it cannot tell; never does it see exits.
none_on()
{
    local accel=$1 tries log=$work/$1.log status

    for tries in 1 2 3; do
        status=0
        run/qemu --quiet --accel "$accel" --boot qboot --smp 2 --script 'ple test=pause,gap,window samples=100' --log "$log" \
            --timeout 100 2>"$work/$accel.err" || status=$?
        cat "$work/$accel.err"
        if [ "$status" -eq 2 ] && grep -q 'does not work' "$work/$accel.err"; then
            return "$skip_status"
        fi
        [ "$status" -eq 0 ] || return 1
        if grep -aqE '^ok [34] ple_(gap|window) # (gap[a-z_]*|window) ' "$log"; then
            echo "exits are seen where there are none (boot $tries)"
            grep -a '"id":"ple' "$log"
            return 1
        fi
        if grep -aqE '^ok 3 ple_gap # none ' "$log" && grep -aqE '^ok 4 ple_window # none ' "$log"; then
            return 0
        fi
    done
    echo 'disturbed in each of three boots'
    return 1
}

none_on_kvm()
{
    kvm_opens || return "$skip_status"
    none_on kvm
}

# A budget that ends a series early says what there is.
budget_ends_it()
{
    on_bochs budget sapphire_rapids 1 'ple test=window budget=50ms' &&
        expect_text "$log" '^ok 2 ple_window # none ' && expect_text "$log" '"step":2,"end":"budget"'
}

needs_two()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script 'ple test=overcommit' --log "$work/one.log" --timeout 60 &&
        expect_text "$work/one.log" '^ok 2 ple_overcommit # SKIP needs 2 CPUs'
}

case_run ple_nothing_exits_on_bochs nothing_exits
case_run ple_locks_two_cpus locks_are_fair two sapphire_rapids 2
case_run ple_locks_four_cpus_xapic locks_are_fair four ryzen 4
case_run ple_repeats_exactly repeats
case_run ple_none_on_tcg none_on tcg
case_run ple_none_on_kvm none_on_kvm
case_run ple_budget_ends_it budget_ends_it
case_run ple_needs_two_cpus needs_two
cases_end
