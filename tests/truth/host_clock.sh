#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# Intervals by the host's clock. The lab calibrates its own clock inside the machine; here QEMU's record of the local APIC, stamped by
# the host to the microsecond, and the arrival of lines on the serial port say how long the intervals were.
# ALONE: intervals by the host's clock
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
# shellcheck source=tests/truth/wakes.sh
. "$root/tests/truth/wakes.sh"
cases_at_once=1 # a second machine on the same cores would make the host late
samples=300
# An emulator may be scheduled away at any time, but never fires early: a wait counts as right when it is not shorter than asked for
# and ends before the lab saw its wake. The host's stamps have microseconds.
stamp_us=2
long_samples=500
long_us=4000
long_ppm=10000

# From QEMU's trace, one line a wake: host time of the write to the count register and of the delivery, in microseconds.
#   1234@1700000000.123456:apic_mem_writel 0x380 = 0x0000c350
qemu_wakes()
{
    awk '
        { split($1, part, /[@.:]/); us = (part[2] % 1000000) * 1000000 + part[3] }
        /:apic_mem_writel 0x380 = / { armed = ($NF == "0x00000000") ? "" : us }
        /:apic_local_deliver vector 0 / && armed != "" { printf "%.0f %.0f\n", armed, us; armed = "" }' "$1"
}

# Each wait of 50, 200 and 1000 us lies between what was asked for and what the lab measured, by the host's clock.
each_interval()
{
    local log=$work/each.log step us

    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --log "$log" --timeout 100 --script \
        "wake idle=hlt by=timer interval=50us,200us,1ms samples=$samples warmup=0 raw=yes" -- \
        -msg timestamp=on -trace apic_mem_writel -trace apic_local_deliver -D "$work/trace.txt" || return 1
    for us in 50 200 1000; do
        step=wake_hlt_timer_${us/1000/1}us
        wakes "$log" "${step/_1us/_1ms}" | sed "s/^/$us /"
    done >"$work/lab.txt"
    if [ "$(wc -l <"$work/lab.txt")" -ne $((3 * samples)) ]; then
        echo "the log holds $(wc -l <"$work/lab.txt") samples"
        return 1
    fi
    qemu_wakes "$work/trace.txt" | tail -n $((3 * samples)) | paste -d ' ' "$work/lab.txt" - >"$work/both.txt"
    awk -v hz="$(tsc_hz "$log")" -v slack="$stamp_us" '
        {
            us = $1; host = $6 - $5; lab = us + $3 / hz * 1e6
            if ((host < us - slack || host > lab + slack) && wrong++ < 3)
                print "asked for, by the host, by the lab: " us, host, lab
            if (!(us in least) || host < least[us]) least[us] = host
        }
        END {
            for (us in least) if (least[us] > 2 * us + 500) { print us " us: never below " least[us]; wrong++ }
            exit wrong || !NR
        }' "$work/both.txt"
}

# arrivals LOG PID: the lines that begin and end step 2, each behind the host's time in microseconds, as long as that process runs.
arrivals()
{
    local line

    tail --pid="$2" -s 0.1 -n +1 -F "$1" 2>/dev/null |
        grep -a --line-buffered -E '"t":"exp","step":2,"at":|"t":"cal","k":"empty"' |
        while IFS= read -r line; do
            echo "${EPOCHREALTIME/[.,]/} $line"
        done
}

# A step of some seconds, from its begin record to the first record after it: the lab's clock against the host's.
long_step()
{
    local log=$work/long_$1.log status=0 launcher begin_us end_us at_tsc last

    : >"$log"
    run/qemu --quiet --accel "$1" --boot qboot --smp 1 --log "$log" --timeout 100 --script \
        "wake idle=hlt by=timer interval=${long_us}us samples=$long_samples warmup=0 raw=yes budget=60s" 2>"$work/long_$1.err" &
    launcher=$!
    arrivals "$log" "$launcher" >"$work/long_$1.txt"
    wait "$launcher" || status=$?
    cat "$work/long_$1.err"
    if [ "$status" -eq 2 ] && grep -q 'does not work' "$work/long_$1.err"; then
        return "$skip_status"
    fi
    [ "$status" -eq 0 ] || return 1
    begin_us=$(sed -n 's/ .*"t":"exp".*//p' "$work/long_$1.txt" | head -n 1)
    end_us=$(sed -n 's/ .*"k":"empty".*//p' "$work/long_$1.txt" | head -n 1)
    at_tsc=$(sed -nE 's/.*"t":"exp","step":2,"at":([0-9]+).*/\1/p' "$log" | head -n 1)
    last=$(wakes "$log" "wake_hlt_timer_$((long_us / 1000))ms" | tail -n 1)
    awk -v begin="$begin_us" -v end="$end_us" -v at="$at_tsc" -v last="$last" -v hz="$(tsc_hz "$log")" -v limit="$long_ppm" \
        -v least=$((long_us * long_samples)) 'BEGIN {
            split(last, wake, " ")
            host = end - begin
            lab = (wake[1] + wake[3] - at) / hz * 1e6
            ppm = (host / lab - 1) * 1e6
            printf "by the host %.0f us, by the lab %.0f us, %d ppm apart, not below %.0f us\n", host, lab, ppm, least
            exit !(host >= least && ppm < limit && ppm > -limit)
        }'
}

long_step_kvm()
{
    kvm_opens || return "$skip_status"
    long_step kvm
}

case_run host_clock_each_interval_tcg each_interval
case_run host_clock_long_step_tcg long_step tcg
case_run host_clock_long_step_kvm long_step_kvm
cases_end
