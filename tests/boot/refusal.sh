#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# Where the image cannot run it says so in one line, before anything else, and stops.
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

# refuses NAME PATTERN RUN-ARGUMENTS...
refuses()
{
    local name=$1 pattern=$2

    shift 2
    expect_status 3 run/qemu --accel tcg --smp 1 --log "$work/$name.log" --timeout 60 "$@" 2>"$work/$name.err" &&
        expect_text "$work/$name.err" "^run/qemu: the image cannot run here: idlelab: .*$pattern" || return 1
    if [ "$(grep -ca '^idlelab: ' "$work/$name.log")" -ne 1 ]; then
        echo 'not one line:'
        cat "$work/$name.log"
        return 1
    fi
}

for boot in mb1 pvh iso-bios; do
    case_run "refusal_no_long_mode_${boot//-/_}" refuses "no_long_mode_$boot" '64-bit|long mode' --boot "$boot" --cpu qemu64,-lm
done
case_run refusal_little_memory_mb1 refuses little_memory_mb1 'memory' --mem 4M
case_run refusal_little_memory_pvh refuses little_memory_pvh 'memory' --mem 8M --boot pvh64
cases_end
