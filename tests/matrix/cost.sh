#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `cost`: exact where one instruction is one tick (QEMU's -icount shift=0: the TSC ticks once an instruction), every row where the
# processor has it, a SKIP that names the CPUID bit where it has not, and no wait instruction that waits.
# LONG: 16 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

# cost_is LOG INSN MTSC: all samples, to the thousandth of a tick.
cost_is()
{
    expect_text "$1" "\"m\":\"$2\",\"u\":\"mtsc\",\"n\":50,\"min\":$3,\"max\":$3," &&
        expect_text "$1" "\"k\":\"min_diff\",\"v\":$3,\"u\":\"mtsc\""
}

# each_is LOG INSN TSC: one alone takes so many ticks more than the stamps and the call around it, each time.
each_is()
{
    local floor

    floor=$(sed -nE "s/.*\"m\":\"$2\",\"floor\":([1-9][0-9]*),.*/\1/p" "$1" | head -n 1)
    expect_text "$1" "\"m\":\"$2\",\"u\":\"tsc\",\"n\":50,\"min\":$((${floor:-0} + $3)),\"max\":$((${floor:-0} + $3)),"
}

exact_on_icount()
{
    local log=$work/icount.log

    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script 'cost insn=pause,rdtsc,rdtscp,lfence_rdtsc n=50 each=no,yes' --log "$log" \
        --timeout 100 -- -icount shift=0,sleep=off &&
        cost_is "$log" pause 1000 && cost_is "$log" rdtsc 1000 && cost_is "$log" rdtscp 1000 &&
        cost_is "$log" lfence_rdtsc 2000 && each_is "$log" pause 1 && each_is "$log" rdtsc 1 && each_is "$log" rdtscp 1 &&
        each_is "$log" lfence_rdtsc 2
}

# Bochs lets its clock catch up a few instructions at a time, so that a cheap one may come out a fraction of a tick below nothing.
# rows LOG ABSENT...: every row of the table has its figure, but for those: they are skipped with the CPUID bit that they lack.
rows()
{
    local log=$1 word absent

    shift
    absent=" $* "
    expect_text "$log" '^ok [0-9]+ cost_pv_eoi # SKIP no KVM that offers PV EOI' || return 1
    for word in pause rdtsc rdtscp lfence_rdtsc cpuid hlt arm arm_near arm_past arm_oneshot arm_periodic disarm timer_read icr self_ipi eoi monitor mwait \
        monitorx mwaitx umonitor umwait umwait_c02 tpause tpause_c02; do
        case $absent in
        *" $word "*) expect_text "$log" "^ok [0-9]+ cost_$word # SKIP needs CPUID\." || return 1 ;;
        *) expect_text "$log" "^ok [0-9]+ cost_$word # p50 -?[0-9]+ m?tsc" || return 1 ;;
        esac
    done
}

# The verdict's median is that of the record, to the last thousandth of a tick.
medians_agree()
{
    local log=$1 word found=0 said value

    while read -r word said; do
        value=$(sed -nE "s/.*\"m\":\"$word\",\"q\":.*\[\"p50\",(-?[0-9]+),.*/\1/p" "$log" | head -n 1)
        found=$((found + 1))
        [ "$value" = "$said" ] || {
            echo "cost_$word: the verdict says p50 $said, the record $value"
            return 1
        }
    done < <(sed -nE 's/^ok [0-9]+ cost_([a-z0-9_]+) # p50 (-?[0-9]+) m?tsc.*/\1 \2/p' "$log")
    [ "$found" -ge 5 ] || echo "only $found verdicts"
    [ "$found" -ge 5 ]
}

# Where no two samples are alike and their number is even.
medians()
{
    local log=$work/medians.log

    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script 'cost insn=hlt,arm,disarm,icr,cpuid,eoi n=10' --log "$log" \
        --timeout 100 && medians_agree "$log" || return 1
    "$build/idlelab" show "$log" >"$work/medians.shown" && shown "$work/medians.shown" "$log" cpuid
}

# shown TEXT LOG INSN: of a difference the table has n, min_diff and the median with its interval, and nothing else.
shown()
{
    local least hz

    least=$(sed -nE '/"m":"'"$3"'"/q; s/.*"k":"min_diff","v":(-?[0-9]+),.*/\1/p' "$2" | tail -n 1)
    hz=$(sed -nE 's/.*"t":"cal","k":"tsc_hz","v":([0-9]+).*/\1/p' "$2" | head -n 1)
    expect_text "$1" "^cost_$3 +10 +0 +-?[0-9.]+ +[0-9.]+ +\[[^]]*\] +(ns|ticks) +pass" &&
        awk -v step="cost_$3" -v want="$(awk "BEGIN { print $least * 1e6 / $hz }")" '$1 == step {
            exit !($4 - want < 1 && want - $4 < 1) }' "$1"
}

# all_rows MODEL ABSENT...
all_rows()
{
    local log=$work/$1.log

    expect_status 0 run/bochs --quiet --cpu "$1" --smp 1 --script 'cost n=50 budget=2s' --log "$log" --timeout 200 &&
        expect_status 0 "$build/idlelab" check "$log" && rows "$log" "${@:2}"
}

# Alone, QEMU's MWAIT is a HLT even without a monitor: it is found out under a timer, and no copy of it runs.
waits_unarmed()
{
    local log=$work/unarmed.log

    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script 'cost insn=mwait,pause n=50' --log "$log" --timeout 100 &&
        expect_text "$log" '^ok [0-9]+ cost_mwait # no_samples 0 count' &&
        expect_text "$log" '"t":"finding",.*"id":"waits_unarmed"' && expect_text "$log" '^ok [0-9]+ cost_pause # p50'
}

# With two processors it yields and returns: there is a cost.
falls_through()
{
    local log=$work/through.log

    expect_status 0 run/qemu --quiet --accel tcg --smp 2 --script 'cost insn=mwait n=50' --log "$log" --timeout 100 &&
        expect_text "$log" '^ok [0-9]+ cost_mwait # p50 [1-9][0-9]* mtsc'
}

# QEMU swallows TPAUSE and faults on MWAITX: neither becomes a figure, and the next step runs.
forced()
{
    local log=$work/forced.log

    expect_status 1 run/qemu --quiet --accel tcg --smp 1 --script 'cost insn=tpause,mwaitx force=yes n=50; cost insn=pause n=50' \
        --log "$log" --timeout 100 2>"$work/forced.err" &&
        expect_text "$log" '^not ok [0-9]+ cost_tpause # not_real 1 count' &&
        expect_text "$log" '^not ok [0-9]+ cost_mwaitx # fault_vector 6 count' &&
        expect_text "$log" '^ok [0-9]+ cost_pause # p50' || return 1
    if grep -qE '"m":"(tpause|mwaitx)","u":"mtsc","n":[1-9]' "$log"; then
        echo "a figure of an instruction that is not there"
        return 1
    fi
}

case_run cost_exact_on_icount exact_on_icount
case_run cost_all_rows_sapphire_rapids all_rows sapphire_rapids monitorx mwaitx
case_run cost_all_rows_ryzen all_rows ryzen arm_past self_ipi umonitor umwait umwait_c02 tpause tpause_c02
case_run cost_medians_agree medians
case_run cost_unarmed_mwait_waits waits_unarmed
case_run cost_unarmed_mwait_returns falls_through
case_run cost_forced forced
cases_end
