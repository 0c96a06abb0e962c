#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The gate, and what is no wait at all: QEMU TCG runs MWAIT as HLT with one CPU and as nothing with more, takes the opcodes of WAITPKG for
# fences and lists a break on masked interrupts that it answers with #GP; KVM hides MWAIT and cannot run it. None of it may end as a latency.
# ALONE: reads of a port must come back before a timer of the host's clock
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
# shellcheck source=tests/matrix/wake_log.sh
. "$(dirname "$0")/wake_log.sh"

# With one CPU it sleeps until the interrupt; with nothing armed but the guard, until the guard.
mwait_1cpu()
{
    local log=$work/mwait_1.log

    on_tcg 0 mwait_1 1 "wake idle=mwait by=timer interval=1ms gap=0ns samples=50 warmup=2 raw=yes; \
wake idle=mwait by=none interval=1ms gap=0ns samples=50 warmup=2; wake idle=mwait by=store" &&
        accounted_one "$log" && expect_ok "$log" wake_mwait_none_1ms 'until_guard 50 count' &&
        expect_skip "$log" wake_mwait_store 'needs another CPU, which sends the wake'
}

# The step with raw samples is whole, and no return is unexplained.
accounted_one()
{
    wake_rows "$1" >"$1.rows" || return 1
    awk '$2 == "spurious" || $2 == "guard" { print; bad = 1 } END { if (NR != 52) print NR " samples"; exit bad || NR != 52 }' "$1.rows"
}

# With two it returns at once, whatever should wake it: the same verdict each time.
mwait_2cpu()
{
    local log round source

    for round in 1 2; do
        log=$work/mwait_2_$round.log
        on_tcg 1 "mwait_2_$round" 2 'wake idle=mwait by=timer,ipi,store,nmi,none interval=1ms samples=50 warmup=2 budget=1s' || return 1
        for source in timer ipi store nmi none; do
            expect_not_ok "$log" "wake_mwait_${source}_1ms" 'spurious [1-9][0-9]* count' || return 1
        done
        [ "$(grep -a '"id":"returns_early"' "$log" | sort -u | wc -l)" -eq 5 ] || return 1
        if grep -qaE '"m":"wake_latency","u":"tsc","n":[2-9][0-9]' "$log"; then
            echo 'returns that nothing explains were taken for wakes'
            return 1
        fi
    done
}

# Without TSC-deadline the timer's ratio to the TSC comes from 10 ms; before events 100 ms ahead it is measured longer.
sharpened()
{
    local log=$work/sharpened.log bounds

    on_tcg 0 sharpened 1 'wake idle=hlt interval=10us samples=5; wake idle=hlt interval=100ms samples=3' || return 1
    bounds=$(grep -aoE '"apic_timer_(hz|bound)".*"bound_ppb":[0-9]+(,"us":[0-9]+)?' "$log" | sed 's/.*ppb"://; s/,"us":/ /' | sort -u)
    awk 'NF == 1 { first = $1 } NF == 2 { if ($2 <= 10000) exit 1; last = $1 } END { exit !(first && last && last < first) }' \
        <<<"$bounds" && expect_text "$log" '"step":3,"k":"timer_off"'
}

# CPUID says that a masked interrupt ends MWAIT; TCG answers with #GP. That ends the step, not the run.
mwait_masked()
{
    local log=$work/masked.log

    on_tcg 1 masked 1 'wake idle=mwait irq=masked; wake idle=hlt interval=1ms samples=20' &&
        expect_not_ok "$log" wake_mwait_masked 'fault_vector 13 count' && expect_text "$log" '"t":"fault".*"vec":13' &&
        expect_ok "$log" wake_hlt_1ms p99
}

# Forced, the instructions do not fault and do not wait, or fault: neither is a latency.
forced()
{
    local log=$work/forced.log

    on_tcg 1 forced 1 'wake idle=tpause:c01,umwait:c02 by=deadline force=yes; wake idle=mwaitx force=yes; wake idle=hlt interval=1ms samples=20' &&
        expect_not_ok "$log" wake_tpause_c01_deadline 'not_real 1 count' &&
        expect_not_ok "$log" wake_umwait_c02_deadline 'not_real 1 count' &&
        expect_text "$log" '"t":"finding".*"not_real"' &&
        expect_not_ok "$log" wake_mwaitx 'fault_vector 6 count' && expect_ok "$log" wake_hlt_1ms p99 || return 1
    if grep -aE '"step":[234],"m":"wake_latency".*"n":[1-9]' "$log"; then
        echo 'a latency of an instruction that does not wait'
        return 1
    fi
}

# gated MODEL: what CPUID does not list is a skip that names the bit.
gated()
{
    local log=$work/gated_$1.log

    on_tcg 0 "gated_$1" 1 'wake idle=mwait,mwait_nomonitor,mwaitx,umwait:c01,tpause:c02 interval=1ms samples=20 warmup=2' --cpu "$1" &&
        expect_skip "$log" wake_mwaitx_1ms 'needs CPUID\.80000001H:ECX\[29\] mwaitx' &&
        expect_skip "$log" wake_umwait_c01_1ms 'needs CPUID\.07H:ECX\[5\] waitpkg' &&
        expect_skip "$log" wake_tpause_c02_1ms 'needs CPUID\.07H:ECX\[5\] waitpkg' || return 1
    if [ "$1" = EPYC ]; then
        expect_ok "$log" wake_mwait_1ms p99 && expect_skip "$log" wake_mwait_nomonitor_1ms 'needs CPUID\.05H:ECX\[3\]'
    else
        expect_skip "$log" wake_mwait_1ms 'needs CPUID\.01H:ECX\[3\] monitor' &&
            expect_skip "$log" wake_mwait_nomonitor_1ms 'needs CPUID\.01H:ECX\[3\] monitor'
    fi
}

# A port that is no C-state returns at once. The host may hold one or two of the reads until the timer is due.
dead_port()
{
    on_tcg 1 port 1 'wake idle=ioport:0x80 irq=masked interval=1ms samples=20 warmup=2' &&
        expect_not_ok "$work/port.log" wake_ioport_0x80_masked_1ms 'spurious (1[1-9]|20) count'
}

# What the registers of 32 bits cannot hold at this frequency is a skip, not a shorter wait. That no clock agrees with the frequency
# is said of all figures.
too_long()
{
    on_tcg 0 long 1 'wake idle=mwaitx by=deadline interval=100ms force=yes; wake idle=tpause:c01 cap=3tsc,100ms force=yes' \
        --append tsc_hz=100G &&
        expect_skip "$work/long.log" wake_mwaitx_deadline_100ms "the method's timer counts at most" &&
        [ "$(grep -caE '^ok .* # SKIP IA32_UMWAIT_CONTROL holds 4 to' "$work/long.log")" -eq 2 ] &&
        expect_text "$work/long.log" '"id":"tsc_wish_wrong".*tsc_hz=100000000000 is believed, but the ' &&
        "$build/idlelab" show "$work/long.log" >"$work/long.show" && expect_text "$work/long.show" '^ *! .*tsc_hz=100000000000 is believed'
}

# Without force= the gate holds. With it, a KVM that cannot run MWAIT ends with an internal error, which the launcher names; one that runs it as
# a NOP, or answers with #UD, ends the step as such.
on_kvm()
{
    local log=$work/kvm.log status=0

    kvm_opens || return "$skip_status"
    run/qemu --quiet --accel kvm --boot qboot --smp 2 --log "$log" --timeout 120 --script \
        'wake idle=mwait interval=1ms samples=20 budget=1s; wake idle=mwait interval=2ms samples=20 budget=1s force=yes' \
        >"$work/kvm.err" 2>&1 || status=$?
    cat "$work/kvm.err"
    if [ "$status" -eq 2 ] && grep -q 'does not work' "$work/kvm.err"; then
        return "$skip_status"
    fi
    if grep -qaE '^ok [0-9]+ wake_mwait_1ms # p99' "$log"; then
        echo 'this KVM offers MWAIT to its guests'
        return "$skip_status"
    fi
    expect_skip "$log" wake_mwait_1ms 'needs CPUID\.01H:ECX\[3\] monitor' || return 1
    [ "$status" -eq 1 ] || return 1
    expect_not_ok "$log" wake_mwait_2ms '(kvm_internal_error|spurious|fault_vector 6|lost_wake)'
}

# What rejects do to the tail: the watchdog's own NMIs fall into a poll and reject it, but its event woke it. All that woke are said.
all_that_woke()
{
    local log=$work/woke.log kept nmi woke

    on_tcg 0 woke 1 'wake idle=spin by=timer interval=1ms samples=500 warmup=32' --append watchdog=pit || return 1
    kept=$(sed -nE 's/.*"m":"wake_latency","u":"tsc","n":([0-9]+),.*/\1/p' "$log" | head -n 1)
    nmi=$(sed -nE 's/.*"rej":\{.*"nmi":([0-9]+).*/\1/p' "$log" | head -n 1)
    woke=$(sed -nE 's/.*"m":"wake_latency","woke":([0-9]+),.*/\1/p' "$log" | head -n 1)
    echo "kept $kept, rejected for an NMI $nmi, woke $woke"
    [ "${nmi:-0}" -gt 0 ] && [ "${woke:-0}" -gt "$kept" ] && [ "$woke" -le $((kept + nmi)) ] &&
        "$build/idlelab" show "$log" >"$work/woke.shown" && expect_text "$work/woke.shown" "^  all that woke +$woke "
}

# spacing LOG STEP: the least and the most time from one event to the next, in us, and how many latencies there are.
spacing()
{
    "$build/idlelab" export --csv "$1" | awk -F, -v step="$2" -v hz="$(json_tsc_hz "$1")" '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        $column["Step"] != step { next }
        {
            event = $column["EventTSC"]
            if (last) { us = int((event - last) / hz * 1e6); if (least == "" || us < least) least = us; if (us > most) most = us }
            last = event
            latencies += !($column["WakeLatency"] in seen)
            seen[$column["WakeLatency"]] = 1
        }
        END { print least + 0, most + 0, latencies + 0 }'
}

# In virtual time: without a gap all events are equally far apart, with it up to 2 ms further, and the latency is the same each time.
# The warm-up of a series that does not change ends when its least time has passed; that of too short a budget has not settled.
gaps()
{
    local log=$work/gaps.log without with least most kinds wakes

    on_tcg 0 gaps 1 'wake idle=hlt interval=200us samples=200 warmup=9 raw=yes gap=0ns;
wake idle=hlt interval=200us samples=200 raw=yes; wake idle=hlt interval=200us samples=5 budget=20ms' -- -icount shift=0,sleep=off || return 1
    without=$(spacing "$log" wake_hlt_200us)
    with=$(spacing "$log" wake_hlt_200us_2)
    echo "from event to event, least us, most us, latencies: $without; with gaps $with"
    read -r least most kinds <<<"$without"
    [ "$most" -le 250 ] && [ "$kinds" -eq 1 ] || return 1
    read -r least most kinds <<<"$with"
    [ "$least" -lt 400 ] && [ "$most" -gt 1900 ] && [ "$most" -lt 2300 ] && [ "$kinds" -eq 1 ] || return 1
    wakes=$(sed -nE 's/.*"step":3,"k":"warmup_wakes","v":([0-9]+),.*/\1/p' "$log" | head -n 1)
    echo "warmed up by $wakes wakes"
    [ "${wakes:-0}" -ge 64 ] && [ "$wakes" -le 400 ] && expect_text "$log" '"step":2,"rej":\{"warmup":9\}' &&
        expect_text "$log" "\"step\":3,\"rej\":\{\"warmup\":$wakes\}" &&
        expect_text "$log" '"t":"finding","step":4,"id":"not_settled"' &&
        [ "$(grep -ac '"id":"not_settled"' "$log")" -le 2 ]
}

case_run tcg_all_that_woke all_that_woke
case_run tcg_gaps_and_warm_up gaps
case_run tcg_mwait_1cpu mwait_1cpu
case_run tcg_mwait_2cpu mwait_2cpu
case_run tcg_sharpened sharpened
case_run tcg_mwait_masked mwait_masked
case_run tcg_forced forced
case_run tcg_dead_port dead_port
case_run tcg_too_long too_long
for model in qemu64 Skylake-Client EPYC; do
    case_run "tcg_gate_${model//-/_}" gated "$model"
done
case_run kvm_gate on_kvm
cases_end
