#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `policy` on Bochs 3, whose virtual time is exact: the trace of a run, replayed on the host, gives the live decisions, all of them;
# haltpoll's oddity shows; the controls do what Linux's do. On QEMU: every pattern, and that nothing is lost.
#
# Known of Bochs: MONITOR by one CPU ends MWAIT on another, so that several CPUs under MWAIT wake each other for nothing. The passes that
# come of it are replayed like all others.
# LONG: 25 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
everyone=menu+menu-6.12+teo+teo-6.12+ladder+haltpoll+poll+fixed:1
table_header=index,name,exit_latency_ns,target_residency_ns,flags,disabled
trace_header=period,next_timer_ns,tick_ns,latency_ns,wake_ns,cause,resched,reject,exit_pct

# bochs_log NAME CPUS SCRIPT [BOCHS ARGUMENTS]: runs it to PASS, whole log at $log.
bochs_log()
{
    log=$work/$1.log
    expect_status 0 run/bochs --quiet --cpu sapphire_rapids --smp "$2" --script "$3" --log "$log" --timeout 600 "${@:4}" &&
        expect_status 0 "$build/idlelab" check "$log" >"$log.check"
}

# qemu_log NAME CPUS SCRIPT
qemu_log()
{
    log=$work/$1.log
    expect_status 0 run/qemu --accel tcg --quiet --smp "$2" --script "$3" --log "$log" --timeout 200 &&
        expect_status 0 "$build/idlelab" check "$log" >"$log.check"
}

# cut_out LOG STEP GOVERNOR CPU MEMBER: one member of the trace records, a line each.
cut_out()
{
    sed -nE "s/.*\"t\":\"trace\",\"step\":$2,\"g\":\"$3\",\"cpu\":$4,.*\"$5\":\"([^\"]*)\".*/\1/p" "$1"
}

cut_table()
{
    echo "$table_header"
    sed -nE "s/.*\"t\":\"trace\",\"step\":$2,\"state\":\"([^\"]*)\".*/\1/p" "$1"
}

# replay LOG STEP GOVERNOR CPU AS ARGUMENTS...: the decisions that governor AS makes of GOVERNOR's trace.
replay()
{
    local log=$1 step=$2 governor=$3 cpu=$4 as=$5 stem=$1.$2.$3.$4

    shift 5
    cut_table "$log" "$step" >"$stem.table"
    {
        echo "$trace_header"
        cut_out "$log" "$step" "$governor" "$cpu" row
    } >"$stem.trace"
    "$build/idlelab" replay --governor "$as" "$@" --table "$stem.table" --trace "$stem.trace" | sed 1d | cut -d, -f1-8
}

# expect_same LOG STEP LANES ARGUMENTS...: so many traces, each as long as its live decisions and the same, and none cut off.
expect_same()
{
    local log=$1 step=$2 lanes=$3 governor cpu found=0 stem

    shift 3
    expect_text "$log" "\"step\":$step,\"k\":\"rows_not_kept\",\"v\":0," || return 1
    while read -r governor cpu; do
        stem=$log.$step.$governor.$cpu
        cut_out "$log" "$step" "$governor" "$cpu" live >"$stem.live"
        replay "$log" "$step" "$governor" "$cpu" "$governor" "$@" >"$stem.replayed"
        if [ ! -s "$stem.live" ] || ! cmp -s "$stem.live" "$stem.replayed"; then
            echo "step $step, $governor on CPU $cpu: live (<) and replayed (>) differ"
            diff "$stem.live" "$stem.replayed" | head -n 6
            return 1
        fi
        found=$((found + 1))
        echo "step $step, $governor on CPU $cpu: $(wc -l <"$stem.live") decisions agree"
    done < <(sed -nE "s/.*\"t\":\"trace\",\"step\":$step,\"g\":\"([^\"]*)\",\"cpu\":([0-9]+).*/\1 \2/p" "$log" | sort -u)
    if [ "$found" -ne "$lanes" ]; then
        echo "$found traces, expected $lanes"
        return 1
    fi
}

# row LOG STEP GOVERNOR STATE FIELD
row()
{
    sed -nE "s/.*\"step\":$2,\"row\":\"policy\",\"governor\":\"$3\",\"state\":\"$4\",.*\"$5\":([0-9]+).*/\1/p" "$1" | head -n 1
}

# expect_used LOG STEP GOVERNOR STATE LOW HIGH
expect_used()
{
    local used

    used=$(row "$1" "$2" "$3" "$4" usage)
    if [ "${used:--1}" -lt "$5" ] || [ "$used" -gt "$6" ]; then
        echo "step $2, $3: $4 was used '$used' times, expected $5 to $6"
        return 1
    fi
}

common='record=trace rows=20000'

# Each governor, MWAIT states, on one CPU: the tick kept and stopped, with and without timers known.
every_governor()
{
    bochs_log every 1 "policy governor=$everyone driver=mwait pattern=periodic:347,net time=640ms slice=40ms $common" &&
        expect_same "$log" 2 8 && expect_same "$log" 3 8 || return 1
    # The comparison sees a difference: another governor decides otherwise.
    if replay "$log" 2 menu 0 ladder | cmp -s "$log.2.menu.0.live" -; then
        echo 'ladder makes the same of the trace of menu'
        return 1
    fi
}

no_tickless()
{
    bochs_log nohz 1 "policy governor=$everyone driver=mwait nohz=off tick=1000 pattern=poisson:300 time=320ms slice=40ms $common" &&
        expect_same "$log" 2 8 --nohz=off --hz 1000 &&
        expect_text "$log" '"k":"menu_tick_wakes","v":[1-9]'
}

# Two CPUs: wakes by interrupt, and by a store where the state watches it.
two_cpus()
{
    bochs_log two 2 "policy governor=menu+teo+haltpoll driver=hlt pattern=pingpong,ring,burst time=60ms slice=10ms $common; \
policy governor=teo+fixed:2 driver=mwait pattern=pingpong time=20ms slice=5ms $common" &&
        expect_same "$log" 2 6 && expect_same "$log" 3 6 && expect_same "$log" 4 6 && expect_same "$log" 5 4 &&
        expect_text "$log" '"step":2,"k":"menu_timeouts","v":0,' &&
        expect_text "$log" '"step":3,"k":"haltpoll_timeouts","v":0,' &&
        expect_text "$log" '"step":5,"k":"teo_timeouts","v":0,'
}

# Wakes every 120 us: the budget grows to 100 us, which never catches one, and what is left to halt, 20 us less the lab's own loop, is too
# short to make it grow to 200 us and too short to make it shrink. So it polls 100 us and halts anyway, for ever. Ten instructions in the
# time of one elsewhere, so that the lab's own loop takes little of the 120 us.
haltpoll_oddity()
{
    bochs_log oddity 1 "policy governor=haltpoll driver=haltpoll pattern=periodic:8333 work=1us time=30ms $common" -- 'cpu: ips=500000000' &&
        expect_same "$log" 2 1 &&
        expect_text "$log" '"k":"haltpoll_poll_limit","v":100000,' || return 1
    # From the fourth pass on: P of 100 us and O in state 1 in turn.
    sed 1,3d "$log.2.haltpoll.0.live" | awk -F, '
        $7 == "P" && $3 == 0 && $8 == 100000 && before != "P" { before = "P"; polls++; next }
        $7 == "O" && $3 == 1 && $8 < 20000 && before == "P" { before = "O"; next }
        { print "not as expected: " $0; bad = 1 }
        END { if (polls < 200) { print polls + 0 " polls"; bad = 1 } exit bad }' || return 1
    expect_text "$log" '"k":"haltpoll_poll_share","v":8[0-9]{5},'
}

# The switches, with the states that are left to choose from: POLL C1 C1E C6.
controls_of_states()
{
    local step='policy time=40ms governor=menu pattern=periodic:73 driver=mwait'

    bochs_log states 1 "$step; $step disable=0x8; $step max_cstate=1; $step latency_limit=0ns; $step latency_limit=1us; \
$step max_cstate=0; $step table=model:skx; $step table=measured" &&
        expect_used "$log" 2 menu C6 1 9 && expect_used "$log" 3 menu C6 0 0 && expect_used "$log" 3 menu C1E 1 99 &&
        expect_used "$log" 4 menu C1 1 99 && [ -z "$(row "$log" 4 menu C1E usage)" ] &&
        expect_used "$log" 5 menu POLL 1 999 && expect_used "$log" 5 menu C1 0 0 &&
        expect_used "$log" 6 menu C1 1 99 && expect_used "$log" 6 menu C1E 0 0 &&
        expect_text "$log" '"step":7,"row":"policy_state","driver":"acpi"' &&
        expect_text "$log" '"step":8,"row":"policy_state","driver":"mwait","source":"skx","state":"C6","exit_ns":133000,"target_ns":600000,' &&
        expect_text "$log" '"step":9,"row":"policy_state","driver":"mwait","source":"measured","state":"C6","exit_ns":[1-9][0-9]{1,6},'
}

# idle= as the kernel's parameter, and what cannot be.
controls_of_drivers()
{
    local step='policy time=40ms governor=menu pattern=periodic:73'

    bochs_log drivers 1 "$step idle=nomwait; $step idle=poll; $step idle=halt; $step driver=poll; $step driver=hlt disable=3; \
$step driver=hlt table=model:skx; $step driver=mwait table=file; $step cpus=2" &&
        expect_text "$log" '"step":2,"row":"policy_state","driver":"acpi"' &&
        expect_used "$log" 3 poll POLL 1 999 && expect_used "$log" 3 poll HLT 0 0 &&
        expect_used "$log" 4 fixed:1 POLL 0 0 && expect_used "$log" 4 fixed:1 HLT 1 99 &&
        expect_used "$log" 5 poll POLL 1 999 && expect_used "$log" 5 poll HLT 0 0 &&
        expect_text "$log" '^ok 6 .*# SKIP disable= leaves no state' &&
        expect_text "$log" '^ok 7 .*# SKIP table=model: is for driver=mwait' &&
        expect_text "$log" '^ok 8 .*# SKIP table=file needs a module' &&
        expect_text "$log" '^ok 9 .*# SKIP cpus= asks for more CPUs than run'
}

# All patterns, all governors and the one that knows the future, in one boot.
patterns()
{
    qemu_log patterns 2 'policy driver=hlt time=500ms slice=50ms pattern=periodic:113,poisson:500,burst,net,pingpong,ring; policy driver=hlt governor=oracle+menu pattern=poisson:500 time=200ms slice=50ms; policy governor=oracle pattern=ring; policy pattern=trace' &&
        expect_text "$log" '^ok 7 policy_hlt_pattern_ring # events [0-9]+ count' &&
        expect_text "$log" '"step":8,"k":"oracle_events","v":[1-9]' &&
        expect_text "$log" '^ok 9 .*# SKIP it needs to know the future' &&
        expect_text "$log" '^ok 10 .*# SKIP pattern=trace needs a module' &&
        expect_text "$log" '"step":2,"id":"advice_governor","conf":"(measured|low)"' &&
        expect_text "$log" '"step":2,"id":"advice_poll","conf":"(modelled|low)"'
}

# refused STATEMENT TEXT: a script error before anything is measured.
refused()
{
    expect_status 2 run/qemu --accel tcg --quiet --smp 1 --script "$1" --log "$work/refused.log" --timeout 120 2>"$work/refused.err" &&
        expect_text "$work/refused.err" "$2"
}

nonsense()
{
    refused 'policy governor=menu+best' 'governor= names a governor' &&
        refused 'policy governor=menu+' 'governor= is one to ten names' &&
        refused 'policy pattern=periodic:0' 'the rate of pattern= is 1 to 100000 Hz' &&
        refused 'policy pattern=storm' 'pattern= is one of' &&
        refused 'policy table=model:z80' 'no built-in table' &&
        refused 'policy pattern=ring cpus=1' 'at least two CPUs'
}

case_run policy_every_governor_replays every_governor
case_run policy_two_cpus_replay two_cpus
case_run policy_nohz_off_replays no_tickless
case_run policy_haltpoll_oddity haltpoll_oddity
case_run policy_controls_of_states controls_of_states
case_run policy_controls_of_drivers controls_of_drivers
case_run policy_patterns patterns
case_run policy_nonsense nonsense
cases_end
