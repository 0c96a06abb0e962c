#!/bin/bash
# SPDX-License-Identifier: MIT
# idlelab sweep: the steps of several logs, one line a log, held against the first; and what the host counted.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"

echo "TAP version 13"
"$build/tool/mklog" samples=200 steps=3 seed=9 host=1 >"$work/first.log"
"$build/tool/mklog" samples=200 steps=3 seed=9 scale=200 >"$work/twice_as_slow.log"
"$build/tool/mklog" samples=200 steps=1 seed=9 >"$work/short.log"
"$tool" sweep "$work/first.log" "$work/twice_as_slow.log" "$work/short.log" >"$work/out"
ok $? "three logs that passed: exit 0"
says "the step is a heading" '^-- wake_hlt_timer_100us$'
# The witness is `show`, which other tests hold against the records.
p50=$("$tool" show --width 200 "$work/first.log" | awk '$1 == "wake_hlt_timer_100us" { print $5; exit }')
says "the first log's median is the one of show ($p50 ns)" "^first  *200  *0  *$(awk -v ns="$p50" 'BEGIN { printf "%.2f us", ns / 1000 }') "
says "the host's counters are its vCPUs'" '^first  *200 .* 1004 +900/950 +50\.0 ms +pass'
says "a log with everything twice as long is 100 % above it" '^twice_as_slow  *200 .* \+100\.0% .* pass'
says "a step that a log lacks is said" '^short .* not in this log'
says "what a log concludes stands below" '^ *first: PAUSE takes 140 ticks'
! grep -q '^-- survey' "$work/out"
ok $? "the survey is no row"
"$build/tool/mklog" samples=200 steps=3 seed=9 host=2 >"$work/polls.log"
"$build/tool/mklog" samples=200 steps=3 seed=9 host=3 >"$work/never.log"
"$tool" sweep "$work/polls.log" "$work/never.log" >"$work/out"
says "a host's other setting is said" '^ *never: kvm\.halt_poll_ns=0 \(polls: 200000\)$'
says "the counters of a VM without those of its vCPUs" '^never  *200 .* 1004 +900/950 +50\.0 ms +pass'
says "what the survey says of it" '^ *never: leave to a hypervisor: cpuid;'
says "and what it says of the first" '^ *polls: leave to a hypervisor: cpuid hlt;'
! grep -q 'it drifts' "$work/out"
ok $? "figures alone are no other thing"
"$tool" sweep >"$work/out" 2>&1
ok $(($? != 2)) "no log: exit 2"
"$tool" sweep "$work/no_such.log" >"$work/out" 2>&1
ok $(($? != 2)) "one that is not there: exit 2"
xz -dc tests/tool/logs/tcg_default.log.xz >"$work/tcg.log"
"$tool" sweep "$work/tcg.log" >"$work/out"
ok $(($(grep -A 1 -E '^-- cost_(pause|rdtsc|cpuid|arm)$' "$work/out" | grep -cE '^tcg +1000 +0 +[0-9.]+ ns +pass$') != 4)) \
    "of a cost neither p99 nor max is shown: differences have none"
head -n 40 "$work/first.log" >"$work/cut.log"
"$tool" sweep "$work/first.log" "$work/cut.log" >"$work/out" 2>&1
ok $(($? != 3)) "one that is cut: exit 3"
echo "1..$number"
exit "$failed"
