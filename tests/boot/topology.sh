#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# CPUs stand where the emulator puts them: threads, dies and packages, and modules, which need QEMU 10 and KVM (its TCG ends when firmware asks for
# a leaf behind 1Fh). A waker asked for by its place is of that place, and by default not of the sleeper's module.
# NEEDS: image host iso
# LONG: 22 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

# places LOG CPU MEMBERS: what the record of that CPU says behind its APIC id
places() { expect_text "$1" "\"t\":\"cpu\",\"cpu\":$2,\"apic\":[0-9]+,$3\}"; }

two_packages()
{
    local log=$work/packages.log

    expect_status 0 run/qemu --quiet --accel tcg --smp 8,sockets=2,dies=2,cores=1,threads=2 --script 'noise time=10ms' --log "$log" --timeout 100 &&
        places "$log" 1 '"pkg":0,"core":0,"smt":1' && places "$log" 2 '"pkg":0,"core":[12],"smt":0' && places "$log" 4 '"pkg":1,"core":0,"smt":0'
}

two_modules()
{
    local log=$work/modules.log status=0

    kvm_opens || return "$skip_status"
    # Eight CPUs on two: what is to be woken needs more than 50 us to fall asleep.
    QEMU=run/qemu-trixie run/qemu --quiet --accel kvm --boot qboot --cpu Nehalem,+x2apic,level=31 --smp 8,modules=2,cores=2,threads=2 \
        --script 'ipi from=0 to=module,package,any samples=8 gap=2ms' --log "$log" --timeout 200 >"$work/modules.err" 2>&1 || status=$?
    if [ "$status" -eq 2 ] && grep -qE 'does not work|is not in|modules > 1 not supported' "$work/modules.err"; then
        head -n 1 "$work/modules.err"
        return "$skip_status"
    fi
    cat "$work/modules.err"
    [ "$status" -eq 0 ] && expect_status 0 "$build/idlelab" check "$log" && expect_text "$log" '"k":"topology","v":"leaf1f"' &&
        places "$log" 3 '"pkg":0,"mod":0,"core":1,"smt":1' && places "$log" 4 '"pkg":0,"mod":1,"core":2,"smt":0' &&
        expect_text "$log" '"step":2,"pair":\[0,2\],"rel":"module"' && expect_text "$log" '"step":4,"pair":\[0,4\],"rel":"package"' &&
        expect_text "$log" '"step":6,"pair":\[0,4\],"rel":"package"'
}

case_run topology_packages two_packages
case_run topology_modules two_modules
cases_end
