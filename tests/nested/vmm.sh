#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# build/vmm on this machine's KVM: KVM gathers what the guest writes, and yet the end of its last line comes.
# NEEDS: image host
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

# build_guest NAME BEHIND: tests/nested/tail.S, where it goes on behind its line.
build_guest()
{
    "${CC:-gcc}" -m32 -nostdlib -static -no-pie -Wl,-Ttext-segment=0x100000,-z,noseparate-code,--build-id=none,-e,start \
        "-DBEHIND=$2" -o "$work/$1.elf" tests/nested/tail.S
}

tail_comes()
{
    local vmm n

    kvm_opens || return "$skip_status"
    build_guest tail spin || return 1
    timeout 10 "$build/vmm" "$work/tail.elf" x </dev/null >"$work/tail.out" 2>"$work/tail.err" &
    vmm=$!
    for ((n = 0; n < 100; n++)); do
        [ ! -s "$work/tail.out" ] || break
        sleep 0.1
    done
    kill "$vmm"
    wait "$vmm"
    cat "$work/tail.err"
    expect_text "$work/tail.out" '^the end of a line$'
}

# The reader waits until the pipe has long been full, and then takes more than it holds.
reader_is_late()
{
    local got

    kvm_opens || return "$skip_status"
    build_guest flood start || return 1
    got=$(timeout 10 "$build/vmm" "$work/flood.elf" x </dev/null 2>"$work/flood.err" | { sleep 2; head -c 200000 | wc -c; })
    cat "$work/flood.err"
    [ "$got" = 200000 ]
}

case_run vmm_tail_comes tail_comes
case_run vmm_reader_is_late reader_is_late
cases_end
