#!/bin/bash
# SPDX-License-Identifier: MIT
# The lab inside Linux against programs that know nothing of it, one after the other on the same two processors: sleeping against cyclictest,
# a thread's wake against `perf bench sched pipe`, a store seen by another CPU against two threads that pass a word by compare-and-swap. On a
# host that is too busy for any of them it is skipped, and says so; BUSY=go tries all the same.
# NEEDS: linux host
# ALONE: it compares latencies
# LONG: 20
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
lab=$build/idlelab-linux
work=$build/test/linux/agree
taken_most_ppm=20000
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

# within NAME OURS THEIRS FACTOR WHAT: neither is more than FACTOR times the other.
within()
{
    echo "# $5: here $2 ns, there $3 ns"
    result "$1" "$(awk -v a="${2:-0}" -v b="${3:-0}" -v f="$4" 'BEGIN {
        if (a <= 0 || b <= 0 || a > b * f || b > a * f) print "here " a " ns, there " b " ns: more than " f " times" }')"
}

[ "$(nproc)" -ge 2 ] || skip_all 'one CPU'
read -r first second < <(taskset -cp $$ | sed 's/.*: //; s/-/ /; s/,/ /g' | awk '{ print $1, $2 }')
cpus=$first,$second
"$lab" 'noise time=300ms' --cpus "$cpus" >"$work/noise.log"
taken=$(scalar noise taken_worst_cpu)
if [ "${taken:-1000000}" -gt $taken_most_ppm ] && [ "${BUSY:-}" != go ]; then
    skip_all "the host is too busy: it takes ${taken:-?} ppm of a tight loop"
fi

# Both sleep by clock_nanosleep(2) to an absolute time, in the same class and with the same slack.
if ! command -v cyclictest >/dev/null; then
    skip agree_cyclictest 'there is no cyclictest (Debian: rt-tests)'
else
    "$lab" 'wake idle=nanosleep by=deadline interval=1ms gap=0ns samples=1500 warmup=50' --cpus "$first" >"$work/sleep.log"
    cyclictest -t1 -a "$first" -i 1000 -l 1500 -q -h 20000 >"$work/cyclictest" 2>"$work/cyclictest.err"
    theirs=$(awk '/^[0-9]+ [0-9]+$/ { at[++n] = $1; count[n] = $2; all += $2 }
        END { for (i = 1; i <= n; i++) { seen += count[i]; if (seen * 2 >= all) { print at[i] * 1000 + 500; exit } } }' "$work/cyclictest")
    within agree_cyclictest "$(p50_ns sleep)" "$theirs" 1.5 'nanosleep against cyclictest, medians'
fi

# One operation is two wakes, to and fro, of processes that this pins to the two CPUs.
if ! perf bench sched pipe -l 10 >"$work/pipe" 2>&1; then
    skip agree_pipe 'there is no perf with bench sched pipe'
else
    "$lab" 'wake idle=eventfd by=eventfd interval=30us gap=0ns samples=2000 warmup=100' --cpus "$cpus" >"$work/eventfd.log"
    perf bench sched pipe -l 100000 >"$work/pipe" 2>&1 &
    bench=$!
    sleep 0.1
    taskset -pc "$first" "$bench" >"$work/pin" 2>&1
    for child in $(pgrep -P "$bench"); do
        taskset -pc "$second" "$child" >>"$work/pin" 2>&1
    done
    wait "$bench"
    theirs=$(awk '/usecs\/op/ { print $1 * 500 }' "$work/pipe")
    within agree_pipe "$(p50_ns eventfd)" "$theirs" 3 'eventfd against half an operation of perf bench sched pipe'
fi

# Half a turn is one way; the lab adds its stamps and what the offset of the two clocks is not known better than.
gcc -O2 -pthread -o "$work/pingpong" tests/linux/pingpong.c
"$lab" 'wake idle=spin by=store interval=uniform:20us..100us samples=3000 warmup=100 budget=10s' --cpus "$cpus" >"$work/store.log"
theirs=$("$work/pingpong" "$first" "$second")
bound=$(sed -n 's/.*"k":"tsc_offset","cpu":1,"v":[-0-9]*,"bound":\([0-9]*\)}.*/\1/p' "$work/store.log" | head -n 1)
hz=$(scalar store tsc_hz)
ours=$(p50_ns store)
echo "# a store seen: here $ours ns give or take $((bound * 1000000000 / hz)), half a turn of compare-and-swap $theirs ns"
result agree_pingpong "$(awk -v a="$ours" -v b="$theirs" -v e="$((bound * 1000000000 / hz))" 'BEGIN {
    if (a + e < b / 3 || a - e > b * 3 + 100) print "here " a " ns give or take " e ", half a turn there " b " ns" }')"
results_end
