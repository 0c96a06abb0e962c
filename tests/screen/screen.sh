#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The screen of machines without a serial port: pixels of several cards and sizes under UEFI and BIOS, text without a
# loader that sets a mode and in safe mode. The dumps are read by the font that is on them, so that each cell is compared;
# of a VGA text screen the memory is read.
# LONG: 27 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
# shellcheck source=tests/screen/machine.sh
. "$(dirname "$0")/machine.sh"
script='script="cost insn=pause n=50"'

# results NAME FIRMWARE: their first page, which stays.
results()
{
    local name=$1

    screen_until "$name" '^ The run ended: PASS\. 2 passed, 0 failed, 0 skipped, 0 errors of the lab\.$' 120 &&
        expect_text "$work/$name.text" '^ Page 1 of [12]   Blank: next  Backspace: back  L: log' &&
        expect_text "$work/$name.text" "^ QEMU Virtual CPU version 2\.5\+, 2 CPUs, TSC [0-9]+ MHz, under tcg, $2\$" &&
        expect_text "$work/$name.text" '^ emulated: an emulator runs this: times show function, not hardware$'
}

# pixels efi|bios NAME WIDTHxHEIGHT QEMU-ARGUMENT...: the card's picture has that size.
pixels()
{
    local kind=$1 name=$2 size=$3 status=0 firmware=() machine

    shift 3
    stick "$name" "$script"
    [ "$kind" = bios ] || machine_firmware "$name"
    machine_start "$name" -m 256 "${firmware[@]}" -serial none -device qemu-xhci \
        -drive "if=none,id=stick,format=raw,file=$work/$name.stick" -device usb-storage,drive=stick "$@"
    results "$name" "$kind" && [ "$(sed -n 2p "$work/$name.ppm" | tr ' ' x)" = "$size" ] || status=1
    machine_end
    return "$status"
}

# text NAME KEYS QEMU-ARGUMENT...: the text screen, characters of B8000h. The keys are pressed at the menu.
text()
{
    local name=$1 keys=$2 status=1 machine left=120

    shift 2
    machine_start "$name" -m 64 -serial none "$@"
    while [ $((left -= 1)) -gt 0 ] && [ "$status" -ne 0 ]; do
        sleep 0.5
        machine_say "$name" "pmemsave 0xb8000 4000 \"$work/$name.cells\"" >/dev/null
        [ -s "$work/$name.cells" ] || continue
        python3 -c 'import sys
cells = open(sys.argv[1], "rb").read()[::2].decode("ascii", "replace")
print("\n".join(cells[i:i + 80].rstrip() for i in range(0, 2000, 80)))' "$work/$name.cells" >"$work/$name.text"
        if [ -n "$keys" ] && grep -q 'automatically in' "$work/$name.text"; then
            for key in $keys; do machine_say "$name" "sendkey $key" >/dev/null; done
            keys=
        fi
        ! grep -q '^ The run ended: PASS\. 2 passed' "$work/$name.text" || status=0
    done
    tail -n 25 "$work/$name.text"
    # A key that powers the machine off.
    if [ "$status" -eq 0 ]; then
        machine_say "$name" 'sendkey q' >/dev/null
        for ((left = 100; left > 0; left--)); do
            kill -0 "$machine" 2>/dev/null || break
            sleep 0.1
        done
        [ "$left" -gt 0 ] || { echo 'Q does not power off' && status=1; }
    fi
    machine_end
    return "$status"
}

# By the stick in safe mode, which stays in text where there are pixels.
safe()
{
    local offset

    stick safe ''
    offset=$(sfdisk --json "$work/safe.stick" | jq '.partitiontable.partitions[1].start * 512')
    echo 'cost insn=pause n=50' >"$work/safe.lab"
    mcopy -o -i "$work/safe.stick@@$offset" "$work/safe.lab" ::/idlelab.lab
    text safe 'end ret' -vga std -device qemu-xhci -drive "if=none,id=stick,format=raw,file=$work/safe.stick" -device usb-storage,drive=stick
}

case_run text text text '' -vga std -kernel "$build/idlelab.elf" -append "$script"
case_run safe safe
case_run vga pixels efi vga 800x600 -device VGA,xres=1920,yres=1080
case_run bochs_display pixels efi bochs_display 1280x800 -device bochs-display
case_run ramfb pixels efi ramfb 800x600 -device ramfb
case_run virtio_vga pixels efi virtio_vga 1280x800 -device virtio-vga
case_run bios_little pixels bios bios_little 800x600 -device VGA,vgamem_mb=1
cases_end
