#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# 384 CPUs come up, the last with an APIC id above 255, and interrupts and NMIs reach it.
# NEEDS: image host
# ALONE: 384 processors share the host's
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

# Two packages of 96 cores with two threads: ids 0 to 191 and 256 to 447, of which the last is reached, too. tests/bench/run holds the time.
large()
{
    local log=$work/large.log

    QEMU=run/qemu-trixie expect_status 0 run/qemu --quiet --accel tcg --smp 384,sockets=2,cores=96,threads=2 --mem 512M --timeout 400 \
        --script 'ipi from=0 to=383 mode=fixed,nmi samples=20' --log "$log" -- \
        -machine kernel-irqchip=off -device intel-iommu,intremap=on,eim=on || return 1
    expect_status 0 "$build/idlelab" check "$log" && expect_text "$log" '"k":"cpus","v":384\b' && expect_text "$log" '"k":"apic","v":"x2apic"' &&
        expect_text "$log" '"cpu":383,"apic":447,"pkg":1,' && expect_text "$log" '^ok [0-9]+ ipi' || return 1
    if grep -aE '"k":"cpus_out"|"id":"cpus_|^not ok|SKIP' "$log"; then
        return 1
    fi
}

case_run many_cpus_384 large
cases_end
