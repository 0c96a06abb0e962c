#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `noise`: the gaps of all CPUs are one series, none is dropped uncounted.
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

# scalar LOG NAME
scalar()
{
    sed -nE "s/.*\"k\":\"$2\",\"v\":([0-9]+).*/\1/p" "$1" | head -n 1
}

# Where every turn of the loop is a gap, each CPU keeps all that it can, and the rest is counted.
all_cpus()
{
    local log=$work/all.log n gaps dropped

    expect_status 0 run/qemu --quiet --accel tcg --smp 2 --script 'noise time=200ms threshold=0ns' --log "$log" --timeout 100 || return 1
    n=$(sed -nE 's/.*"m":"gap","u":"tsc","n":([0-9]+),.*/\1/p' "$log" | head -n 1)
    gaps=$(scalar "$log" gaps)
    dropped=$(scalar "$log" gaps_not_kept)
    if [ "${n:-0}" -ne 32768 ] || [ $((n + dropped)) -ne "$gaps" ]; then
        echo "the series has $n of $gaps gaps, $dropped are said to be dropped; two CPUs keep 32768"
        return 1
    fi
}

case_run noise_all_cpus all_cpus
cases_end
