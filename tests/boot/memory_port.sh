#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# A console whose registers are memory: no emulator here has one, so gdb plays it (memory_port.py) on the memory of a PCI card. Named by hand, and by SPCR:
# 16 and 32 bits apart, with a clock, and where the table says 8 bits of what is 32 bits apart.
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
if ! command -v gdb >/dev/null; then
    echo '1..0 # SKIP gdb is not installed'
    exit 0
fi
entry=0x$(readelf -h "$build/idlelab.elf" | sed -nE 's/.*Entry point address: +0x//p')

# machine NAME WORDS GDB-COMMAND... -- QEMU...: the image's first instruction is reached, then gdb's commands run.
machine()
{
    local name=$1 words=$2 commands=() qemu left=100

    shift 2
    while [ "$1" != -- ]; do
        commands+=(-ex "$1")
        shift
    done
    shift
    truncate -s 1M "$work/$name.ram"
    timeout 100 qemu-system-x86_64 -accel tcg -M q35 -m 64 -nodefaults -display none -vga none -S -gdb "unix:$work/$name.gdb,server=on,wait=off" \
        -object "memory-backend-file,id=card,size=1M,share=on,mem-path=$work/$name.ram" -device ivshmem-plain,memdev=card \
        -kernel "$build/idlelab.elf" -append "script=\"cost insn=pause n=50\" $words" "$@" &
    qemu=$!
    until [ -S "$work/$name.gdb" ] || [ $((left -= 1)) -eq 0 ]; do sleep 0.1; done
    timeout 90 gdb -batch -nx -ex 'set architecture i386:x86-64' -ex "target remote $work/$name.gdb" -ex "hbreak *$entry" -ex continue -ex delete \
        "${commands[@]}" >"$work/$name.said" 2>&1
    kill "$qemu" 2>/dev/null
    wait "$qemu"
    rm -f "$work/$name.ram"
}

# Where the firmware puts the card's memory.
finds_the_card()
{
    machine card '' 'monitor info pci' kill -- && sed -nE 's/.*BAR2: 64 bit prefetchable memory at (0x[0-9a-f]+) .*/\1/p' "$work/card.said" | head -n 1 >"$work/at"
    [ -s "$work/at" ]
}

# spcr ACCESS-BITS CLOCK: the body of a table of revision 3 that names the card's memory; an access of 0 bits is not stated.
spcr()
{
    /usr/bin/python3 -c 'import struct, sys
at, bits, clock = (int(word, 0) for word in sys.argv[1:])
sys.stdout.buffer.write(struct.pack("<B3xBBBBQBBIBBBBBBHHBBBIBI", 0x12, 0, bits, 0, {8: 1, 32: 3}[bits], at, 1, 4, 0, 7, 0, 1, 0, 0, 0,
                                    0xffff, 0xffff, 0, 0, 0, 0, 0, clock))' "$(cat "$work/at")" "$1" "$2"
}

# writes NAME STRIDE WORDS CONSOLE [QEMU...]: the port gets the log, whose list of consoles is CONSOLE.
writes()
{
    local name=$1 stride=$2 words=$3 console=$4

    shift 4
    PORT_AT=$(cat "$work/at") PORT_STRIDE=$stride PORT_OUT=$work/$name.port machine "$name" "$words" 'source tests/boot/memory_port.py' -- "$@"
    grep -q '^IDLELAB-BEGIN' "$work/$name.port" && grep -F "\"k\":\"consoles\",\"v\":\"mmio:$(cat "$work/at") $console\"" "$work/$name.port"
}

by_hand() { writes by_hand 2 "console=mmio:$(cat "$work/at"),16,48M,115200" 'named 115384'; }

by_spcr()
{
    spcr 32 48000000 >"$work/spcr_a"
    writes by_spcr 4 '' 'spcr 115384' -acpitable "sig=SPCR,rev=3,data=$work/spcr_a"
}

# AMD's FCH and Intel's LPSS.
by_spcr_of_8_bits()
{
    spcr 8 0 >"$work/spcr_b"
    writes by_spcr_of_8_bits 4 '' 'spcr 115200' -acpitable "sig=SPCR,rev=3,data=$work/spcr_b"
}

case_first finds_the_card finds_the_card
case_run by_hand by_hand
case_run by_spcr by_spcr
case_run by_spcr_of_8_bits by_spcr_of_8_bits
cases_end
