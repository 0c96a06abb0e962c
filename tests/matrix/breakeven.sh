#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `breakeven` and `preflight` end to end where no energy can be had: on emulators and under KVM they say so, bound the residency by latency
# alone, call it unverified, and write no register. What energy says is tested on model machines (tests/unit/test_breakeven.c).
#
# Known of Bochs: MONITOR by one CPU ends MWAIT on another, so it has one CPU here.
# LONG: 20 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

bochs_log()
{
    log=$work/$1.log
    expect_status 0 run/bochs --quiet --cpu "$2" --smp 1 --script "$3" --log "$log" --timeout 300
}

qemu_log()
{
    log=$work/$1.log
    expect_status 0 run/qemu --quiet --accel "$2" --boot qboot --smp 2 --script "$3" --log "$log" --timeout 120
}

# expect_count PATTERN NUMBER: distinct records.
expect_count()
{
    local found

    found=$(grep -a "$1" "$log" | sort -u | wc -l)
    if [ "$found" -ne "$2" ]; then
        echo "$found records with $1 in $log, expected $2"
        return 1
    fi
}

# No energy, and nothing claimed of it; every conclusion unverified.
all_unverified()
{
    expect_text "$log" '"id":"no_energy"' && expect_text "$log" '"id":"unverified"' &&
        expect_count '"basis":"energy"' 0 && expect_count '"uw":' 0 &&
        expect_count '"id":"breakeven"' "$(grep -a '"id":"breakeven","conf":"unverified"' "$log" | sort -u | wc -l)"
}

# Virtual time is exact: every nap of every state at every length is woken, and leaving costs less than the shortest length.
intel()
{
    bochs_log intel sapphire_rapids "breakeven points=3 slice=4ms interval=log:100us..1ms" && all_unverified &&
        expect_count '"row":"energy"' 9 &&
        expect_count '"row":"energy".*"n":[1-9][0-9]*,"rej":0,' 9 &&
        expect_count '"row":"breakeven".*"basis":"latency","out":"below"' 3 &&
        expect_text "$log" '"from":"mwait:0x01","to":"mwait:0x20"' &&
        expect_text "$log" '^ok 2 breakeven.* # found 0 count'
}

# The page before the numbers: a guest is told nothing but that it is one.
page()
{
    bochs_log page ryzen "preflight; breakeven states=mwait:0x77+hlt; breakeven states=hlt points=2 slice=1ms" &&
        expect_text "$log" '"what":"hypervisor","is":"spoils"' &&
        expect_text "$log" '"what":"cc6","is":"unknown"' &&
        expect_text "$log" '^ok 2 preflight # spoils 1 count' &&
        expect_text "$log" '^ok 3 .* # SKIP CPUID.05H:EDX does not list' && all_unverified &&
        expect_status 0 "$build/idlelab" cstates "$log" >"$work/page.txt" &&
        expect_text "$work/page.txt" '^  WILL SPOIL +bare machine'
}

# Host time: only that every length was tried, and that the host tool gives no verdict.
kvm()
{
    kvm_opens || return "$skip_status"
    qemu_log kvm kvm "breakeven states=hlt points=4 budget=10s" && all_unverified &&
        expect_count '"row":"energy","state":"hlt"' 4 &&
        expect_status 0 "$build/idlelab" cstates "$log" >"$work/kvm.txt" &&
        expect_text "$work/kvm.txt" 'no verdict on the table'
}

# What makes no sense is refused before anything runs.
refused()
{
    log=$work/refused.log
    expect_status 2 run/qemu --quiet --accel tcg --no-plan --log "$log" --timeout 60 --script \
        "breakeven states=hlt+hot; breakeven states=mwait:0x100; breakeven states=ioport:70000; breakeven interval=1ms" &&
        expect_count 'script_error: script.*states= is auto, or one to eight' 3 &&
        expect_count 'script_error: script.*interval= needs a range' 1
}

case_run breakeven_intel intel
case_run breakeven_page page
case_run breakeven_kvm kvm
case_run breakeven_refused refused
cases_end
