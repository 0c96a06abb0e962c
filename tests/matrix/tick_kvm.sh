#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `tick` under KVM: the counts agree with each other and with the host's, and the host's shortest period is found.
# ALONE: the host's shortest period is found by the host's clock
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

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

needs_kvm()
{
    kvm_opens || return "$skip_status"
}

# What is counted agrees with itself: each wake of a re-armed tick was armed once and halted for at least once.
kvm_counts()
{
    local step wakes arms hlts exits

    step=$(step_of "$1" tick_hz_250_oneshot)
    wakes=$(scalar "$1" "$step" wakes)
    arms=$(scalar "$1" "$step" arms)
    hlts=$(scalar "$1" "$step" hlts)
    exits=$(scalar "$1" "$step" exits)
    echo "wakes $wakes arms $arms hlts $hlts exits $exits"
    [ "$wakes" -gt 0 ] && [ "$wakes" -le 200 ] && [ "$arms" -le "$wakes" ] && [ "$hlts" -ge "$arms" ] &&
        [ "$exits" -ge "$hlts" ] && [ "$exits" -le $((hlts + arms + wakes)) ]
}

# The host counted the same HLTs on each CPU, but for those of the floor and of parking; a hundredth of doubt.
kvm_host_agrees()
{
    local step cpu hlts exits

    step=$(step_of "$1" tick_hz_250_oneshot)
    for cpu in 0 1; do
        hlts=$(sed -nE "s/.*\"step\":$step,\"row\":\"tick\",\"cpu\":$cpu,.*\"hlts\":([0-9]+),.*/\1/p" "$1" | head -n 1)
        exits=$(sed -nE "s/^# IH .*\"t\":\"hstat\",\"step\":$step,\"vcpu\":$cpu,.*\"halt_exits\":([0-9]+).*/\1/p" "$1" | head -n 1)
        echo "CPU $cpu halted $hlts times, the host counted ${exits:-nothing}"
        [ -z "$exits" ] || { [ "$exits" -ge $((hlts * 99 / 100)) ] && [ "$exits" -le $((hlts * 101 / 100 + 12)) ]; } || return 1
    done
}

# KVM gives a timer that repeats itself no shorter period than its module says. A busy host makes it longer, never shorter.
kvm_floors_the_period()
{
    local file=/sys/module/kvm/parameters/min_timer_period_us floor_us found

    floor_us=$(cat "$file" 2>/dev/null) || floor_us=0
    [ "$floor_us" -ge 150 ] || return 0
    found=$(sed -nE 's/.*a tick comes every ([0-9]+) us \(median\) where 100 us.*/\1/p' "$1" | head -n 1)
    echo "found a period of ${found:-no} us, the module says $floor_us us"
    [ "${found:-0}" -ge $((floor_us * 95 / 100)) ]
}

# One boot for all that only KVM has: it is slow on a serial line. A hypercall that does not work there is a result, a lost interrupt is
# not; and KVM's word for EOI is used for some of the interrupts, or for none.
on_kvm()
{
    local log=$work/kvm.log status=0 used

    needs_kvm || return
    run/qemu --quiet --accel kvm --boot qboot --smp 2 --host-stats --script 'tick hz=250 mode=oneshot time=400ms; tick hz=10000 mode=periodic cpus=1 time=200ms
        ipi target=halted via=pv samples=40
        cost insn=pv_eoi n=100' --log "$log" --timeout 100 >"$work/kvm.err" 2>&1 || status=$?
    if [ "$status" -eq 2 ] && grep -q 'does not work' "$work/kvm.err"; then
        head -n 1 "$work/kvm.err"
        return "$skip_status"
    fi
    cat "$work/kvm.err"
    [ "$status" -eq 0 ] && kvm_counts "$log" && kvm_host_agrees "$log" && kvm_floors_the_period "$log" || return 1
    expect_text "$log" '^ok [0-9]+ ipi_[a-z0-9_]* # (SKIP no KVM|no_samples 0|deliver_p50|round_p50)' &&
        expect_text "$log" '^ok [0-9]+ cost_pv_eoi # (SKIP no KVM|p50 )' || return 1
    grep -aq '^ok [0-9]* cost_pv_eoi # SKIP' "$log" && return
    used=$(scalar "$log" "$(step_of "$log" cost_pv_eoi)" pv_used)
    [ -n "$used" ] && { [ "$used" -gt 0 ] || expect_text "$log" '"id":"pv_eoi_unused"'; }
}

case_run tick_kvm on_kvm
cases_end
