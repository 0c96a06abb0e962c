#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # what in_turns() calls by name
# The lab inside Linux against programs that know nothing of it, in turns on the same two processors: sleeping against cyclictest, a thread's
# wake against `perf bench sched pipe`, a store seen by another CPU against two threads that pass a word by compare-and-swap. Medians are
# compared: they are worth something where each program's own medians repeat. Where they do not, or where so much of a tight loop is taken
# that a median may be touched, it is skipped, and says so; BUSY=go tries all the same.
# NEEDS: linux host
# ALONE: it compares latencies
# LONG: 20
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
lab=$build/idlelab-linux
work=$build/test/linux/agree
# A virtual machine's host takes 2 to 7 % of a quiet one, in pieces of some tens of microseconds: of a wake, one in ten at most.
taken_most_ppm=100000
turns=3
rm -rf "$work"
mkdir -p "$work"

skip()
{
    wanted "$1" || return 0
    result_count=$((result_count + 1))
    echo "ok $result_count $1 # SKIP $2"
}

skip_all()
{
    local name

    for name in agree_cyclictest agree_pipe agree_pingpong; do
        skip "$name" "$1"
    done
    results_end
}

# p50_ns NAME: the median wake latency of its one step. scalar NAME KEY: a figure of its last step.
p50_ns()
{
    "$build/idlelab" export --jsonl "$work/$1.log" >"$work/$1.jsonl"
    jq -rs '(map(select(.t == "cal" and .k == "tsc_hz"))[0].v) as $hz |
        map(select(.m == "wake_latency" and .p50)) | .[0].p50 * 1000000000 / $hz | round' "$work/$1.jsonl"
}

scalar()
{
    sed -n 's/^# IL [0-9a-f]* \(.*\) \*[0-9a-f]\{8\}$/\1/p' "$work/$1.log" | jq -r "select(.k == \"$2\" and .v) | .v" | tail -n 1
}

# in_turns NAME SPREAD FACTOR GIVE WHAT OURS THEIRS: runs the two, each of which prints a median in ns, in turns. Where one of them differs
# from itself by more than SPREAD times it is skipped; else the middle ones differ by FACTOR times and GIVE ns at most.
in_turns()
{
    local i ours=() theirs=() verdict

    wanted "$1" || return 0
    for ((i = 0; i < turns; i++)); do
        ours+=("$("$6")")
        theirs+=("$("$7")")
    done
    echo "# $5: here ${ours[*]} ns, there ${theirs[*]} ns"
    verdict=$(printf '%s\n' "$(sorted "${ours[@]}") $(sorted "${theirs[@]}")" | awk -v n="$turns" -v spread="$2" -v factor="$3" -v give="$4" '{
        a = $int((n + 1) / 2); b = $(n + int((n + 1) / 2))
        if (NF != 2 * n || $1 <= 0 || $(n + 1) <= 0) print "wrong a median is missing: " $0
        else if ($n > $1 * spread || $(2 * n) > $(n + 1) * spread) print "busy the medians of one program differ by more than " spread " times: " $0
        else if (a > b * factor + give || b > a * factor + give) print "wrong here " a " ns, there " b " ns: more than " factor " times" }')
    if [ "${verdict%% *}" = busy ] && [ "${BUSY:-}" != go ]; then
        skip "$1" "the host is too busy: ${verdict#* }"
    else
        result "$1" "$verdict"
    fi
}

sorted()
{
    printf '%s\n' "$@" | sort -n | tr '\n' ' '
}

[ "$(nproc)" -ge 2 ] || skip_all 'one CPU'
read -r first second < <(taskset -cp $$ | sed 's/.*: //; s/-/ /; s/,/ /g' | awk '{ print $1, $2 }')
cpus=$first,$second
"$lab" 'noise time=300ms' --cpus "$cpus" >"$work/noise.log"
taken=$(scalar noise taken_worst_cpu)
echo "# a tight loop: ${taken:-?} ppm taken"
if [ "${taken:-1000000}" -gt $taken_most_ppm ] && [ "${BUSY:-}" != go ]; then
    skip_all "the host is too busy: it takes ${taken:-?} ppm of a tight loop"
fi

# Both sleep by clock_nanosleep(2) to an absolute time, in the same class and with the same slack. As root cyclictest writes 0 to
# /dev/cpu_dma_latency, by which the kernel keeps out of its idle states: another thing, a third shorter here. --default-system leaves them.
our_sleep()
{
    "$lab" 'wake idle=nanosleep by=deadline interval=1ms gap=0ns samples=700 warmup=50' --cpus "$first" >"$work/sleep.log"
    p50_ns sleep
}

their_sleep()
{
    cyclictest --default-system -t1 -a "$first" -i 1000 -l 700 -q -h 20000 >"$work/cyclictest" 2>"$work/cyclictest.err"
    awk '/^[0-9]+ [0-9]+$/ { at[++n] = $1; count[n] = $2; all += $2 }
        END { for (i = 1; i <= n; i++) { seen += count[i]; if (seen * 2 >= all) { print at[i] * 1000 + 500; exit } } }' "$work/cyclictest"
}

if ! command -v cyclictest >/dev/null; then
    skip agree_cyclictest 'there is no cyclictest (Debian: rt-tests)'
else
    in_turns agree_cyclictest 1.25 1.25 1000 'nanosleep against cyclictest, medians' our_sleep their_sleep
fi

# One operation is two wakes, to and fro, of processes that this pins to the two CPUs.
our_pipe()
{
    "$lab" 'wake idle=eventfd by=eventfd interval=30us gap=0ns samples=2000 warmup=100' --cpus "$cpus" >"$work/eventfd.log"
    p50_ns eventfd
}

their_pipe()
{
    local bench child

    perf bench sched pipe -l 30000 >"$work/pipe" 2>&1 &
    bench=$!
    sleep 0.1
    taskset -pc "$first" "$bench" >"$work/pin" 2>&1
    for child in $(pgrep -P "$bench"); do
        taskset -pc "$second" "$child" >>"$work/pin" 2>&1
    done
    wait "$bench"
    awk '/usecs\/op/ { print $1 * 500 }' "$work/pipe"
}

if ! perf bench sched pipe -l 10 >"$work/pipe" 2>&1; then
    skip agree_pipe 'there is no perf with bench sched pipe'
else
    in_turns agree_pipe 2 3 0 'eventfd against half an operation of perf bench sched pipe' our_pipe their_pipe
fi

# Half a turn is one way; the lab adds its stamps and what the offset of the two clocks is not known better than. A host may move a virtual
# CPU between two turns, so that the other one is nearer or farther.
our_store()
{
    "$lab" 'wake idle=spin by=store interval=uniform:20us..100us samples=3000 warmup=100 budget=10s' --cpus "$cpus" >"$work/store.log"
    p50_ns store
}

their_store()
{
    "$work/pingpong" "$first" "$second"
}

gcc -O2 -pthread -o "$work/pingpong" tests/linux/pingpong.c
our_store >"$work/store.first"
bound=$(sed -n 's/.*"k":"tsc_offset","cpu":1,"v":[-0-9]*,"bound":\([0-9]*\)}.*/\1/p' "$work/store.log" | head -n 1)
give=$((bound * 1000000000 / $(scalar store tsc_hz) + 100))
in_turns agree_pingpong 4 3 "$give" 'a store seen against half a turn of compare-and-swap' our_store their_store
results_end
