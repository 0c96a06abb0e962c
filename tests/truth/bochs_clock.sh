#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# Every wake against Bochs' own record of it. Bochs' virtual time is exact: one instruction, one tick, and the TSC counts those ticks.
# Its log has the tick of each line at the left, so the local APIC's messages say when the deadline was written and for when, when the
# timer fired, and when the processor took the interrupt; the lab has no part in that.
#
# What is known: the timer fires at the tick that was written; a halted processor's time goes in steps of ten ticks (Bochs 3.0,
# cpu/event.cc, handleWaitForEvent()), so it is taken 0 to 10 ticks later; and Bochs adds up its time at the end of a stretch of code, so
# the RDTSC in the vector stub reads the tick at which the interrupt was taken.
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
# shellcheck source=tests/truth/wakes.sh
. "$root/tests/truth/wakes.sh"
ips=$(sed -n 's/^ips=//p' "$root/run/bochs")
samples=100
halt_step=10
# Ticks between the RDTSC from which the lab counts an interval and Bochs' record of the WRMSR that follows it.
arming_ticks=10

# The steps of the one run that all cases look at: name in the log, interval in microseconds, delay in ticks.
steps=('wake_hlt_timer_50us 50 0' 'wake_hlt_timer_200us 200 0' 'wake_hlt_timer_1ms 1000 0' 'wake_spin_timer_200us 200 0'
    'wake_hlt_timer_50us_2 50 1000' 'wake_hlt_timer_50us_3 50 12345')

boot()
{
    local script wake="wake by=timer samples=$samples warmup=0 raw=yes"

    script="$wake idle=hlt interval=50us,200us,1ms; $wake idle=spin interval=200us"
    script="$script; $wake idle=hlt interval=50us delay=1000tsc; $wake idle=hlt interval=50us delay=12345tsc"
    expect_status 0 run/bochs --quiet --smp 1 --cpu sapphire_rapids --timeout 300 --log "$work/serial.log" --script "$script" \
        -- 'debug: action=ignore, apic0=report' "log: $work/bochs.log" || return 1
    expect_status 0 "$build/idlelab" check "$work/serial.log"
}

# From Bochs' log, one line a wake: tick of the write, deadline, tick of firing, tick of taking.
bochs_wakes()
{
    awk '
        { tick = substr($0, 1, 11) + 0 }
        /TSC-Deadline is set to/ { set = tick; deadline = $NF; fired = "" }
        /trigger interrupt vector=0xe0/ && set { fired = tick }
        /acknowledge_int\(\) returning vector 0xe0/ && fired != "" {
            printf "%.0f %s %.0f %.0f\n", set, deadline, fired, tick
            set = 0
            fired = ""
        }' "$work/bochs.log"
}

# One line a wake: interval and delay asked for, the lab's event, latency; Bochs' write, deadline, firing, taking.
both()
{
    local step name interval delay

    for step in "${steps[@]}"; do
        read -r name interval delay <<<"$step"
        wakes "$work/serial.log" "$name" | sed "s/^/$((interval * ips / 1000000)) $delay ${name#wake_} /"
    done >"$work/lab.txt"
    bochs_wakes >"$work/bochs.txt"
    if [ "$(wc -l <"$work/lab.txt")" -ne $((samples * ${#steps[@]})) ]; then
        echo "the lab's log holds $(wc -l <"$work/lab.txt") samples"
        return 1
    fi
    tail -n "$(wc -l <"$work/lab.txt")" "$work/bochs.txt" | paste -d ' ' "$work/lab.txt" - >"$work/both.txt"
}

# look CONDITION WHAT: no wake for which the condition does not hold. Fields: interval delay step event latency return, then write
# deadline fired taken.
look()
{
    awk -v what="$2" -v step="$halt_step" -v arming="$arming_ticks" '
        { interval = $1; delay = $2; event = $4; latency = $5; set = $7; deadline = $8; fired = $9; taken = $10; lines++ }
        !('"$1"') && wrong++ < 3 { print what ": " $0 }
        END { if (!lines) print "no wakes were seen"; exit wrong || !lines }' "$work/both.txt"
}

# The events that the lab recorded are those that it asked Bochs for, less the delay that it was told to hide.
events_agree()
{
    look 'event + delay == deadline && fired == deadline' 'the event is not where Bochs has it'
}

# The measured latency is Bochs' time from the recorded event to the interrupt, delay included, in every wake.
latencies_agree()
{
    look 'latency == taken - event && latency - delay >= 0 && latency - delay <= step' 'the latency is not what Bochs has'
}

# 50, 200 and 1000 us are that long in Bochs' ticks, whose number in a second is given in run/bochs.
intervals_agree()
{
    look 'fired - delay - set <= interval && fired - delay - set > interval - arming' 'the interval is not as long'
}

# Equal intervals, equal latencies: at most two values in each step, an exact clock's own rounding.
latencies_repeat()
{
    awk '
        !(($3, $5) in seen) { seen[$3, $5] = 1; values[$3]++; found[$3] = found[$3] " " $5 }
        END {
            for (step in values) if (values[step] > 2) { print step ": latencies" found[step]; wrong = 1 }
            exit wrong || !NR
        }' "$work/both.txt"
}

case_first bochs_run eval 'boot && both'
case_run bochs_events_agree events_agree
case_run bochs_latencies_agree latencies_agree
case_run bochs_intervals_agree intervals_agree
case_run bochs_latencies_repeat latencies_repeat
cases_end
