#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The verdicts on what runs idlelab: each emulator gets its own, and the same one in every boot. Bochs is exact: there the costs behind
# them must be the same to the tick. VERDICT_BOOTS says how often each is booted.
# LONG: 26 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
boots=${VERDICT_BOOTS:-2}

# verdicts LOG: the findings that are verdicts, once each, "STEP ID TEXT".
verdicts()
{
    sed -nE 's/.*"t":"finding","step":([0-9]+),"id":"(intercepted|waitpkg_is|[a-z]+_is|exit_disarms|hints|host_tick)",(.*)\} \*[0-9a-f]+$/\1 \2 \3/p' "$1" |
        awk '!seen[$0]++'
}

# words LOG: the same without figures, which are the host's where time is.
words()
{
    verdicts "$1" | sed -E 's/[0-9]+(\.[0-9]+)?/N/g'
}

# costs LOG: the rows behind them.
costs()
{
    sed -nE 's/.*("row":"intercept",.*)\} \*[0-9a-f]+$/\1/p' "$1" | awk '!seen[$0]++'
}

# said LOG STEP ID START: that finding begins so.
said()
{
    expect_text "$1" "\"step\":$2,\"id\":\"$3\",(\"conf\":\"[a-z]+\",)?(\"p\":1,\"of\":[0-9],)?\"text\":\"$4"
}

# same LIST NAME: what LIST prints is the same for all boots of NAME, and not empty.
same()
{
    local first i

    first=$("$1" "$work/$2.1.log")
    if [ -z "$first" ]; then
        echo "$1: the first boot says nothing"
        return 1
    fi
    for ((i = 2; i <= boots; i++)); do
        diff <(echo "$first") <("$1" "$work/$2.$i.log") || {
            echo "$1: boot $i differs from the first one"
            return 1
        }
    done
}

# bochs_boots NAME MODEL CPUS SCRIPT
bochs_boots()
{
    local i

    for ((i = 1; i <= boots; i++)); do
        expect_status 0 run/bochs --quiet --cpu "$2" --smp "$3" --script "$4" --log "$work/$1.$i.log" --timeout 300 || return 1
    done
    log=$work/$1.1.log
    same verdicts "$1" && same costs "$1"
}

# tcg_boots NAME CPUS SCRIPT
tcg_boots()
{
    local i

    for ((i = 1; i <= boots; i++)); do
        run/qemu --accel tcg --quiet --smp "$2" --script "$3" --log "$work/$1.$i.log" --timeout 200
        expect_text "$work/$1.$i.log" '^IDLELAB-END' || return 1
    done
    log=$work/$1.1.log
    same words "$1"
}

bochs_intel()
{
    bochs_boots intel sapphire_rapids 2 'monitor test=real,cpuid,hints method=mwait,umwait:c01 samples=4; monitor test=spurious samples=8' &&
        said "$log" 1 intercepted 'an emulator runs every instruction in software' &&
        said "$log" 1 waitpkg_is 'real: TPAUSE for 2[0-9]{4} ticks took 2[0-9]{4}, for none [0-9]+ \(medians\)"' &&
        said "$log" 2 mwait_is 'real: ' &&
        said "$log" 3 umwait_is 'real: ' &&
        said "$log" 4 exit_disarms 'no: CPUID does not leave here' &&
        said "$log" 6 hints '0x0 unverified, 0x1 unverified, 0x20 unverified"' &&
        said "$log" 7 hints '0x0 unverified, 0x1 unverified"' &&
        said "$log" 8 host_tick 'no tick: 0 wakes'
}

# One CPU: arming alone tells a monitor from a HLT.
bochs_amd()
{
    bochs_boots amd ryzen 1 'monitor test=real,hints method=mwait,mwaitx samples=4' &&
        said "$log" 1 waitpkg_is 'absent' &&
        said "$log" 2 mwait_is 'real: ' &&
        said "$log" 3 mwaitx_is 'real: ' &&
        expect_text "$log" '^ok 2 .* # sleeps 4 count'
}

tcg='monitor test=real,cpuid samples=4 interval=5ms'

tcg_alone()
{
    tcg_boots alone 1 "$tcg" &&
        said "$log" 1 intercepted 'an emulator runs every instruction in software' &&
        said "$log" 1 waitpkg_is 'absent' &&
        said "$log" 2 mwait_is 'hlt_like: ' &&
        said "$log" 3 exit_disarms "can't tell"
}

tcg_pair()
{
    tcg_boots pair 2 "$tcg; deadline idle=tpause:c01 force=yes" &&
        said "$log" 2 mwait_is 'at_once: ' &&
        said "$log" 3 exit_disarms "can't tell: the wait does not sleep" &&
        said "$log" 4 waitpkg_is 'swallowed: '
}

# A processor that refuses the instruction: #UD is the verdict. TCG checks the bit for MONITOR, not for TPAUSE.
refused()
{
    log=$work/refused.log
    expect_status 0 run/qemu --accel tcg --quiet --smp 1 --cpu qemu64 --script 'monitor test=real force=yes samples=2' --log "$log" --timeout 120 &&
        said "$log" 2 mwait_is '#UD: exception 6'
}

# What KVM this is decides the verdict; that there is one, with enough samples behind it, does not depend on it.
on_kvm()
{
    kvm_opens || return "$skip_status"
    log=$work/kvm.log
    expect_status 0 run/qemu --accel kvm --boot qboot --quiet --smp 1 --script survey --log "$log" --timeout 120 &&
        expect_text "$log" '"insn":"cpuid","leaves":"(yes|emulated)",.*"n":([89]|[1-6][0-9]),' &&
        said "$log" 1 intercepted '(leave to a hypervisor: cpuid|an emulator runs every instruction in software)' &&
        said "$log" 1 apic_bus 'the APIC timer counts at 1.000 GHz' &&
        expect_text "$log" '"k":"kvmclock","v":"TSC at [0-9]+ Hz'
}

case_run verdicts_bochs_intel bochs_intel
case_run verdicts_bochs_amd bochs_amd
case_run verdicts_tcg_alone tcg_alone
case_run verdicts_tcg_pair tcg_pair
case_run verdicts_refused refused
case_run verdicts_kvm on_kvm
cases_end
