#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# run/netboot: the folder that it writes, served by dnsmasq in a network namespace, boots QEMU: iPXE under BIOS by TFTP and by HTTP, GRUB under
# UEFI (OVMF).
# LONG: 60
# NEEDS: image host iso
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
folder=$work/folder

writes_the_folder()
{
    run/netboot --script 'cost insn=pause n=50' --exit debugexit "$folder" && [ -s "$folder/boot/grub/i386-pc/core.0" ] &&
        [ -s "$folder/boot/grub/x86_64-efi/core.efi" ] && [ -s "$folder/boot/idlelab.elf" ]
}

# boots NAME LOADER OPTION... -- QEMU...: a run that passes and was loaded by LOADER.
boots()
{
    local name=$1 loader=$2 options=()

    if ! unshare --net true 2>/dev/null || [ ! -c /dev/net/tun ]; then
        echo 'no network namespace or no TAP device may be made'
        return 77
    fi
    shift 2
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    run/netboot --serve tap0 "${options[@]}" "$folder" -- timeout 200 qemu-system-x86_64 -accel tcg -M q35 -m 256 -display none -vga none \
        -serial "file:$work/$name.net" -device isa-debug-exit,iobase=0xf4,iosize=4 -boot n \
        -netdev tap,id=net,ifname=tap0,script=no,downscript=no -device virtio-net-pci,netdev=net "$@"
    [ $? -eq 33 ] && "$build/idlelab" check "$work/$name.net" && grep -a "\"k\":\"loader\",\"v\":\"$loader" "$work/$name.net" &&
        grep -a '^ok 2 cost_pause ' "$work/$name.net"
}

case_first writes_the_folder writes_the_folder
case_run ipxe_by_tftp boots ipxe_by_tftp iPXE --
case_run ipxe_by_http boots ipxe_by_http iPXE --http --
case_run uefi_by_tftp boots uefi_by_tftp GRUB -- -drive "if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE.fd"
cases_end
