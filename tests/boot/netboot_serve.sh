#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# run/netboot: the folder that it writes, served by dnsmasq in a network namespace, boots QEMU: iPXE under BIOS by TFTP and by HTTP, GRUB under
# UEFI (OVMF). A card that is there goes into the namespace and comes back. Words that count for nothing are refused.
# WAITS: for firmware and a network, 8 s of a processor in 62
# LONG: 60
# NEEDS: image host iso
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
folder=$work/folder

# A semicolon with blanks about it ends a command of iPXE's; a server may run as another user than the one who wrote the folder.
writes_the_folder()
{
    (umask 077 && run/netboot --append 'script="cost insn=pause n=50 ; cost insn=cpuid n=50"' --exit debugexit "$folder") && [ -s "$folder/boot/grub/i386-pc/core.0" ] &&
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
        grep -a '^ok 2 cost_pause ' "$work/$name.net" && grep -a '^ok 3 cost_cpuid ' "$work/$name.net"
}

# In a network of their own: a card that the served namespace gets and gives back, and one that leads to the machine's own network.
cards()
{
    ip link set lo up && ip link add n0 type veth peer name n1 && ip link set n1 up || return 77
    run/netboot --serve n0 "$folder" -- ip -d address show dev n0 >"$work/cards.inside" || return 1
    grep 'inet 10.73.0.1/24' "$work/cards.inside" && grep veth "$work/cards.inside" && ip -d link show dev n0 | grep veth || return 1
    ip link set n0 up && ip route add default dev n0 && expect_status 2 run/netboot --serve n0 "$folder" -- true 2>"$work/cards.said" &&
        grep 'default route' "$work/cards.said"
}

card_comes_and_goes()
{
    if ! unshare --net true 2>/dev/null; then
        echo 'no network namespace may be made'
        return 77
    fi
    unshare --net bash -c "$(declare -p work folder); $(declare -f cards expect_status); cards"
}

# refused WANTED ARGUMENT...
refused()
{
    local wanted=$1 said

    shift
    said=$(run/netboot "$@" 2>&1)
    if [ $? -ne 2 ] || [[ $said != *"$wanted"* ]]; then
        echo "$*: $said"
        return 1
    fi
}

refuses()
{
    refused 'expected a folder' && refused 'expected one folder' a b && refused 'needs a value' --serve &&
        refused 'expected --serve' --http "$work/refused" && refused 'expected --serve' "$work/refused" -- true &&
        refused 'counts where the folder is written' --script smoke --serve n0 "$folder" && refused 'is not written yet' --serve n0 "$work/none" &&
        refused 'expected auto, halt' --exit of "$work/refused" && refused '&&' --append 'script="noise && noise"' "$work/refused" &&
        [ ! -e "$work/refused/idlelab.ipxe" ] && cp -r "$folder" "$work/a,b" && refused 'comma' --serve n0 "$work/a,b" -- true
}

# The text of a script is a file of the folder: no command line is too short for it.
script_as_a_file()
{
    run/netboot --script 'noise time=1s ; # two
noise time=2s' "$work/text" && grep -x 'noise time=2s' "$work/text/boot/idlelab.lab" && ! grep -r 'script=' "$work/text/idlelab.ipxe"
}

case_first writes_the_folder writes_the_folder
# What docs/i-want-to.md gives to a lab's own dnsmasq is what the server here was started with.
page_of_dnsmasq()
{
    local line

    awk '$0 == "```conf" { on = 1; next } /^```/ { on = 0 } on' docs/i-want-to.md | sed "s,/srv/tftp,$folder," >"$work/dnsmasq.conf"
    [ "$(wc -l <"$work/dnsmasq.conf")" -eq 8 ] && dnsmasq --test --conf-file="$work/dnsmasq.conf" || return
    while read -r line; do
        tr -d "'\"" <run/netboot | sed "s/,\$ipxe/,idlelab.ipxe/" | grep -F -e "--$line" >/dev/null || { echo "not so served: $line" && return 1; }
    done < <(grep dhcp- "$work/dnsmasq.conf")
}

case_run page_of_dnsmasq page_of_dnsmasq
case_run refuses refuses
case_run script_as_a_file script_as_a_file
case_run card_comes_and_goes card_comes_and_goes
case_run ipxe_by_tftp boots ipxe_by_tftp iPXE --
case_run ipxe_by_http boots ipxe_by_http iPXE --http --
case_run uefi_by_tftp boots uefi_by_tftp GRUB -- -drive "if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE.fd"
cases_end
