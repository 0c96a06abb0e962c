#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `neighbour`: the ratios that Bochs's turns among its CPUs must give, to a percent; its wakes counted; and a method that is not there.
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

# scalar LOG STEP KEY
scalar()
{
    sed -nE "s/.*\"t\":\"stats\",\"step\":$2,\"k\":\"$3\",\"v\":(-?[0-9]+),.*/\1/p" "$1" | head -n 1
}

# near VALUE WANTED PERCENT WHAT
near()
{
    if [ -z "$1" ] || [ $(($1 * 100)) -lt $(($2 * (100 - $3))) ] || [ $(($1 * 100)) -gt $(($2 * (100 + $3))) ]; then
        echo "$4 is ${1:-missing}, expected $2 within $3 %"
        return 1
    fi
}

# step_of LOG NAME
step_of()
{
    sed -nE "s/^(not )?ok ([0-9]+) $2 .*/\2/p" "$1"
}

# Instructions of the work's inner loop, the first one with two multiplications or more, in the image.
loop_count()
{
    objdump -d --no-show-raw-insn "$build/link/pvh.elf" | awk '
        /^[0-9a-f]+ <.*>:$/ { inside = $2 == "<neighbour_work>:"; next }
        inside && $1 ~ /:$/ {
            n++
            address = $1; sub(/:/, "", address); at[address] = n
            multiplies[n] = multiplies[n - 1] + ($2 ~ /^imul/)
            if ($2 ~ /^j/ && ($3 in at) && multiplies[n] - multiplies[at[$3] - 1] >= 2) { print n - at[$3] + 1; exit }
        }'
}

# judged LOG NAME RATIO RETURNS: the ratio of a step in parts per million, and how often its idle CPU woke.
judged()
{
    local step p50

    step=$(step_of "$1" "$2")
    expect_text "$1" "\"step\":${step:-none},\"m\":\"ratio_sibling\",\"u\":\"ppm\",\"n\":$rounds," || return 1
    p50=$(sed -nE "s/.*\"step\":$step,\"m\":\"ratio_sibling\",\"q\":.*\"p50\",([0-9]+),.*/\1/p" "$1" | head -n 1)
    near "$p50" "$3" 1 "$2: ratio_sibling" && near "$(scalar "$1" "$step" returns_hlt)" "$4" 20 "$2: wakes beside HLT" &&
        near "$(scalar "$1" "$step" returns)" "$4" 20 "$2: wakes" &&
        near "$(scalar "$1" "$step" missed)0" 0 0 "$2: parts missed"
}

# Bochs lets its CPUs run in turn, to the end of a loop body at most, and its time goes on by the mean of what they ran; a CPU that is
# halted counts as 16 instructions. So with two CPUs a turn of the worker, L instructions, lasts (L + 16) / 2 ticks beside a halted CPU,
# and (L + n) / 2 beside one that polls with n: 2 for spin, 3 for pause. Parts of 5.2 ms with a wake each millisecond are six wakes.
exact_on_bochs()
{
    local log=$work/exact.log rounds=4 halted loop step

    loop=$(loop_count)
    halted=$((${loop:-0} + 16))
    [ "${loop:-0}" -gt 0 ] || { echo 'the loop of the work was not found'; return 1; }
    expect_status 0 run/bochs --quiet --cpu sapphire_rapids --smp 2 \
        --script "neighbour idle=spin,pause,hlt,mwait:0,umwait:c02,tpause:c01 rounds=$rounds budget=20s" --log "$log" --timeout 400 &&
        expect_status 0 "$build/idlelab" check "$log" || return 1
    judged "$log" neighbour_spin $((1000000 * halted / (loop + 2))) $((rounds * 6)) &&
        judged "$log" neighbour_pause $((1000000 * halted / (loop + 3))) $((rounds * 6)) || return 1
    for step in hlt mwait_0x0 umwait_c02 tpause_c01; do
        judged "$log" "neighbour_$step" 1000000 $((rounds * 6)) || return 1
    done
}

all_idle()
{
    local log=$work/all.log

    expect_status 0 run/bochs --quiet --cpu sapphire_rapids --smp 4 --script 'neighbour idle=pause idlers=all rounds=2' --log "$log" \
        --timeout 200 && expect_text "$log" '"k":"idlers","v":2,'
}

on_tcg()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp 2 --script 'neighbour idle=pause,hlt rounds=4 slice=50ms' --log "$work/tcg.log" \
        --timeout 100 && expect_text "$work/tcg.log" '"m":"ratio_package","u":"ppm","n":[1-9]'
}

lacks_bit()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp 2 --script 'neighbour idle=tpause:c01' --log "$work/lacks.log" --timeout 60 &&
        expect_text "$work/lacks.log" '^ok [0-9]+ neighbour_tpause_c01 # SKIP needs CPUID\.07H:ECX\[5\]'
}

# QEMU swallows TPAUSE: it must not pass for a CPU that idles.
not_real()
{
    expect_status 1 run/qemu --quiet --accel tcg --smp 2 --script 'neighbour idle=tpause:c01 force=yes' --log "$work/real.log" \
        --timeout 60 2>"$work/real.err" && expect_text "$work/real.log" '^not ok [0-9]+ neighbour_tpause_c01 # not_real'
}

refused()
{
    expect_status 2 run/qemu --quiet --accel tcg --script 'neighbour idle=tpause' --log "$work/refused.log" --timeout 60 \
        2>"$work/refused.err" && expect_text "$work/refused.err" "script:1:16: found 'tpause', expected tpause:c01|c02"
}

case_run neighbour_exact_on_bochs exact_on_bochs
case_run neighbour_all_idle all_idle
case_run neighbour_tcg on_tcg
case_run neighbour_lacks_bit lacks_bit
case_run neighbour_not_real not_real
case_run neighbour_refused refused
cases_end
