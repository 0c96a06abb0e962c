#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The image boots by every loader with 1, 2 and 8 processors under QEMU TCG, runs the smoke script and ends with PASS.
# ALONE: eight processors of a machine share the host's, and need some samples each
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

# boots NAME BOOT CPUS ACCEL
boots()
{
    local log=$work/$1.log cpus loader

    case $2 in
    mb1) loader=multiboot1 ;;
    iso-* | usb-*) loader=multiboot2 ;;
    *) loader=pvh ;;
    esac
    expect_status 0 run/qemu --quiet --accel "$4" --boot "$2" --smp "$3" --script smoke --log "$log" \
        --timeout 240 || return 1
    expect_text "$log" '^IDLELAB-END run=[0-9a-f]{16} result=PASS' || return 1
    expect_status 0 "$build/idlelab" check "$log" || return 1
    cpus=$(json_value "$log" cpu cpu | sort -u | grep -cE '^[0-9]+$')
    # Where no clock can serve as watchdog one CPU does, and takes part in nothing else (microvm).
    if grep -aq '"k":"watchdog","v":"peer"' "$log"; then
        cpus=$((cpus + 1))
    fi
    if [ "$cpus" -ne "$3" ]; then
        echo "$cpus processors in the log, expected $3"
        return 1
    fi
    expect_text "$log" "\"k\":\"loader\".*|\"k\":\"protocol\",\"v\":\"$loader"
}

all_loaders()
{
    local boot

    for boot in mb1 pvh pvh64 microvm iso-bios usb-bios iso-uefi usb-uefi; do
        case_run "boot_${boot//-/_}_${1}cpu_tcg" boots "${boot}_$1" "$boot" "$1" tcg
    done
}

all_loaders 1
all_loaders 2
# Eight processors share the host's: two such machines at a time would keep each other from the samples they need.
cases_at_once=1
all_loaders 8
cases_end
