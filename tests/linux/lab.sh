#!/bin/bash
# SPDX-License-Identifier: MIT
# The lab inside Linux, on this machine's own processor: records, exit codes, what needs ring 0, faults and lost wakes as results, a planted
# delay and a planted preemption. Times are this host's: they are held only against what must be.
# NEEDS: linux host
# LONG: 30
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
lab=$build/idlelab-linux
work=$build/test/linux/lab
rm -rf "$work"
mkdir -p "$work"

# run NAME SCRIPT...: its log is $work/NAME.log, its exit code $code.
run()
{
    "$lab" "${@:2}" >"$work/$1.log" 2>"$work/$1.err"
    code=$?
}

# records NAME: the JSON of its records, each once.
records()
{
    sed -n 's/^# IL [0-9a-f]* \(.*\) \*[0-9a-f]\{8\}$/\1/p' "$work/$1.log" | awk '!seen[$0]++'
}

# expect NAME WHAT HOW-MANY-AT-LEAST FILTER: so many records of the last log pass that filter of jq.
expect()
{
    local found

    found=$(records "$1" | jq -c "select($4)" | wc -l)
    result "$2" "$([ "$found" -ge "$3" ] || echo "$found records are as $4")"
}

exits()
{
    result "$1" "$([ "$code" -eq "$2" ] || { echo "exit code $code, expected $2"; cat "$work/$1.err"; grep '^not ok' "$work/$1.log"; })"
}

cat >"$work/all.lab" <<'END'
wake idle=spin,pause,futex,yield,sigsuspend by=timer interval=200us samples=40 warmup=4 gap=0ns
wake idle=nanosleep,timerfd by=deadline interval=200us samples=40 warmup=4 gap=0ns
wake idle=hlt,mwait:0x0 by=timer samples=10
wake idle=pause by=ipi samples=10
noise time=50ms
cost insn=pause,rdtsc,cpuid,hlt,arm,eoi n=50
monitor test=line
deadline idle=tpause:c01
after idle=nanosleep by=deadline slices=6 samples=12 budget=4s
after idle=spin work=alu slices=6 samples=200 extra=2000 into=4 budget=4s
cstate
END
[ "$(nproc)" -lt 2 ] || cat >>"$work/all.lab" <<'END'
wake idle=spin,pause by=store samples=100 warmup=4 budget=2s
wake idle=futex by=futex samples=40 warmup=4 budget=2s
wake idle=eventfd by=eventfd samples=40 warmup=4 budget=2s
END
# A busy host may preempt every sample of a step, which then rightly fails: it is asked three times.
for _ in 1 2 3; do
    run all "$work/all.lab"
    grep -q '^not ok .* kept 0 count' "$work/all.log" || break
done
exits all 0
result whole "$("$build/idlelab" check "$work/all.log" >"$work/check" || cat "$work/check")"
expect all says_its_ring 1 '.t == "env" and .k == "ring" and .v == "3"'
expect all names_the_kernel 1 ".t == \"env\" and .k == \"kernel\" and .v == \"$(uname -r)\""
result ring0_is_skipped "$([ "$(grep -c '# SKIP needs ring 0' "$work/all.log")" -ge 7 ] || grep SKIP "$work/all.log")"
for method in spin pause futex yield sigsuspend; do
    result "wake_${method}_runs" "$(grep -qE "^ok [0-9]+ wake_${method}_timer" "$work/all.log" || grep "wake_$method" "$work/all.log" | tail -n 3)"
done
for method in nanosleep timerfd; do
    result "wake_${method}_runs" "$(grep -qE "^ok [0-9]+ wake_${method}_deadline" "$work/all.log" || grep "wake_$method" "$work/all.log" | tail -n 3)"
done
expect all floors_are_there 7 '.k == "empty" and .n == 200 and .min > 0'
# Works behind a sleep: every slice where pairs were kept at all. Planted work is found in its slice, and in no other; the many pairs are for a
# busy host, which preempts most of them.
expect all after_runs 6 '.row == "after" and .work'
found=$(records all | jq -r 'select(.row == "after" and .work == "alu" and .lost > 9 * .floor and .lost > .spin / 4) | .slice' | tail -n 1)
result after_planted_found "$([ "$found" = 4 ] || records all | jq -c 'select(.row == "after" and .work == "alu")' | tail -n 6)"
"$build/idlelab" show "$work/all.log" >"$work/show"
result show_says_ring "$({ grep -qE '^ring +3$' "$work/show" && grep -q 'measured inside Linux' "$work/show"; } || head -n 20 "$work/show")"
"$build/idlelab" report "$work/all.log" -o "$work/report.html" 2>"$work/report.err"
result report_says_ring "$(grep -q 'measured inside Linux' "$work/report.html" || cat "$work/report.err")"
"$build/idlelab" cstates "$work/all.log" >"$work/cstates" 2>&1
result cstates_says_who_sees_it "$(grep -q 'inside Linux .*as Linux sees it' "$work/cstates" || cat "$work/cstates")"
"$build/idlelab" cstates --csv "$work/all.log" >"$work/cstates.csv" 2>"$work/cstates.err"
status=$?
result cstates_makes_no_table_of_it "$({ [ "$status" -eq 1 ] && [ ! -s "$work/cstates.csv" ]; } || cat "$work/cstates.csv")"
xz -dc tests/tool/logs/bochs_full.log.xz >"$work/metal.log"
"$build/idlelab" compare "$work/all.log" "$work/metal.log" >"$work/compare" 2>&1
status=$?
result compare_of_two_rings_is_refused "$({ [ "$status" -eq 2 ] && grep -q '^ring differs: 3 | 0' "$work/compare"; } || head -n 5 "$work/compare")"
"$build/idlelab" compare --force "$work/all.log" "$work/metal.log" >"$work/compare" 2>&1
result compare_says_machines_differ "$(grep -q 'the machines differ, too' "$work/compare" || head -n 5 "$work/compare")"
result compare_says_what_it_compares "$(grep -q "a thread's wait inside Linux" "$work/compare" || head -n 5 "$work/compare")"

if [ "$(nproc)" -ge 2 ]; then
    run neighbour 'neighbour idle=pause rounds=3' # on a busy host no round may count
    expect neighbour neighbour_ends 1 '.t == "exp" and .end == "done" and .step == 2'
    expect neighbour neighbour_names_its_reference 1 '.id == "reference"'
fi

run nothing
exits nothing 2
run wrong 'wake idle=snooze'
exits wrong 2
result wrong_is_said "$(grep -q 'script is wrong' "$work/wrong.err" || echo 'nothing on stderr')"
run cpus noise --cpus 0,0
exits cpus 2
run far noise --cpus 1023
exits far 2
run comma noise --cpus 0,
exits comma 2
# PR_SET_TSC, PR_TSC_SIGSEGV: as a sandbox does that hides the time
python3 -c 'import ctypes, os, sys; ctypes.CDLL(None).prctl(26, 2, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])' "$lab" survey \
    >"$work/no_tsc.log" 2>"$work/no_tsc.err"
status=$?
result no_tsc_is_said "$({ [ "$status" -eq 2 ] && grep -q PR_SET_TSC "$work/no_tsc.err"; } || echo "exit code $status")"

# An instruction that this processor does not have is #UD, one of ring 0 is #GP: both end their step, and the next one runs.
absent=umonitor
! grep -qw waitpkg /proc/cpuinfo || absent=monitorx
run faults "cost insn=$absent,pause n=20 force=yes" 'wake idle=hlt by=timer force=yes samples=10' 'wake idle=pause by=timer samples=10 warmup=2'
exits faults 1
expect faults sigill_is_a_result 1 '.t == "fault" and .vec == 6'
expect faults sigsegv_is_a_result 1 '.t == "fault" and .vec == 13'
result after_a_fault_the_next_runs "$(grep -qE '^ok [0-9]+ wake_pause_timer' "$work/faults.log" || tail -n 5 "$work/faults.log")"

# Steps with a known answer.
run delay 'wake idle=spin by=timer delay=300us samples=20 warmup=2'
late=$(records delay | jq -r 'select(.m == "wake_latency" and .u == "tsc") | .min' | head -n 1)
hz=$(records delay | jq -r 'select(.k == "tsc_hz") | .v' | head -n 1)
result planted_delay_found "$([ "${late:-0}" -ge $((${hz:-0} * 300 / 1000000)) ] || echo "least latency ${late:-none}, a tick is 1/${hz:-0} s")"
if [ "$(nproc)" -lt 2 ]; then
    echo "# one CPU: no wake can be lost"
else
    run lost 'wake idle=futex by=futex lose=3 samples=20 warmup=0' 'cost insn=pause n=20'
    exits lost 1
    expect lost lost_wake_is_a_result 1 '.t == "exp" and .end == "lost_wake"'
    result after_a_lost_wake_the_next_runs "$(grep -qE '^ok [0-9]+ cost_pause' "$work/lost.log" || tail -n 5 "$work/lost.log")"
fi

cpu=$(taskset -cp $$ | sed 's/.*[ :]\([0-9]*\).*/\1/')
# The process is stopped twice while it waits. The kernel calls that a switch that the thread asked for.
for wait in 'spin by=timer' 'nanosleep by=deadline'; do
    name=stop_in_${wait%% *}
    "$lab" "wake idle=$wait interval=10ms gap=0ns samples=100 warmup=2 budget=20s" --cpus "$cpu" >"$work/$name.log" &
    stopped=$!
    for ((i = 0; i < 200; i++)); do
        ! grep -qs '"t":"exp","step":2' "$work/$name.log" || break
        sleep 0.1
    done
    for i in 1 2; do
        sleep 0.1
        kill -STOP "$stopped"
        sleep 0.4
        kill -CONT "$stopped"
    done
    wait "$stopped"
    late=".max >= $((${hz:-0} * 35 / 100))"
    expect "$name" "${name}_is_there" 1 ".woke and $late"
    result "${name}_is_rejected" "$(records "$name" | jq -c "select(.m == \"wake_latency\" and .n and .max and $late)")"
done

# Who yields is not preempted by the one that he lets run.
taskset -c "$cpu" bash -c 'while :; do :; done' &
taker=$!
run yields 'wake idle=yield by=timer interval=2ms gap=0ns samples=100 warmup=2 budget=10s' --cpus "$cpu"
kill "$taker"
expect yields yields_beside_another 1 '.m == "wake_latency" and .n and .max'
result yield_is_no_preemption "$(records yields | jq -c 'select(.rej.preempted?)')"

# A task of a real-time class on the same CPU takes it from the thread again and again: the kernel counts it, and the samples do not count.
if ! chrt -f 10 true 2>/dev/null; then
    echo "ok $((++result_count)) planted_preemption # SKIP no right to a real-time class"
else
    chrt -f 10 taskset -c "$cpu" bash -c 'while :; do for ((i = 0; i < 4000; i++)); do :; done; sleep 0.02; done' &
    taker=$!
    run taken 'wake idle=spin by=timer interval=2ms gap=0ns samples=200 warmup=2' --cpus "$cpu"
    run kept_none 'after idle=spin by=timer interval=1ms work=alu first=20us slices=12 samples=4 budget=20s' --cpus "$cpu"
    kill "$taker"
    exits kept_none 1
    result no_pair_kept_is_no_pass "$(grep -q '^not ok 2 after_spin_timer_1ms_alu # kept 0 count' "$work/kept_none.log" || tail -n 3 "$work/kept_none.log")"
    expect taken planted_preemption 1 '.t == "stats" and (.rej.preempted? // 0) >= 3'
    expect taken preemption_is_no_steal 1 '.t == "stats" and .rej and (.rej | has("steal") | not)'
fi
results_end
