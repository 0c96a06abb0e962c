#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The codes on the screen, read by zbarimg: all of them make a log that `check` takes as partial and that holds no line which is not in the
# log as the machine kept it; with one missing, `scan` and `check` say so.
# LONG: 34 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
# shellcheck source=tests/screen/machine.sh
. "$(dirname "$0")/machine.sh"

# photograph NAME: each code of the screen as NAME.1.ppm, NAME.2.ppm and so on; `codes` is their number.
photograph()
{
    local name=$1 left=60

    codes=1
    machine_say "$name" 'sendkey c' >/dev/null
    for ((i = 1; i <= codes && left > 0; left--)); do
        sleep 0.5
        machine_say "$name" "screendump \"$work/$name.$i.ppm\"" >/dev/null
        zbarimg --quiet --raw -Sdisable -Sqrcode.enable "$work/$name.$i.ppm" >"$work/$name.$i.text" 2>/dev/null || continue
        # Pages turn by themselves, too: the number is that on the code.
        grep -q "^IDLELAB-CODE $i/" "$work/$name.$i.text" || { machine_say "$name" 'sendkey backspace' >/dev/null && continue; }
        codes=$(sed -nE '1s,.*/([0-9]+) .*,\1,p' "$work/$name.$i.text")
        ((i++))
        machine_say "$name" 'sendkey spc' >/dev/null
    done
    [ "$i" -gt "$codes" ] || { echo "code $i of $codes could not be read" && return 1; }
}

# scanned uefi|bios
scanned()
{
    local status=1 firmware=() machine codes i

    stick codes 'script=smoke'
    [ "$1" = bios ] || machine_firmware codes
    rm -f "$work"/codes.ram "$work"/codes.*.ppm
    machine_start codes -m 128M -machine q35,memory-backend=ram -object "memory-backend-file,id=ram,size=128M,share=on,mem-path=$work/codes.ram" \
        "${firmware[@]}" -serial none -vga std -device qemu-xhci \
        -drive "if=none,id=stick,format=raw,file=$work/codes.stick" -device usb-storage,drive=stick
    screen_until codes '^ The run ended: PASS' 240 && photograph codes && tests/screen/kept.py "$work/codes.ram" text >"$work/codes.log" &&
        rm -f "$work/scan.log" && expect_status 0 "$build/idlelab" scan -o "$work/scan.log" "$work"/codes.*.ppm &&
        expect_status 0 "$build/idlelab" check "$work/scan.log" >"$work/check.text" && expect_text "$work/check.text" '^partial: made of photographs' &&
        [ "$(grep -vxFf "$work/codes.log" "$work/scan.log" | grep -vc '^# IH 0000 {"t":"partial","by":"photo"')" -eq 0 ] &&
        [ "$(grep -c '^ok ' "$work/scan.log")" -eq "$(grep -c '^ok ' "$work/codes.log")" ] && [ "$codes" -gt 3 ] && status=0
    machine_end
    rm -f "$work/codes.ram"
    [ "$status" -eq 0 ] || return 1
    [ "$1" = uefi ] || return 0
    # Without the last code the end is missing.
    rm "$work/codes.$codes.ppm"
    expect_status 3 "$build/idlelab" scan "$work"/codes.*.ppm >"$work/less.log" 2>"$work/less.text" && expect_text "$work/less.text" "; missing: $codes\$" &&
        expect_status 3 "$build/idlelab" check "$work/less.log"
}

case_run scanned scanned uefi
case_run scanned_bios scanned bios
cases_end
