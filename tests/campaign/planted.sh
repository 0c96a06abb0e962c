#!/bin/bash
# SPDX-License-Identifier: MIT
# The campaign's judge on planted faults: a machine that stands still hangs, also when it runs again alone; one that stood still once, beside
# others, was late. And what it must not draw.
# NEEDS: image host iso campaign
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
work=$build/test/campaign/planted
seed=18

# The first boot with a good script that nothing else disturbs.
plain_boot()
{
    local number

    for ((number = 1; number < 100; number++)); do
        rm -rf "$work"
        mkdir -p "$work"
        "$build/campaign/draw" "$build/link/pvh.elf" "$seed" "$number" "$work" quick || return
        if grep -qx 'plan=good' "$work/boot" && grep -qx 'wild=no' "$work/boot" && grep -qx 'trouble=none' "$work/boot"; then
            echo "$number"
            return
        fi
    done
}

# campaign NAME STATUS OPTION EVENTS PATTERN...: that boot with these events; each pattern is in a line of its own.
campaign()
{
    local name=$1 expected=$2 option=$3 events=$4 code=0 pattern wrong=''

    wanted "$name" || return
    tests/campaign/run --quick --seed "$seed" --only "$boot" "$option" "$events" >"$work/$name" 2>&1 || code=$?
    [ "$code" -eq "$expected" ] || wrong="exit code $code"
    for pattern in "${@:5}"; do
        grep -qE "$pattern" "$work/$name" || wrong+=" no line '$pattern'"
    done
    result "$name" "${wrong:+$wrong; $(cat "$work/$name")}"
}

# Under UEFI nothing of the monitor's comes before the image speaks. These two boots drew an NMI behind 563 and 505 bytes, in GRUB.
in_firmware()
{
    local number

    for number in 346 461; do
        rm -rf "$work/draw"
        mkdir -p "$work/draw"
        "$build/campaign/draw" "$build/link/pvh.elf" 20261201 "$number" "$work/draw" && grep -qx 'path=usb-uefi' "$work/draw/boot" || echo "$number: no boot of UEFI"
        grep -E '^[0-9]{1,3} [0-9]+ hmp' "$work/draw/events"
    done
}

boot=$(plain_boot)
result nothing_in_the_firmware "$(in_firmware)"
campaign stands_still 1 --events '3000 0 hmp stop' '^not ok 1 ' '^#   hang: paused: ' '^# hangs 1, crashes 0, .* alone: 0$'
campaign stood_still_once 0 --events-once '3000 0 hmp stop' '^ok 1 ' '^#   beside others it went past its time: paused: ' '^# hangs 0, crashes 0, .* alone: 1$'
results_end
