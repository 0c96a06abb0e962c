#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317,SC2016 # cases are called by name; gdb numbers its values with a dollar
# run/gdb: the image stops at lab_main(), has its symbols and lines, and a breakpoint in a timed window shows the wait's caller.
# NEEDS: image
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

stops()
{
    if ! command -v gdb >/dev/null; then
        echo 'gdb is not installed'
        return "$skip_status"
    fi
    expect_status 0 timeout 200 run/gdb --smp 2 --script smoke --log "$work/serial.log" -- -batch -ex backtrace -ex 'tbreak hlt_wait' \
        -ex continue -ex backtrace -ex 'print call->watch_was' -ex 'info threads' -ex detach >"$work/gdb.txt" 2>&1 &&
        expect_text "$work/gdb.txt" '^#0 +lab_main .* at experiments/engine/lab\.c:[0-9]+' &&
        expect_text "$work/gdb.txt" '^#0 +hlt_wait \(call=0x[0-9a-f]+\) at arch/x86/idle/hlt\.c:[0-9]+' &&
        expect_text "$work/gdb.txt" '^#1 .* at experiments/' && expect_text "$work/gdb.txt" '^\$1 = [0-9]+' &&
        expect_text "$work/gdb.txt" '^ *2 .*CPU#1' && expect_text "$work/serial.log" '^IDLELAB-BEGIN'
}

no_machine_is_left()
{
    QEMU=/bin/false expect_status 2 run/gdb --log "$work/none.log" 2>"$work/none.err" &&
        expect_text "$work/none.err" 'QEMU did not start'
}

case_run gdb_stops stops
case_run gdb_no_qemu no_machine_is_left
cases_end
