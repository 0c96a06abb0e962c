#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# Where the watchdog's NMI comes from: each source is taken where the ones before it do not work, the log says why those were refused, and
# whichever it is ends a step that hangs.
# NEEDS: image host iso
# WAITS: for guests that hang to be found, 13 s of a processor in 47
# LONG: 47 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

# taken NAME SOURCE TEXT APPEND QEMU-ARGS...: that source is taken, TEXT is the `cal` record behind it, and it ends a hang.
taken()
{
    local log=$work/$1.log

    expect_status 1 run/qemu --quiet --accel tcg --smp 2 --script 'selftest plant=hang' --append "$4" --log "$log" --timeout 60 -- \
        "${@:5}" 2>"$work/$1.err" && expect_text "$log" "\"k\":\"watchdog\",\"v\":\"$2\"" &&
        expect_text "$log" "\"k\":\"watchdog\",$3" && expect_text "$log" '"step":2,"end":"hang"' &&
        expect_text "$log" '^IDLELAB-END run=[0-9a-f]{16} result=FAIL'
}

line()
{
    taken line hpet '"by":"line","timer":0,"gsi":23\}' '' &&
        if grep -q watchdog_refused "$work/line.log"; then
            echo 'something was refused'
            return 1
        fi
}

# A timer whose message a busy host delivers late is refused, and the next one taken.
# QEMU sends the HPET's line 0 to the I/O APIC's input 2, as the PIT's: that input is closed, and no line is left.
message()
{
    taken message hpet '"by":"message","timer":[0-2]\}' '' -global hpet.hpet-intcap=0x1 -global hpet.msi=on &&
        expect_text "$work/message.log" '"k":"watchdog_refused","source":"hpet","why":"silent","timer":2,"by":"line","gsi":0\}'
}

pit()
{
    taken pit pit '"by":"line","timer":0,"gsi":2\}' '' -global hpet.hpet-intcap=0x1 &&
        expect_text "$work/pit.log" '"k":"watchdog_refused","source":"hpet","why":"no_line","timer":2,"by":"message"\}' &&
        taken no_hpet pit '"by":"line","timer":0,"gsi":2\}' '' -no-hpet &&
        expect_text "$work/no_hpet.log" '"k":"watchdog_refused","source":"hpet","why":"absent"\}'
}

peer()
{
    taken peer peer '"apic":1,"sleeps":"hlt"\}' watchdog=peer && expect_text "$work/peer.log" '"id":"watchdog_peer"'
}

# Bochs executes MWAIT: the CPU sleeps by the deepest hint that leaf 5 lists there.
peer_sleeps()
{
    local log=$work/sleeps.log

    expect_status 1 run/bochs --quiet --cpu sapphire_rapids --smp 2 --script 'selftest plant=hang' --append watchdog=peer --log "$log" \
        --timeout 300 2>"$work/sleeps.err" && expect_text "$log" '"k":"watchdog","apic":1,"sleeps":"mwait","hint":"20"\}' &&
        expect_text "$log" '"step":2,"end":"hang"'
}

none()
{
    local log=$work/none.log

    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script survey --append watchdog=ipi --log "$log" --timeout 60 &&
        expect_text "$log" '"k":"watchdog_refused","source":"peer","why":"absent"\}' && expect_text "$log" '"id":"no_watchdog"'
}

case_run watchdog_line line
case_run watchdog_message message
case_run watchdog_pit pit
case_run watchdog_peer peer
case_run watchdog_peer_sleeps peer_sleeps
case_run watchdog_none none
cases_end
