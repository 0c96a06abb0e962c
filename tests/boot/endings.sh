#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# How a run leaves the machine: reset by the FADT's register in ports and in PCI space, by CF9h and the keyboard controller where there is no
# FADT, by a triple fault where there is none of them; power-off by ACPI's S5; halt.
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

# leaves NAME EXIT WANTED QEMU...: the log is whole, and the last event that QEMU tells is WANTED (`guest-reset`, `guest-shutdown`, or `none`).
leaves()
{
    local log=$work/$1.log qmp=$work/$1.qmp how=$2 wanted=$3 qemu seen left=600

    shift 3
    mkfifo "$qmp.in" "$qmp.out"
    timeout 90 qemu-system-x86_64 -accel tcg -m 64 -nodefaults -display none -vga none -serial "file:$log" -no-reboot \
        -chardev "pipe,id=qmp,path=$qmp" -mon chardev=qmp,mode=control \
        -append "script=\"cost insn=pause n=50\" exit=$how" "$@" &
    qemu=$!
    echo '{"execute":"qmp_capabilities"}' >"$qmp.in" &
    cat "$qmp.out" >"$qmp.seen" &
    if [ "$wanted" = none ]; then
        until grep -q '^IDLELAB-END' "$log" || [ $((left -= 1)) -eq 0 ]; do sleep 0.1; done
        sleep 1
        kill -0 "$qemu" || return 1
        kill "$qemu"
    fi
    wait "$qemu"
    seen=$(grep -o '"reason": "guest-[a-z]*"' "$qmp.seen" | sed 's/.*guest/guest/; s/"//' | tail -n 1)
    echo "QEMU says: ${seen:-none}"
    [ "${seen:-none}" = "$wanted" ] && "$build/idlelab" check "$log"
}

pc() { leaves "$1" "$2" "$3" -M "$4" -kernel "$build/idlelab.elf"; }

# series NAME MIB [QEMU ARGUMENT...]: three boots in one machine; the last one ends by the word of exit=. Taken apart each is whole, and knows its place.
series()
{
    local i

    timeout 100 qemu-system-x86_64 -accel tcg -M q35 -m "$2" "${@:3}" -nodefaults -display none -vga none -serial "file:$work/$1.log" \
        -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$build/idlelab.elf" \
        -append 'script="cost insn=pause n=50" repeat=3 exit=debugexit'
    [ $? -eq 33 ] && run/boots "$work/$1.log" || return 1
    for i in 1 2 3; do
        "$build/idlelab" check "$work/$1-0$i.log" && grep "\"k\":\"series\",\"v\":\"$i of 3 " "$work/$1-0$i.log" || return 1
    done
    [ ! -e "$work/$1-04.log" ] && [ "$(grep -h '"k":"series"' "$work/$1"-0?.log | grep -oE 'of 3 [0-9a-f]{16}' | sort -u | wc -l)" -eq 1 ]
}

case_run series_of_boots series series_of_boots 256
case_run series_in_little_memory series series_in_little_memory 64
# Such a CPU keeps no log in memory, and the note of a series lies in its caches.
case_run series_without_clflush series series_without_clflush 256 -cpu max,-clflush
case_run no_series_without_clflush leaves no_series_without_clflush poweroff guest-shutdown -M q35 -m 256 -cpu max,-clflush -kernel "$build/idlelab.elf"
case_run reset_by_fadt pc reset_by_fadt reboot guest-reset q35
case_run reset_without_acpi pc reset_without_acpi reboot guest-reset pc,acpi=off
case_run reset_by_triple_fault leaves reset_by_triple_fault reboot guest-reset -M microvm,acpi=off,pic=on,isa-serial=on -cpu max \
    -kernel "$build/idlelab64.elf"
case_run off_by_s5 pc off_by_s5 poweroff guest-shutdown q35
case_run off_by_s5_of_i440fx pc off_by_s5_of_i440fx poweroff guest-shutdown pc
case_run halt pc halt halt none q35
cases_end
