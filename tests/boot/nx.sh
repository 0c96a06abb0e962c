#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317,SC2016 # cases are called by name; gdb's registers begin with a dollar
# NX that the processor lacks, and NX that firmware has hidden by IA32_MISC_ENABLE[34].
# NEEDS: image host
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

absent()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp 2 --cpu qemu64,-nx --script 'noise time=10ms' --log "$work/absent.log" --timeout 100 &&
        expect_status 0 "$build/idlelab" check "$work/absent.log" &&
        expect_text "$work/absent.log" '"id":"nx_off"' && expect_text "$work/absent.log" '"cpu":1,"apic"'
}

present()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script 'noise time=10ms' --log "$work/present.log" --timeout 100 || return 1
    if grep -q '"id":"nx_off"' "$work/present.log"; then
        echo 'NX is called off where it is on'
        return 1
    fi
}

# QEMU hides no NX by this bit, so the processor has none at all; what counts is that the bit is cleared. gdb runs a WRMSR in front of the
# image's first instruction, and an RDMSR at its first C.
hidden()
{
    local qemu_pid scratch=0x7000 msr=0x1a0

    if ! command -v gdb >/dev/null; then
        echo 'gdb is not installed'
        return "$skip_status"
    fi
    "${QEMU:-qemu-system-x86_64}" -nodefaults -no-reboot -machine q35 -accel tcg -cpu "qemu64,-nx,vendor=$1" -smp 1 -m 256M \
        -display none -serial null -kernel "$build/idlelab.elf" -append 'script="noise time=10ms"' \
        -S -gdb "unix:$work/$1.gdb,server=on,wait=off" >&2 &
    qemu_pid=$!
    for ((i = 0; i < 200; i++)); do
        [ ! -S "$work/$1.gdb" ] || break
        sleep 0.1
    done
    timeout 60 gdb -q -batch "$build/link/multiboot1.elf" -ex "target remote $work/$1.gdb" -ex 'tbreak *boot_start' -ex continue \
        -ex 'set $was_rax = $rax' -ex 'set $was_rip = $rip' -ex "set {short}$scratch = 0x300f" -ex "set \$rip = $scratch" \
        -ex "set \$rcx = $msr" -ex 'set $rax = 1' -ex 'set $rdx = 4' -ex stepi -ex 'set $rax = $was_rax' -ex 'set $rip = $was_rip' \
        -ex 'tbreak boot_main' -ex continue -ex "set {short}$scratch = 0x320f" -ex "set \$rip = $scratch" -ex "set \$rcx = $msr" \
        -ex stepi -ex 'printf "misc_enable %x:%x\n", $rdx, $rax' -ex kill >"$work/$1.txt" 2>&1
    kill "$qemu_pid" 2>/dev/null
    expect_text "$work/$1.txt" "^misc_enable $2:1\$"
}

case_run nx_absent absent
case_run nx_present present
case_run nx_hidden_on_intel hidden GenuineIntel 0
case_run nx_left_alone_on_amd hidden AuthenticAMD 4
cases_end
