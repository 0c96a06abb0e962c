#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The screen of machines without a serial port: text under BIOS, pixels of several cards and sizes under UEFI. The dumps are read by the font
# that is on them, so that each cell is compared; of a VGA text screen the memory is read.
# LONG: 60
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
# shellcheck source=tests/screen/machine.sh
. "$(dirname "$0")/machine.sh"
script='script="cost insn=pause n=50"'

# The results: their first page, which stays, and what a key does.
results()
{
    local name=$1

    screen_until "$name" '^ The run ended: PASS\. 2 passed, 0 failed, 0 skipped, 0 errors of the lab\.$' 120 &&
        expect_text "$work/$name.text" '^ Page 1 of [12]   Blank: next  Backspace: back  L: log' &&
        expect_text "$work/$name.text" '^ QEMU Virtual CPU version 2\.5\+, 2 CPUs, TSC [0-9]+ MHz, under tcg, efi$' &&
        expect_text "$work/$name.text" '^ emulated: an emulator runs this: times show function, not hardware$'
}

# pixels NAME WIDTHxHEIGHT QEMU-ARGUMENT...: the card's picture has that size.
pixels()
{
    local name=$1 size=$2 status=0 firmware machine

    shift 2
    stick "$name" "$script"
    machine_firmware "$name"
    machine_start "$name" -m 256 "${firmware[@]}" -serial none -device qemu-xhci \
        -drive "if=none,id=stick,format=raw,file=$work/$name.stick" -device usb-storage,drive=stick "$@"
    results "$name" && [ "$(sed -n 2p "$work/$name.ppm" | tr ' ' x)" = "$size" ] || status=1
    machine_end
    return "$status"
}

# The text screen: characters and colours of B8000h.
text()
{
    local status=1 machine left=120

    machine_start text -m 64 -vga std -serial none -kernel "$build/idlelab.elf" -append "$script"
    while [ $((left -= 1)) -gt 0 ] && [ "$status" -ne 0 ]; do
        sleep 0.5
        machine_say text "pmemsave 0xb8000 4000 \"$work/text.cells\"" >/dev/null
        [ -s "$work/text.cells" ] || continue
        python3 -c 'import sys
cells = open(sys.argv[1], "rb").read()[::2].decode("ascii", "replace")
print("\n".join(cells[i:i + 80].rstrip() for i in range(0, 2000, 80)))' "$work/text.cells" >"$work/text.text"
        ! grep -q '^ The run ended: PASS\. 2 passed' "$work/text.text" || status=0
    done
    tail -n 25 "$work/text.text"
    # A key that powers the machine off.
    if [ "$status" -eq 0 ]; then
        machine_say text 'sendkey q' >/dev/null
        for ((left = 100; left > 0; left--)); do
            kill -0 "$machine" 2>/dev/null || break
            sleep 0.1
        done
        [ "$left" -gt 0 ] || { echo 'Q does not power off' && status=1; }
    fi
    machine_end
    return "$status"
}

case_run text text
case_run vga pixels vga 800x600 -device VGA,xres=1920,yres=1080
case_run bochs_display pixels bochs_display 1280x800 -device bochs-display
case_run ramfb pixels ramfb 800x600 -device ramfb
case_run virtio_vga pixels virtio_vga 1280x800 -device virtio-vga
cases_end
