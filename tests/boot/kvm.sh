#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The smoke script passes under KVM, where KVM works.
# ALONE: its times are the host's
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

boots_on_kvm()
{
    local log=$work/kvm_$1.log status=0

    kvm_opens || return "$skip_status"
    run/qemu --accel kvm --smp "$1" --script smoke --log "$log" --timeout 120 >"$work/kvm_$1.err" 2>&1 || status=$?
    if [ "$status" -eq 2 ] && grep -q 'does not work' "$work/kvm_$1.err"; then
        head -n 1 "$work/kvm_$1.err"
        return "$skip_status"
    fi
    cat "$work/kvm_$1.err"
    [ "$status" -eq 0 ] && expect_status 0 "$build/idlelab" check "$log" &&
        expect_text "$log" '"k":"hypervisor","v":"?[^"]*[Kk][Vv][Mm]'
}

cases_at_once=1
case_run boot_mb1_1cpu_kvm boots_on_kvm 1
case_run boot_mb1_2cpu_kvm boots_on_kvm 2
cases_end
