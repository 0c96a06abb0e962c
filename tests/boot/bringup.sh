#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# How a machine comes up, phase by phase: a record each, the phase's number on I/O port 80h, and a machine that hangs in one has said which.
# NEEDS: image host
# LONG: 31 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
phases='cpuid firmware features apic mtrr clocks tsc timer list cpus sync deadline watchdog up'

# Port 80h shows 1 to 15 in order; the records begin with 2, for number 1 comes before the console.
# The ACPI tables are read once before there is a console, which they may name (3), and then the phases come in their order.
all_phases()
{
    local log=$work/all.log

    expect_status 0 run/qemu --quiet --accel tcg --smp 2 --script noise --log "$log" --timeout 60 -- \
        -chardev "file,id=post,path=$work/post" -device isa-debugcon,iobase=0x80,chardev=post &&
        diff <(printf '%s\n' 1 3; seq 2 15) <(od -An -v -tu1 -w1 "$work/post" | tr -d ' ') &&
        diff <(tr ' ' '\n' <<<"$phases") <(tr -d '\r' <"$log" | sed -n 's/^# IL .*"t":"boot".*"phase":"\([a-z]*\)".*/\1/p' | awk '!seen[$0]++')
}

# hangs PHASE: launcher and host tool name it.
hangs()
{
    local log=$work/$1.log

    expect_status 3 run/qemu --quiet --accel tcg --smp 2 --script noise --append "plant=boot_hang:$1" --log "$log" --timeout 5 \
        2>"$work/$1.err" && expect_text "$work/$1.err" "while the machine was brought up, in phase $1; serial log" &&
        expect_status 3 "$build/idlelab" check "$log" >"$work/$1.check" 2>&1 &&
        expect_text "$work/$1.check" "no IDLELAB-END: .*while the machine was brought up, in phase $1\$"
}

# The DMAR's wish is recorded. QEMU's TCG has no x2APIC, so it decides nothing here (tests/unit/test_acpi.c has the decision).
dmar()
{
    local log=$work/dmar.log

    printf '\x26\x03\0\0\0\0\0\0\0\0\0\0' >"$work/dmar"
    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script survey --log "$log" --timeout 60 -- \
        -acpitable "sig=DMAR,data=$work/dmar" && expect_text "$log" '"k":"dmar_flags","v":3' &&
        expect_text "$log" '"k":"apic_found","v":"xapic"'
}

# A mode that is asked for and not there is said; QEMU's TCG has neither of the two.
wishes()
{
    local log=$work/wishes.log

    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script survey --append 'apic=x2apic timer=deadline' --log "$log" --timeout 60 &&
        expect_text "$log" '"id":"wish_unmet","text":"apic=x2apic' && expect_text "$log" '"id":"wish_unmet","text":"timer=deadline' &&
        ! grep -q wish_unmet "$work/dmar.log"
}

# lapic SOCKET LOG RECORD: what QEMU's monitor says of both local APICs once that record has come.
lapic()
{
    /usr/bin/python3 - "$@" <<'EOF'
import socket, sys, time

path, log, record = sys.argv[1:]
for _ in range(300):
    try:
        if record in open(log, errors="replace").read():
            break
    except OSError:
        pass
    time.sleep(0.1)
monitor = socket.socket(socket.AF_UNIX)
monitor.settimeout(5)
monitor.connect(path)
for cpu in (0, 1):
    monitor.sendall(b"info lapic %d\n" % cpu)
    time.sleep(0.5)
    print(monitor.recv(65536).decode(errors="replace").replace("\r", ""))
EOF
}

# What firmware left is ended, counted and named; its thermal SMI stays, and is on the other CPU too.
left_over()
{
    local log=$work/left.log reader

    lapic "$work/left.monitor" "$log" '"t":"exp","step":2,"at"' >"$work/left.lapic" 2>&1 &
    reader=$!
    expect_status 0 run/qemu --quiet --accel tcg --smp 2 --script 'noise time=5s cpus=self' --append plant=left_over --log "$log" --timeout 60 -- \
        -monitor "unix:$work/left.monitor,server,nowait" || return 1
    wait "$reader"
    cat "$work/left.lapic"
    expect_text "$log" '"k":"left_over","pic":0,"in_service":1,"requested":1,"thermal":"200"' &&
        expect_text "$log" '"id":"left_over"' && expect_text "$log" '"id":"thermal_smi"' &&
        [ "$(grep -c 'LVTTHMR.*0x00000200' "$work/left.lapic")" = 2 ]
}

# Ended before anything else is done: the machine is stopped in the next phase. CPU 1 is still as the reset left it.
left_ended()
{
    local log=$work/ended.log reader

    lapic "$work/ended.monitor" "$log" '"phase":"mtrr"' >"$work/ended.lapic" 2>&1 &
    reader=$!
    expect_status 3 run/qemu --quiet --accel tcg --smp 2 --script noise --append 'plant=left_over plant=boot_hang:mtrr' --log "$log" \
        --timeout 6 -- -monitor "unix:$work/ended.monitor,server,nowait" 2>"$work/ended.err" || return 1
    wait "$reader"
    cat "$work/ended.lapic"
    [ "$(grep -c 'ISR.*(none)' "$work/ended.lapic")" = 2 ] && [ "$(grep -c 'IRR.*(none)' "$work/ended.lapic")" = 2 ]
}

# An emulator's firmware leaves nothing.
left_nothing()
{
    expect_text "$work/all.log" '"k":"left_over","pic":0,"in_service":0,"requested":0,"thermal":"10000"'
}

# C-states that iasl has compiled into an SSDT are found, and shown beside what was measured; iasl here compiles the same bytes.
acpi_states()
{
    local log=$work/states.log

    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script 'cstate state=hlt by=timer samples=20' --log "$log" --timeout 60 -- \
        -acpitable file=tests/golden/acpi/cst.aml &&
        expect_text "$log" '"row":"acpi_state","by":"cst","how":"mwait","arg":"10","type":2,"us":64,"n":1' &&
        expect_text "$log" '"row":"acpi_state","by":"lpi","how":"mwait","arg":"21","us":133,"target_us":600,"n":1' &&
        expect_text "$log" '"k":"fadt_c2_us","v":4095' || return 1
    "$build/idlelab" cstates "$log" >"$work/states.txt" && expect_text "$work/states.txt" '^FADT, static: C2 4095 us \(no C2\)' &&
        expect_text "$work/states.txt" '^  hlt +_CST +C1 +1 +[0-9.]+ +1$' &&
        expect_text "$work/states.txt" '^  ioport:0x415 +_CST +C3 +800 +1$' &&
        expect_text "$work/states.txt" '^  mwait:0x21 +_LPI +133 +600 +1$'
}

# Behind the table's header, which names the compiler.
acpi_states_compiled()
{
    iasl -p "$work/cst" tests/golden/acpi/cst.asl >/dev/null 2>&1
    cmp <(tail -c +37 "$work/cst.aml") <(tail -c +37 tests/golden/acpi/cst.aml)
}

case_first bringup_all_phases all_phases
case_run bringup_hangs_early hangs cpuid
case_run bringup_hangs_in_the_middle hangs tsc
case_run bringup_hangs_late hangs watchdog
case_first bringup_dmar dmar
case_run bringup_wishes wishes
case_run bringup_left_over left_over
case_run bringup_left_ended left_ended
case_run bringup_left_nothing left_nothing
case_run bringup_acpi_states acpi_states
case_run bringup_acpi_states_compiled acpi_states_compiled
cases_end
