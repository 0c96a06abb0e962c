#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The script `full`, every step of it, on four CPUs that have all wait instructions: it ends, and no record is lost. Bochs' clock is set
# to 10 MHz, so that a second of its time is a fifth of the work that it is at the usual 50 MHz.
# LONG: 65 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

full_ends()
{
    local log=$work/full.log rc=0

    run/bochs --quiet --cpu sapphire_rapids --smp 4 --script full --log "$log" --timeout 900 -- 'cpu: ips=10000000' || rc=$?
    # A verdict may be `not ok` at this clock; a lost or damaged record, a hang or a missing step may not.
    [ "$rc" -le 1 ] || return 1
    "$build/idlelab" check "$log" || [ $? -eq 1 ] || return 1
    "$build/idlelab" show --brief --width 100 "$log" >"$work/brief"
    if [ "$(wc -l <"$work/brief")" -gt 40 ] || [ -n "$(awk 'length > 100' "$work/brief")" ]; then
        echo 'show --brief is more than a screen of 40 lines of 100 columns'
        return 1
    fi
    "$build/idlelab" show "$log" | grep -cE '^  waiting: ' >"$work/waiting" || true
    if [ "$(cat "$work/waiting")" -ne 1 ]; then
        echo 'a result of many steps is not one line'
        return 1
    fi
    grep -aE '^not ok' "$log"
    ! grep -aE '"end":"(lost_wake|hang|fault|error)"' "$log"
}

case_run full_on_bochs_4_cpus full_ends
cases_end
