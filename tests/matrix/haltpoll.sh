#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `haltpoll` where nothing polls: an emulator's verdict is its own and the same at each boot, every HLT is counted, what the machine
# lacks is a SKIP with its reason, and a script that makes no sense is refused.
# LONG: 16 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
all='haltpoll test=pending samples=20; haltpoll test=curve,ladder,control,guest longest=5ms samples=8 points=20'
all+='; haltpoll test=curve by=ipi longest=5ms samples=8 points=20'

# The records of a log without numbers, checks and second copies.
records()
{
    sed -nE 's/^# IL [0-9a-f]+ (.*) \*[0-9a-f]{8}\r?$/\1/p' "$1"
}

# The HLTs of test=curve follow from its rows: 10 before each pass, one for each sample, one more to train where the interval is 4 ms
# or less, and those of the calibration.
hlts_add_up()
{
    records "$1" | sort -u | awk -v hz="$(records "$1" | sed -nE 's/.*"k":"tsc_hz","v":([0-9]+).*/\1/p' | head -n 1)" '
        function number(name,    at) {
            at = index($0, "\"" name "\":")
            return at ? substr($0, at + length(name) + 3) + 0 : 0
        }
        /"k":"empty(_fenced)?","m":"hlt"/ { calibrated += number("n") }
        /"k":"hlts"/ { said[number("step")] = number("v") }
        /"row":"haltpoll"/ && /"set":"host"/ && number("step") == 2 {
            tries = number("n")
            if (match($0, /"rej":\[[0-9,]+\]/)) {
                split(substr($0, RSTART + 7, RLENGTH - 8), rejected, ",")
                for (i = 1; i <= 4; i++) tries += rejected[i]
            }
            if (tries > passes) passes = tries
            sum += number("asked") > hz / 250 ? tries : 2 * tries
        }
        END {
            sum += 10 * passes + calibrated
            if (!sum || sum != said[2]) { print "counted " said[2] " HLTs, the rows make it " sum; exit 1 }
        }'
}

# emulated LOG: the same words whatever was measured, and no figure of a knee.
emulated()
{
    local words='"id":"halt_poll","conf":"high","text":"no halt polling seen, up to [0-9.]+ ms: an emulator runs this'

    expect_status 0 "$build/idlelab" check "$1" || return 1
    [ "$(records "$1" | sort -u | grep -cE "$words")" -eq 3 ] ||
        { echo 'not three verdicts of an emulator'; records "$1" | grep '"halt_poll"'; return 1; }
    expect_text "$1" '"id":"pending_hlt","conf":"high","text":"an emulator' &&
        expect_text "$1" 'haltpoll_control # SKIP needs KVM.s poll control' &&
        expect_text "$1" '"id":"guest_poll"' || return 1
    if records "$1" | grep -E '"k":"(knee|grow|shrink)"'; then
        echo 'a figure of polling from an emulator'
        return 1
    fi
}

# In exact virtual time a second run has the same figures, and the counts are exact.
on_bochs()
{
    local n

    expect_status 0 run/bochs --quiet --cpu sapphire_rapids --smp 2 --script "$all" --log "$work/bochs.log" --timeout 300 &&
        emulated "$work/bochs.log" || return 1
    for n in 1 2; do
        expect_status 0 run/bochs --quiet --cpu sapphire_rapids --smp 1 --log "$work/exact$n.log" --timeout 200 \
            --script 'haltpoll test=curve longest=20ms samples=8 points=20' || return 1
        records "$work/exact$n.log" | grep -E '"t":"(stats|finding)"' >"$work/exact$n.records"
    done
    hlts_add_up "$work/exact1.log" && cmp "$work/exact1.records" "$work/exact2.records"
}

# On a busy host an emulated CPU may stand still for long: its figures vary, its verdict does not.
on_tcg()
{
    local n

    for n in 1 2; do
        expect_status 0 run/qemu --quiet --accel tcg --smp 2 --script "$all" --log "$work/tcg$n.log" --timeout 200 &&
            emulated "$work/tcg$n.log" || return 1
        records "$work/tcg$n.log" | grep -E '"id":"halt_poll"' >"$work/tcg$n.words"
    done
    cmp "$work/tcg1.words" "$work/tcg2.words"
}

# refused SCRIPT MESSAGE
refused()
{
    expect_status 2 run/qemu --accel tcg --smp 1 --script "$1" --log "$work/refused.log" --timeout 60 2>"$work/refused.err" &&
        expect_text "$work/refused.err" "$2"
}

refusals()
{
    refused 'haltpoll test=curve by=nmi' 'woken by the timer or by an IPI' &&
        refused 'haltpoll test=curve shortest=1ms longest=2ms' 'longest= must be four times shortest=' &&
        refused 'haltpoll test=control host=off' 'switches the host.s polling itself' &&
        refused 'haltpoll test=pending host=off' 'found .host., expected a key that counts in this statement' &&
        refused 'haltpoll test=curve,control trials=200' 'found .trials., expected a key that counts' &&
        refused 'haltpoll test=knee' 'expected one of pending, curve'
}

case_run haltpoll_bochs on_bochs
case_run haltpoll_tcg on_tcg
case_run haltpoll_refused refusals
cases_end
