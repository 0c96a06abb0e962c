#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# CPUs that are not started are said, and do no harm.
# NEEDS: image host
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

# boots NAME CPUS WORDS
boots()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp "$2" --append "$3" --script 'noise time=10ms' --log "$work/$1.log" --timeout 100 &&
        expect_status 0 "$build/idlelab" check "$work/$1.log"
}

left_are_counted()
{
    boots left 4 cpus=2 && expect_text "$work/left.log" '"k":"cpus_listed","v":4' &&
        expect_text "$work/left.log" '"k":"cpus_out","why":"cmdline","v":2' &&
        expect_text "$work/left.log" '"id":"cpus_left",.*"text":"2 of 4 CPUs are left in the firmware.s hands \(2 by cpus=, ' &&
        "$build/idlelab" show "$work/left.log" >"$work/left.txt" && expect_text "$work/left.txt" '2 of 4 \(2 not started: cmdline\)'
}

# Where the stacks of all do not fit, as many run as fit.
memory_bounds_them()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp 100 --mem 18M --script 'noise time=10ms' --log "$work/small.log" --timeout 100 &&
        expect_text "$work/small.log" '"k":"cpus_out","why":"memory"' &&
        expect_text "$work/small.log" '"id":"cpus_missing",.*"text":"[0-9]+ of 100 CPUs did not start \(not tried: no memory'
}

# tables NAME [SIGNATURE]: ACPI tables for QEMU whose MADT lists ids 0 and 1, both again as x2APIC entries, 7 (not there), 300, one that no CPU has, one that is
# off, one that may come, and one cut entry. With another SIGNATURE it is no MADT.
tables()
{
    mkdir -p "$work/$1"
    /usr/bin/python3 - "$work/$1" "${2:-APIC}" <<'EOF'
import struct, sys

tables_name, root_name = b"etc/acpi/tables", b"etc/acpi/rsdp"

def lapic(uid, id, flags=1):
    return struct.pack("<BBBBI", 0, 8, uid, id, flags)

def x2apic(uid, id, flags=1):
    return struct.pack("<BBHIII", 9, 16, 0, id, flags, uid)

def table(name, body):
    return struct.pack("<4sIBB6s8sI4sI", name, 36 + len(body), 3, 0, b"LAB   ", b"TEST    ", 1, b"LAB ", 1) + body

ioapic = struct.pack("<BBBBII", 1, 12, 0, 0, 0xFEC00000, 0)
madt = table(sys.argv[2].encode(), struct.pack("<II", 0xFEE00000, 1) + lapic(0, 0) + lapic(1, 1) + x2apic(0, 0) + x2apic(1, 1) + lapic(7, 7)
             + x2apic(8, 300) + x2apic(16, 0x17161514) + lapic(9, 9, 0) + lapic(10, 10, 2) + bytes([9, 8, 0, 0, 0, 0, 0, 0]) + ioapic)
root = table(b"XSDT", struct.pack("<Q", 0))
pointer = struct.pack("<8sB6sBIIQB3x", b"RSD PTR ", 0, b"LAB   ", 2, 0, 36, len(madt), 0)

def allocate(name, zone):
    return struct.pack("<I56sIB", 1, name, 16, zone).ljust(128, b"\0")

def add_pointer(to, source, at, size):
    return struct.pack("<I56s56sIB", 2, to, source, at, size).ljust(128, b"\0")

def add_sum(name, at, start, length):
    return struct.pack("<I56sIII", 3, name, at, start, length).ljust(128, b"\0")

commands = (allocate(tables_name, 1), allocate(root_name, 2), add_sum(tables_name, 9, 0, len(madt)),
            add_pointer(tables_name, tables_name, len(madt) + 36, 8), add_sum(tables_name, len(madt) + 9, len(madt), len(root)),
            add_pointer(root_name, tables_name, 24, 8), add_sum(root_name, 8, 0, 20), add_sum(root_name, 32, 0, 36))
for name, content in (("tables", madt + root), ("rsdp", pointer), ("loader", b"".join(commands))):
    open(f"{sys.argv[1]}/{name}", "wb").write(content)
EOF
}

# boots_tables NAME SCRIPT: two CPUs, with those tables in the place of QEMU's. Without any the BIOS makes its own.
boots_tables()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp 2 --script "$2" --log "$work/$1.log" --timeout 100 -- \
        -machine acpi=off -fw_cfg "name=etc/acpi/tables,file=$work/$1/tables" \
        -fw_cfg "name=etc/acpi/rsdp,file=$work/$1/rsdp" -fw_cfg "name=etc/table-loader,file=$work/$1/loader"
}

# QEMU 7.2 emulates no x2APIC, so all this is in xAPIC mode.
lies_are_said()
{
    local log=$work/lies.log word

    tables lies && boots_tables lies 'noise time=10ms; preflight time=10ms' || return 1
    for word in cpus_out,id,1 cpus_out,xapic,1 cpus_out,silent,1 cpus_off,disabled,1 cpus_off,empty,1 cpus_off,double,2 cpus_off,refused,1; do
        IFS=, read -r key why count <<<"$word"
        expect_text "$log" "\"k\":\"$key\",\"why\":\"$why\",\"v\":$count\\b" || return 1
    done
    expect_text "$log" '"id":"cpus_missing",.*"1 of 5 CPUs did not start \(no answer in time\): APIC id 7h \(uid 7h\)"' &&
        expect_text "$log" '"id":"cpus_missing",.*APIC id 17161514h \(uid 10h\)"' &&
        expect_text "$log" '"id":"acpi_damaged"' && expect_text "$log" '"what":"cpus_out","is":"spoils","v":"3"' &&
        "$build/idlelab" show "$log" >"$work/lies.txt" && expect_text "$work/lies.txt" '[12] of 5 \(3 not started: id, xapic, silent\)'
}

# Without a MADT nothing tells of the second CPU: that is a finding, not a machine of one CPU.
no_madt_is_said()
{
    tables no_madt NONE && boots_tables no_madt 'noise time=10ms' && expect_text "$work/no_madt.log" '"k":"cpus_listed","v":1\b' &&
        expect_text "$work/no_madt.log" '"id":"no_madt",.*"no usable MADT \(the ACPI root table leads to none\): '
}

none_is_left()
{
    boots all 2 '' || return 1
    if grep -qE '"id":"(cpus_left|no_madt)"' "$work/all.log"; then
        echo 'CPUs are called left out that run, or a MADT missing that is there'
        return 1
    fi
}

# With tsc_hz=1M the waits for other CPUs last some microseconds, so CPUs are given up while they come. They stay out: whatever that clock
# does to timers and limits (interrupts come every microsecond), no machine dies. Six tries, because the host decides who is late.
late_cpus_stay_out()
{
    local i status

    for i in 1 2 3 4 5 6; do
        status=0
        run/qemu --quiet --accel tcg --smp 8 --append tsc_hz=1M --script survey --log "$work/late$i.log" --timeout 60 \
            2>"$work/late$i.err" || status=$?
        if [ "$status" -gt 1 ] && ! grep -q ': hang: ' "$work/late$i.err"; then
            cat "$work/late$i.err"
            return 1
        fi
    done
}

# The emulator for many CPUs is one of its own, and whoever lacks it is told what installs it.
emulator_is_named()
{
    expect_status 3 env "BOCHS_ROOT=$work/nothing" QEMU=run/qemu-trixie run/qemu --accel tcg --script noise --log "$work/named.log" \
        >"$work/named.out" 2>&1
    expect_text "$work/named.out" 'QEMU 10 is not in .*: run/setup test installs it'
}

case_run cpus_left_are_counted left_are_counted
case_run cpus_memory_bounds_them memory_bounds_them
case_run cpus_lies_are_said lies_are_said
case_run cpus_no_madt_is_said no_madt_is_said
case_run cpus_late_stay_out late_cpus_stay_out
case_run cpus_emulator_named emulator_is_named
case_run cpus_none_is_left none_is_left
cases_end
