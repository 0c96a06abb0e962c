#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The stick's menu: shown on the serial line with its countdown, a choice by keys, its memory on the stick; and Secure Boot, which lets none of it start.
# LONG: 22
# NEEDS: image host iso
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
ovmf=/usr/share/OVMF

# The text of a file, its control sequences and all that is not printable gone.
plain() { sed 's/\x1b\[[0-9;]*[A-Za-z]//g' "$1" | tr -cd '[:print:]\n'; }

# until_text FILE TEXT SECONDS
until_text()
{
    local end=$((SECONDS + $3))

    until plain "$1" 2>/dev/null | grep -F "$2" >/dev/null; do
        [ "$SECONDS" -lt "$end" ] || { echo "no '$2' in $1:"; plain "$1" | tail -n 20; return 1; }
        sleep 0.3
    done
}

# press NAME KEY TEXT SECONDS: under UEFI the firmware reads the serial line, too, and may take a key from GRUB: again
# after so many seconds, until TEXT answers.
press()
{
    local try

    for try in 1 2 3 4; do
        printf '%b' "$2" >&7
        until_text "$work/$1.text" "$3" "$4" >/dev/null && return
    done
    echo "no '$3' after $try times the key $2"
    return 1
}

# walk NAME ENTRIES: with control-N from entry to entry of the menu, and into the last one.
walk()
{
    local entry

    for entry in $2; do
        press "$1" '\x0e' "*idlelab: $entry " 4 || return 1 # before the countdown ends
    done
    press "$1" '\r' IDLELAB-BEGIN 20
}

# choose NAME ENTRIES WORDS QEMU...: boots the stick, walks over these entries below the first one, and waits for a run whose command line
# ends in WORDS. Without entries the menu is left alone.
choose()
{
    local name=$1 entries=$2 words=$3 qemu status

    shift 3
    rm -f "$work/$name.in" "$work/$name.out"
    mkfifo "$work/$name.in" "$work/$name.out"
    cat "$work/$name.out" >"$work/$name.text" &
    timeout 200 qemu-system-x86_64 -accel tcg -M q35 -m 256 -display none -vga none -net none -no-reboot \
        -chardev "pipe,id=line,path=$work/$name" -serial chardev:line -device qemu-xhci \
        -drive "if=none,id=stick,format=raw,file=$work/stick_$name" -device usb-storage,drive=stick,bootindex=1 "$@" &
    qemu=$!
    exec 7>"$work/$name.in"
    until_text "$work/$name.text" 'automatically in' 120 && { [ -z "$entries" ] || walk "$name" "$entries"; } &&
        until_text "$work/$name.text" "\"k\":\"cmdline\",\"v\":\"$words\"" 60
    status=$?
    exec 7>&-
    kill "$qemu"
    wait "$qemu"
    return "$status"
}

stick() { cp "$build/idlelab.iso" "$work/stick_$1" && chmod u+w "$work/stick_$1"; }
# What menu.env on the stick holds.
memory() { mtype -i "$work/stick_$1@@$(($(fdisk -l -o Start "$work/stick_$1" | tail -n 1) * 512))" ::menu.env; }

# The second boot comes to the same entry by itself, after ten seconds.
keeps_the_choice()
{
    local begin

    stick bios
    choose bios 'smoke default cstates' script=cstates && memory bios | grep -x last=cstates || return 1
    begin=$SECONDS
    choose bios '' script=cstates && [ $((SECONDS - begin)) -ge 10 ]
}

keeps_the_choice_under_uefi()
{
    stick uefi
    choose uefi smoke 'save=auto script=smoke' -drive "if=pflash,format=raw,unit=0,readonly=on,file=$ovmf/OVMF_CODE.fd" &&
        memory uefi | grep -x last=smoke && plain "$work/uefi.text" | grep 'firmware.s setup' && ! plain "$work/uefi.text" | grep 'Unknown command'
}

# secure NAME VARIABLES: starts a machine with Secure Boot and the stick of that name; qemu is its process.
secure()
{
    cp "$ovmf/$2" "$work/$1.vars"
    rm -f "$work/$1.in" "$work/$1.out"
    mkfifo "$work/$1.in" "$work/$1.out"
    cat "$work/$1.out" >"$work/$1.text" &
    timeout 200 qemu-system-x86_64 -accel tcg -M q35,smm=on -m 256 -display none -vga none -net none -no-reboot \
        -chardev "pipe,id=line,path=$work/$1" -serial chardev:line -global driver=cfi.pflash01,property=secure,value=on -device qemu-xhci \
        -drive "if=pflash,format=raw,unit=0,readonly=on,file=$ovmf/OVMF_CODE_4M.secboot.fd" \
        -drive "if=pflash,format=raw,unit=1,file=$work/$1.vars" \
        -drive "if=none,id=stick,format=raw,file=$work/stick_$1" -device usb-storage,drive=stick,bootindex=1 &
    qemu=$!
}

# Secure Boot with Microsoft's keys: the firmware says the words of docs/real-machines.md, and neither GRUB nor the image starts.
firmware_refuses()
{
    local qemu status words='Access Denied'

    stick secure
    secure secure OVMF_VARS_4M.ms.fd
    until_text "$work/secure.text" "$words" 120 && until_text "$work/secure.text" 'No bootable option' 30 &&
        ! plain "$work/secure.text" | grep -E 'GRUB|IDLELAB' && grep -qF "\`$words\`" docs/real-machines.md
    status=$?
    kill "$qemu"
    wait "$qemu"
    return "$status"
}

# The loader is signed by a key that this firmware has (that of Debian's OVMF, for tests): GRUB starts, locked down, and its menu says why it starts
# nothing else.
lockdown_refuses()
{
    local qemu status volume keys=/usr/share/ovmf/PkKek-1-snakeoil

    command -v sbsign >/dev/null || { echo 'sbsign is not installed' && return "$skip_status"; }
    stick lockdown
    volume=$work/stick_lockdown@@$(($(fdisk -l -o Start "$work/stick_lockdown" | tail -n 1) * 512))
    openssl rsa -passin pass:snakeoil -in "$keys.key" -out "$work/lockdown.key" && mcopy -i "$volume" ::EFI/BOOT/BOOTX64.EFI "$work/lockdown.efi" &&
        sbsign --key "$work/lockdown.key" --cert "$keys.pem" --output "$work/lockdown.signed" "$work/lockdown.efi" &&
        mcopy -o -i "$volume" "$work/lockdown.signed" ::EFI/BOOT/BOOTX64.EFI || return 1
    secure lockdown OVMF_VARS_4M.snakeoil.fd
    exec 7>"$work/lockdown.in"
    until_text "$work/lockdown.text" 'automatically in' 120 && echo >&7 &&
        until_text "$work/lockdown.text" 'Secure Boot is on: the firmware starts this loader' 60 &&
        until_text "$work/lockdown.text" 'run build/idlelab-linux there' 10 && ! plain "$work/lockdown.text" | grep IDLELAB-BEGIN
    status=$?
    exec 7>&-
    kill "$qemu"
    wait "$qemu"
    return "$status"
}

case_run lockdown_refuses lockdown_refuses
case_run firmware_refuses firmware_refuses
case_run keeps_the_choice keeps_the_choice
case_run keeps_the_choice_under_uefi keeps_the_choice_under_uefi
cases_end
