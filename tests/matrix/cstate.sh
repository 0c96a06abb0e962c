#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `cstate` end to end where nothing can be verified: on emulators and under KVM every listed state is asked for, woken, timed and called
# unverified, and no register is written. What a processor makes of the same code is tested against models of some
# (tests/unit/test_cstate_machines.c). Registers come back after a fault and after a watchdog.
#
# Known of Bochs: MONITOR by one CPU ends MWAIT on another, so the other CPU is in HLT here.
# LONG: 47 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

# bochs_log NAME MODEL STATUS SCRIPT: whole log at $log.
bochs_log()
{
    log=$work/$1.log
    expect_status "$3" run/bochs --quiet --cpu "$2" --smp 2 --script "$4" --log "$log" --timeout 300
}

# Distinct records with that text.
count()
{
    grep -a "$1" "$log" | sort -u | wc -l
}

# expect_count PATTERN NUMBER
expect_count()
{
    local found

    found=$(count "$1")
    if [ "$found" -ne "$2" ]; then
        echo "$found records with $1 in $log, expected $2"
        return 1
    fi
}

# expect_woken STATE SOURCE NAPS: all of them, but for what a busy host spoils.
expect_woken()
{
    expect_text "$log" "\"row\":\"cstate\",\"state\":\"$1\",\"by\":\"$2\",\"n\":$3,\"rej\":0,"
}

# No verdict but this one, no residency, no register touched.
all_unverified()
{
    [ "$(count '"row":"cstate_verdict"')" -gt 0 ] &&
        expect_count '"row":"cstate_verdict"' "$(count '"verdict":"unverified","why":"\(guest\|early\)"')" &&
        expect_text "$log" '"step":2,"id":"unverified"' &&
        expect_text "$log" '^ok 2 cstate.* # unverified [0-9]+ count' &&
        expect_count '"row":"msr"' 0 &&
        expect_count '"row":"switches"' 0
}

# Leaf 5 lists 00 01 20; HLT has no store. Virtual time is exact: every nap is woken.
intel()
{
    local state source

    bochs_log intel sapphire_rapids 0 "cstate samples=10 others=hlt" &&
        expect_status 0 "$build/idlelab" check "$log" >"$log.check" &&
        all_unverified && expect_count '"row":"cstate_verdict"' 11 || return 1
    for state in mwait:0x0 mwait:0x1 mwait:0x20; do
        for source in timer ipi store; do
            expect_woken "$state" "$source" 10 || return 1
        done
    done
    expect_woken hlt timer 10 && expect_woken hlt ipi 10
}

amd()
{
    bochs_log amd ryzen 0 "cstate samples=10 others=hlt" && all_unverified &&
        expect_count '"row":"cstate_verdict"' 5 && expect_woken mwait:0x0 store 10
}

# Every switch is refused, for a reason that is named; a dry run does not nap.
switches()
{
    bochs_log switches sapphire_rapids 0 "cstate state=hlt prewake=off c1e=off demotion=off limit=0 freq=min dry_run=yes; \
cstate state=hlt by=timer samples=5 prewake=off c1e=on" &&
        expect_count '"step":2,"row":"msr".*"end":"guest".*"cpu":0,"cpus":2}' 5 &&
        expect_count '"step":2,"row":"cstate"' 0 &&
        expect_text "$log" '^ok 2 cstate.* # changes 5 count' &&
        expect_count '"step":3,"row":"msr".*"end":"guest"' 2 &&
        expect_count '"end":"changed"' 0
}

# As many rows as states, sources and intervals, the shortest first.
sweep()
{
    bochs_log sweep sapphire_rapids 0 \
        "cstate sweep=yes state=hlt,mwait:0x20 by=timer others=hlt to=10ms points=9 samples=4" &&
        expect_count '"step":2,"row":"cstate_point","state":"hlt","by":"timer","interval":' 9 &&
        expect_count '"step":3,"row":"cstate_point","state":"mwait:0x20","by":"timer","interval":' 9 &&
        expect_count '"row":"cstate_entry"' 0 &&
        expect_text "$log" '"step":3,"row":"cstate_point".*"interval":500000,"n":4,"rej":0'
}

# A hint that CPUID does not list is refused, and asked for by force.
unlisted()
{
    bochs_log unlisted sapphire_rapids 0 "cstate state=mwait:0x60 samples=5; cstate state=mwait:0x60 by=ipi samples=5 force=yes" &&
        expect_text "$log" '^ok 2 .* # SKIP .*does not list that C-state' &&
        expect_text "$log" '^ok 3 '
}

# scalar STEP KEY: its value
scalar()
{
    sed -nE "s/.*\"step\":$1,\"k\":\"$2\",\"v\":([0-9-]+).*/\1/p" "$log" | head -n 1
}

# The register was another while the step ran, and is as before after its bad end.
restored()
{
    local step before during after

    bochs_log restored sapphire_rapids 1 "selftest plant=msr_fault,msr_hang; wake idle=hlt by=timer interval=1ms samples=20" &&
        expect_text "$log" '^not ok 2 .* # fault_vector 6 count' && expect_text "$log" '^not ok 3 .* # hang 1 count' || return 1
    for step in 2 3; do
        before=$(scalar "$step" msr_before) during=$(scalar "$step" msr_during) after=$(scalar "$step" msr_after)
        if [ "$during" = "$before" ] || [ "$after" != "$before" ]; then
            echo "step $step: before $before, during $during, after $after"
            return 1
        fi
    done
    expect_text "$log" '^ok 4 wake_hlt'
}

tcg()
{
    log=$work/tcg.log
    expect_status 0 run/qemu --accel tcg --quiet --smp 2 --script "cstate state=hlt samples=10" --log "$log" --timeout 200 &&
        expect_status 0 "$build/idlelab" check "$log" >"$log.check" && all_unverified
}

# kvm_log NAME SCRIPT: log at $log; 77 where KVM does not work.
kvm_log()
{
    local status=0

    log=$work/$1.log
    kvm_opens || return "$skip_status"
    run/qemu --accel kvm --boot qboot --quiet --smp 2 --script "$2" --log "$log" --timeout 120 >"$work/$1.err" 2>&1 || status=$?
    if [ "$status" -eq 2 ] && grep -q 'does not work' "$work/$1.err"; then
        head -n 1 "$work/$1.err"
        return "$skip_status"
    fi
    cat "$work/$1.err"
    return "$status"
}

kvm()
{
    kvm_log kvm "cstate state=hlt samples=10 budget=4s" && all_unverified
}

# KVM keeps a MSR_POWER_CTL for each virtual CPU of an Intel guest: one of the two values is new to it, on every CPU; and again, because it
# was put back on every CPU.
every_cpu()
{
    local step="cstate state=hlt by=timer samples=5 c1e=off,on guest_writes=yes budget=4s"

    kvm_log every_cpu "$step; $step; wake idle=hlt by=timer samples=5" || return
    if [ "$(count '"row":"msr".*"end":"\(changed\|same\)"')" -ne 4 ]; then
        echo "no MSR_POWER_CTL here"
        return "$skip_status"
    fi
    expect_count '"row":"msr".*"why":"c1e","end":"changed".*"cpu":0,"cpus":2}' 2 &&
        expect_count '"row":"msr".*"why":"c1e","end":"same".*"cpu":0,"cpus":2}' 2 &&
        expect_text "$log" '^ok 6 wake_hlt'
}

case_run cstate_intel intel
case_run cstate_amd amd
case_run cstate_switches switches
case_run cstate_sweep sweep
case_run cstate_unlisted unlisted
case_run cstate_restored restored
case_run cstate_tcg tcg
case_run cstate_kvm kvm
case_run cstate_every_cpu every_cpu
cases_end
