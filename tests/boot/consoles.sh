#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# Where the log goes: ports that answer, the firmware's console in SPCR, cards, ports named by hand, one that is absent, a reader who answers,
# and one who stops reading. Each boot takes a second or two under QEMU's emulator.
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
[ -n "${machine:=q35}" ]

# boot WORDS [QEMU ARGUMENT...]: a run that ends by itself; false where it does not pass.
boot()
{
    local words=$1

    shift
    timeout 120 qemu-system-x86_64 -accel tcg -M "$machine" -m 64 -nodefaults -display none -vga none \
        -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$build/idlelab.elf" \
        -append "script=\"cost insn=pause n=50\" exit=debugexit $words" "$@"
    [ $? -eq 33 ]
}

# byte VALUE...: bytes by their numbers; word VALUE: 16 bits, long VALUE: 32.
byte() { printf '%b' "$(printf '\\x%02x' "$@")"; }
word() { byte $(($1 & 255)) $(($1 >> 8 & 255)); }
long() { word $(($1 & 65535)); word $(($1 >> 16 & 65535)); }

# spcr KIND PORT BAUD-CODE: the body of a table of revision 2 that names an I/O port.
spcr()
{
    byte "$1" 0 0 0 1 8 0 1
    long "$2"
    long 0
    byte 1 4
    long 0
    byte "$3" 0 1 0 0 0
    word 65535
    word 65535
    byte 0 0 0
    long 0
    byte 0
    long 0
}

# dbg2 PORT: the body of a table with one serial device.
dbg2()
{
    long 44
    long 1
    byte 0
    word 38
    byte 1
    word 0
    word 0
    word 0
    word 0
    word 32768
    word 0
    word 0
    word 22
    word 34
    byte 1 8 0 1
    long "$1"
    long 0
    long 8
}

# whole FILE: a log without damage.
whole() { "$build/idlelab" check "$1" >"$1.check"; }
empty() { [ ! -s "$1" ]; }
# has FILE TEXT
has() { grep -qF "$2" "$1"; }

two_ports()
{
    boot '' -serial "file:$work/a" -serial "file:$work/b" && whole "$work/a" && cmp "$work/a" "$work/b" &&
        has "$work/a" '"k":"consoles","v":"0x3f8 probe 115200, 0x2f8 probe 115200"'
}

# SuperMicro's and Dell's serial over LAN is COM2, and says so.
firmware_names_com2()
{
    spcr 0 $((0x2f8)) 3 >"$work/spcr_c"
    boot '' -serial "file:$work/c" -serial "file:$work/d" -acpitable "sig=SPCR,rev=2,data=$work/spcr_c" && empty "$work/c" && whole "$work/d" &&
        has "$work/d" '"k":"consoles","v":"0x2f8 spcr 9600"'
}

firmware_names_an_arm_port()
{
    spcr 3 $((0x2f8)) 7 >"$work/spcr_e"
    boot '' -serial "file:$work/e" -acpitable "sig=SPCR,rev=2,data=$work/spcr_e" && whole "$work/e" && has "$work/e" '"id":"console_refused"' &&
        has "$work/e" 'ARM PL011 (kind 3)'
}

# Nothing answers at the port: the log goes where something does.
firmware_names_an_absent_port()
{
    spcr 0 $((0x2e8)) 7 >"$work/spcr_f"
    boot '' -serial "file:$work/f" -acpitable "sig=SPCR,rev=2,data=$work/spcr_f" && whole "$work/f" && has "$work/f" 'nothing answers there (kind 0)'
}

# A register that reads as a port with room is behind the port's place, and nothing else: who reads another port has the log, too.
firmware_names_no_port()
{
    spcr 0 $((0x4e0)) 7 >"$work/spcr_u"
    boot '' -serial "file:$work/u" -acpitable "sig=SPCR,rev=2,data=$work/spcr_u" -chardev null,id=u \
        -device isa-debugcon,iobase=0x4e5,readback=0x60,chardev=u && whole "$work/u" &&
        has "$work/u" '"k":"consoles","v":"0x4e0 spcr 115200, 0x3f8 probe 115200"'
}

# Nothing is written where the first byte may restart the machine.
firmware_names_the_reset_port()
{
    spcr 0 $((0xcf3)) 7 >"$work/spcr_v"
    boot '' -serial "file:$work/v" -acpitable "sig=SPCR,rev=2,data=$work/spcr_v" && whole "$work/v" &&
        has "$work/v" "the ports of PCI's configuration and of the reset (kind 0)"
}

# Ports that every PC has, memory that is the image's, RAM, or the local APIC's: refused by name, untouched.
claimed_places()
{
    local code

    code=0x$(nm "$build/link/pvh.elf" | awk '$3 == "record_write" {print $1}')
    boot "console=0x70+0xcf9+mmio:$code+mmio:0xfee000f0" -serial "file:$work/w" && whole "$work/w" &&
        has "$work/w" "console=0x70: no port is looked for there: it would be in the mainboard's own ports" &&
        has "$work/w" 'console=0xcf9: no port is looked for' && has "$work/w" "console=mmio:$code: no port " &&
        has "$work/w" 'it would be in the local APICs' || return 1
    boot 'console=mmio:0x2000000' -serial "file:$work/x" && whole "$work/x" && has "$work/x" 'it would be in RAM'
}

debugger_port()
{
    dbg2 $((0x3a8)) >"$work/dbg2"
    boot '' -chardev "file,id=g,path=$work/g" -device isa-serial,chardev=g,iobase=0x3a8,irq=5,index=3 \
        -acpitable "sig=DBG2,rev=0,data=$work/dbg2" && whole "$work/g" && has "$work/g" '0x3a8 dbg2 115200'
}

card()
{
    boot '' -chardev "file,id=h,path=$work/h" -device pci-serial,chardev=h && whole "$work/h" && has "$work/h" ' pci 115200"'
}

# Two ports behind one register: both have the log. Behind a bridge; four ports, of which the reader's is named.
cards_with_more_ports()
{
    boot '' -chardev "file,id=i,path=$work/i" -chardev "file,id=j,path=$work/j" -device pci-serial-2x,chardev1=i,chardev2=j &&
        whole "$work/i" && cmp "$work/i" "$work/j" || return 1
    boot 'console=pci:01:05.0' -chardev "file,id=k,path=$work/k" -device pcie-pci-bridge,id=bridge,addr=4 \
        -device pci-serial-4x,chardev1=k,bus=bridge,addr=5 && whole "$work/k" && has "$work/k" ' named 115200'
}

card_behind_a_bridge()
{
    boot '' -chardev "file,id=l,path=$work/l" -device pcie-pci-bridge,id=bridge,addr=4 -device pci-serial,chardev=l,bus=bridge,addr=5 &&
        whole "$work/l"
}

named_ports()
{
    boot 'console=ttyS1,57600+0x2e8+ttyS1' -serial "file:$work/m" -serial "file:$work/n" && empty "$work/m" && whole "$work/n" &&
        has "$work/n" '"v":"0x2f8 named 57600"' && has "$work/n" '"id":"console_absent","text":"console=0x2e8: no port answers there"' &&
        ! has "$work/n" 'console=ttyS1: no port'
}

# An address that the processor does not have (QEMU's has 40 bits of them) is refused before it is touched.
impossible_memory()
{
    boot 'console=mmio:0x300000000000' -serial "file:$work/t" && whole "$work/t" &&
        has "$work/t" 'console=mmio:0x300000000000: no port answers there'
}

# Never silence.
only_an_absent_port()
{
    boot 'console=pci:00:1d.7' -serial "file:$work/o" && whole "$work/o" && has "$work/o" 'console=pci:00:1d.7: no port answers there'
}

# Enter on the second port, and the first one is silent.
reader_answers()
{
    mkfifo "$work/p.in" "$work/p.out"
    cat "$work/p.out" >"$work/p" &
    while sleep 0.1; do printf '\r'; done >"$work/p.in" & # until QEMU closes the pipe
    boot '' -serial "file:$work/q" -chardev "pipe,id=p,path=$work/p" -serial chardev:p || return 1
    wait
    whole "$work/p" &&
        has "$work/q" '# console: a reader answered on 0x2f8' && [ "$(stat -c %s "$work/q")" -lt "$(stat -c %s "$work/p")" ]
}

# A pipe of 4 KiB that nobody reads: after two seconds its port is left alone, and the other one says so.
reader_stops()
{
    mkfifo "$work/r"
    perl -e 'open(my $pipe, "+<", $ARGV[0]); fcntl($pipe, 1031, 4096); sleep 100' "$work/r" & # F_SETPIPE_SZ
    local holder=$!
    boot '' -serial "file:$work/s" -chardev "file,id=r,path=$work/r" -serial chardev:r
    local passed=$?
    kill "$holder"
    [ "$passed" -eq 0 ] && whole "$work/s" && has "$work/s" '"id":"console_dropped","text":"the port 0x2f8 stopped taking bytes'
}

# No port at all: the run goes on and ends as it should.
no_port()
{
    boot ''
}

case_run two_ports two_ports
case_run firmware_names_com2 firmware_names_com2
case_run firmware_names_an_arm_port firmware_names_an_arm_port
case_run firmware_names_an_absent_port firmware_names_an_absent_port
case_run firmware_names_no_port firmware_names_no_port
case_run firmware_names_the_reset_port firmware_names_the_reset_port
case_run claimed_places claimed_places
case_run debugger_port debugger_port
case_run card card
case_run cards_with_more_ports cards_with_more_ports
case_run card_behind_a_bridge card_behind_a_bridge
case_run named_ports named_ports
case_run impossible_memory impossible_memory
case_run only_an_absent_port only_an_absent_port
case_run reader_answers reader_answers
case_run reader_stops reader_stops
case_run no_port no_port
cases_end
