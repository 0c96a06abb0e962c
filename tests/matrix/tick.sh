#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `tick`: in exact virtual time each tick comes when it must and nothing else wakes a CPU. tick_kvm.sh has what KVM makes of it.
# LONG: 14 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
hz_list=100,1000
script="tick hz=$hz_list mode=periodic,oneshot time=200ms; tick mode=tickless event=20ms time=200ms"

# step_of LOG NAME
step_of()
{
    sed -nE "s/^(not )?ok ([0-9]+) $2 .*/\2/p" "$1"
}

# scalar LOG STEP KEY
scalar()
{
    sed -nE "s/.*\"t\":\"stats\",\"step\":$2,\"k\":\"$3\",\"v\":(-?[0-9]+),.*/\1/p" "$1" | head -n 1
}

# scalars LOG NAME KEY VALUE...: of the step with that name, exactly.
scalars()
{
    local log=$1 name=$2 step found

    step=$(step_of "$log" "$name")
    shift 2
    while [ $# -gt 0 ]; do
        found=$(scalar "$log" "${step:-none}" "$1")
        if [ "$found" != "$2" ]; then
            echo "$name: $1 is ${found:-missing}, expected $2"
            return 1
        fi
        shift 2
    done
}

# extremes LOG NAME METRIC: "min max" of a series.
extremes()
{
    sed -nE "s/.*\"step\":$(step_of "$1" "$2"),\"m\":\"$3\",\"u\":\"tsc\",\"n\":[0-9]+,\"min\":(-?[0-9]+),\"max\":(-?[0-9]+),.*/\1 \2/p" \
        "$1" | head -n 1
}

# counts LOG CPUS: in all five steps every tick of the 200 ms came, woke its CPU once, and nothing else did.
counts()
{
    local log=$1 cpus=$2 hz mode ticks arms name

    for hz in 100 1000; do
        ticks=$((cpus * hz / 5))
        for mode in periodic oneshot; do
            arms=$ticks
            [ "$mode" = oneshot ] || arms=$cpus
            name=tick_hz_${hz}_$mode
            scalars "$log" "$name" cpus "$cpus" due "$ticks" wakes "$ticks" arms "$arms" hlts "$ticks" returns 0 missed 0 merged 0 doubled 0 \
                wakes_per_s "$hz" hlts_per_s "$hz" || return 1
        done
        scalars "$log" "$name" arms_per_s "$hz" early 0 || return 1
    done
    scalars "$log" tick_tickless due $((cpus * 10)) wakes $((cpus * 10)) arms $((cpus * 10)) hlts $((cpus * 10)) wakes_per_s 50 \
        arms_per_s 50 missed 0 early 0
}

# Under -icount each instruction is one tick. QEMU's timer waits one tick more than the count that it was given (tests/truth,
# icount_clock.sh), so a period of its own is one tick too long; what is armed anew each time does not drift, and each tick is as late as
# the last.
exact_on_icount()
{
    local log=$work/icount.log hz found late

    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script "$script" --log "$log" --timeout 100 -- -icount shift=0,sleep=off &&
        expect_status 0 "$build/idlelab" check "$log" && counts "$log" 1 || return 1
    for hz in 100 1000; do
        scalars "$log" "tick_hz_${hz}_periodic" drift $((hz / 5 - 1)) || return 1
        found=$(extremes "$log" "tick_hz_${hz}_periodic" jitter)
        [ "$found" = '1 1' ] || { echo "$hz Hz, periodic: jitter from ... to: $found"; return 1; }
        found=$(extremes "$log" "tick_hz_${hz}_oneshot" jitter)
        [ "$found" = '0 0' ] || { echo "$hz Hz, one-shot: jitter from ... to: $found"; return 1; }
        late=$(extremes "$log" "tick_hz_${hz}_oneshot" late)
        if [ -z "$late" ] || [ "${late% *}" != "${late#* }" ]; then
            echo "$hz Hz, one-shot: late from ... to: $late"
            return 1
        fi
    done
    expect_text "$log" '"id":"tick_cost","text":"1000 Hz, armed at each tick: 1000 wakes, 1000 armings a second per CPU \(CPUs: 1\)' &&
        expect_text "$log" '"step":5,"id":"no_training"' && expect_text "$log" '"row":"training","cpu":0,"from":32,"n":32,'
}

# Bochs lets its CPUs run in turn, some instructions at a time: a tick may come so many early or late, but it does not drift.
exact_on_bochs()
{
    local log=$work/$1.log hz found

    expect_status 0 run/bochs --quiet --cpu "$1" --smp 2 --script "$script" --log "$log" --timeout 200 &&
        expect_status 0 "$build/idlelab" check "$log" && counts "$log" 2 || return 1
    for hz in 100 1000; do
        found=$(scalar "$log" "$(step_of "$log" "tick_hz_${hz}_periodic")" drift)
        if [ -z "$found" ] || [ "${found#-}" -gt 64 ]; then
            echo "$hz Hz: drift of ${found:-no} ticks"
            return 1
        fi
        found=$(extremes "$log" "tick_hz_${hz}_periodic" jitter)
        if [ -z "$found" ] || [ "${found% *}" -lt -64 ] || [ "${found#* }" -gt 64 ]; then
            echo "$hz Hz, periodic: jitter from ... to: $found"
            return 1
        fi
    done
}

# Two processors of three tick, and more than one batch.
some_cpus_for_long()
{
    local log=$work/some.log

    expect_status 0 run/bochs --quiet --cpu sapphire_rapids --smp 3 --script 'tick hz=50 mode=oneshot cpus=2 time=4s' --log "$log" \
        --timeout 200 -- 'cpu: ips=10000000' &&
        scalars "$log" tick_hz_50_oneshot_cpus_2 cpus 2 due 400 wakes 400 arms 400 hlts 400 missed 0
}

# refused NAME SCRIPT MESSAGE
refused()
{
    expect_status 2 run/qemu --quiet --accel tcg --script "$2" --log "$work/$1.log" --timeout 60 2>"$work/$1.err" &&
        expect_text "$work/$1.err" "$3"
}

skipped()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script 'tick mode=tickless cpus=2' --log "$work/cpus.log" --timeout 60 &&
        expect_text "$work/cpus.log" '^ok [0-9]+ tick_.* # SKIP cpus= asks for more CPUs than run'
}

case_run tick_exact_on_icount exact_on_icount
case_run tick_exact_sapphire_rapids exact_on_bochs sapphire_rapids
case_run tick_exact_ryzen exact_on_bochs ryzen
case_run tick_some_cpus_for_long some_cpus_for_long
case_run tick_needs_a_tick refused none 'tick hz=2 time=100ms' 'not one tick falls into the step'
case_run tick_has_a_limit refused many 'tick hz=20000 time=60s' 'more than 200000 ticks'
case_run tick_needs_the_cpus skipped
cases_end
