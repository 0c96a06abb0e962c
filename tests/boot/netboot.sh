#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# docs/i-want-to.md, "Boot over the network": the page's lines make a folder, from which QEMU's own TFTP server, SeaBIOS and iPXE start GRUB,
# and GRUB the image.
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
served=$work/netboot

# The lines of the page's part, but for `make` and for what is a server's.
page_lines()
{
    awk '/^## Boot over the network/ { on = 1; next } /^## / { on = 0 }
        on && /^```/ { inside = !inside; code = inside && $0 == "```"; next } on && code' docs/i-want-to.md |
        grep -v '^make ' | sed "s,results/netboot,$served,; s, --script full,,"
}

boots()
{
    local qemu left=900 # tenths of a second

    page_lines >"$work/lines"
    [ "$(wc -l <"$work/lines")" -eq 1 ] && BUILD=$build bash -e "$work/lines" && echo 'cost insn=pause n=50' >"$served/boot/idlelab.lab" || return 1
    qemu-system-x86_64 -accel tcg -M q35 -m 256 -display none -serial "file:$work/net.log" -boot n \
        -netdev "user,id=net,tftp=$served,bootfile=/boot/grub/i386-pc/core.0" -device e1000,netdev=net &
    qemu=$!
    until grep -q '^IDLELAB-END' "$work/net.log" || [ $((left -= 1)) -eq 0 ]; do
        sleep 0.1
    done
    kill "$qemu"
    wait "$qemu"
    "$build/idlelab" check "$work/net.log" && grep '^ok 2 cost_pause ' "$work/net.log" && grep '"k":"loader","v":"GRUB' "$work/net.log"
}

case_run boots_over_the_network boots
cases_end
