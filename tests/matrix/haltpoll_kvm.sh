#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `haltpoll` on this host's KVM, against what KVM itself counts and is set to: query-stats of QEMU's monitor, and the module's parameters.
# A host that is busy ends its polls early (a busy machine is no reason to fail): the guest may then not know, but must not claim polling
# that did not happen. Nothing of the host is changed: the guest itself switches the polling off.
# ALONE: the host ends its polling as soon as another thread wants the CPU
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
parameters=/sys/module/kvm/parameters
tries=2

# boot_and_count NAME SCRIPT: the log in NAME.log and, after the run's end and before the VM's, the boot CPU's counters in NAME.stats.
boot_and_count()
{
    local name=$work/$1 reply='' n=0 machine status=0

    rm -f "$name".{qmp.in,qmp.out,log}
    mkfifo "$name.qmp.in" "$name.qmp.out"
    timeout 100 qemu-system-x86_64 -accel kvm -cpu host,-arch-capabilities,migratable=off -M q35 -m 512 -smp 2 -display none \
        -bios /usr/share/qemu/qboot.rom -kernel "$build/idlelab64.elf" -serial "file:$name.log" -no-reboot -qmp "pipe:$name.qmp" \
        -append "script=\"$2\" exit=halt" 2>"$name.err" &
    machine=$!
    exec 3<>"$name.qmp.in" 4<>"$name.qmp.out"
    if read -r -t 20 -u 4 reply; then
        echo '{"execute":"qmp_capabilities"}' >&3
        read -r -t 10 -u 4 reply
        while ! grep -qs IDLELAB-END "$name.log" && [ $((n += 1)) -le 300 ]; do
            sleep 0.2
        done
        echo '{"execute":"query-stats","arguments":{"target":"vcpu"}}' >&3
        read -r -t 10 -u 4 reply
        printf '%s\n' "$reply" >"$name.stats"
        echo '{"execute":"quit"}' >&3
    fi
    wait "$machine" || status=$?
    exec 3>&- 4<&-
    if ! grep -q IDLELAB-END "$name.log"; then
        echo "no end in the log; QEMU: $status $(tail -n 1 "$name.err")"
        return 1
    fi
}

# counter NAME COUNTER: of the boot CPU, whose entry is the one of device[0].
counter()
{
    sed 's/"provider"/\n&/g' "$work/$1.stats" | grep -F 'device[0]"' |
        sed -nE "s/.*\"name\": \"$2\", \"value\": ([0-9]+).*/\1/p"
}

# scalar NAME STEP KEY: empty where there is none.
scalar()
{
    sed -nE "s/^# IL [0-9a-f]+ .*\"step\":$2,\"k\":\"$3\",\"v\":(-?[0-9]+).*/\1/p" "$work/$1.log" | head -n 1
}

works_here()
{
    kvm_opens || return "$skip_status"
    if [ ! -r "$parameters/halt_poll_ns" ]; then
        echo "$parameters/halt_poll_ns cannot be read"
        return "$skip_status"
    fi
}

# counts_match NAME STEP: every HLT that leaves to KVM is in halt_exits, beside those of the survey and the end of a run, which a boot
# with nothing else has too. How many these are differs from boot to boot on a busy host, by as much as they are; 1 % of doubt besides.
counts_match()
{
    local hlts exits bare slack

    [ -s "$work/bare.stats" ] || boot_and_count bare survey || return 1
    hlts=$(scalar "$1" "$2" hlts) exits=$(counter "$1" halt_exits) bare=$(counter bare halt_exits)
    echo "the guest counted ${hlts:-no} HLTs, KVM ${exits:-no} halt_exits, and ${bare:-none} without them"
    [ -n "$hlts" ] && [ -n "$exits" ] && [ -n "$bare" ] || return 1
    exits=$((exits - bare)) slack=$((hlts / 100 + bare))
    [ $((exits - hlts)) -le "$slack" ] && [ $((hlts - exits)) -le "$slack" ]
}

# polled NAME STEP PERCENT: the host polled successfully through so many of the halts. A crowded CPU ends every poll at once.
polled()
{
    local hlts polls

    hlts=$(scalar "$1" "$2" hlts) polls=$(counter "$1" halt_successful_poll)
    echo "$polls polls of $hlts halts ended well"
    [ $((100 * polls)) -ge $(($3 * hlts)) ]
}

# claims NAME STEP: it says that the host polls, and not with low confidence.
claims()
{
    grep -qE "\"step\":$2,\"id\":\"halt_poll\",\"conf\":\"(medium|high)\",\"text\":\"the host polls" "$work/$1.log"
}

# within VALUE LOW HIGH: with 10 % on each side.
within()
{
    [ $((100 * $1)) -ge $((90 * $2)) ] && [ $((100 * $1)) -le $((110 * $3)) ]
}

# The module's parameter is between the knee and the limit that the guest allows for, the rule is the module's; and where nothing is claimed, that is honest too.
verdict_matches()
{
    local n=0 limit low high grow start

    works_here || return
    limit=$(<"$parameters/halt_poll_ns")
    while [ $((n += 1)) -le "$tries" ]; do
        boot_and_count verdict 'haltpoll test=ladder shortest=20us longest=600us points=24 samples=10 trials=150 budget=10s' &&
            counts_match verdict 2 || return 1
        grep -E '"id":"halt_poll' "$work/verdict.log" | sort -u
        if ! polled verdict 2 10; then
            claims verdict 2 && { echo 'claims polling that did not happen'; return 1; }
            echo 'the host is too busy to poll; the guest claims nothing'
            return "$skip_status"
        fi
        claims verdict 2 || continue
        low=$(scalar verdict 2 knee_low) high=$(scalar verdict 2 limit_at_most)
        grow=$(scalar verdict 2 grow) start=$(scalar verdict 2 grow_start)
        within "$limit" "$low" "$high" || { echo "$limit is not in $low to $high"; return 1; }
        [ -z "$grow" ] || [ "$grow" = "$(<"$parameters/halt_poll_ns_grow")" ] || { echo "grow is not $grow"; return 1; }
        [ -z "$start" ] || within "$(<"$parameters/halt_poll_ns_grow_start")" "$start" "$start" ||
            { echo "grow_start is not $start"; return 1; }
        return 0
    done
    echo 'too noisy to tell'
    return "$skip_status"
}

poll_control_moves_it()
{
    local n=0 on off

    works_here || return
    while [ $((n += 1)) -le "$tries" ]; do
        boot_and_count control 'haltpoll test=control shortest=20us longest=600us points=24 samples=12 budget=6s' || return 1
        if grep -q 'SKIP needs KVM' "$work/control.log"; then
            echo 'this KVM has no poll control'
            return "$skip_status"
        fi
        counts_match control 2 || return 1
        on=$(scalar control 2 wake_poll_on) off=$(scalar control 2 wake_poll_off)
        echo "try $n: wakes cost $on ns with polling, $off ns without"
        grep -E '"id":"poll_control' "$work/control.log" | sort -u
        if ! polled control 2 10; then
            echo 'the host is too busy to poll'
            return "$skip_status"
        fi
        if grep -q 'poll control moves the knee' "$work/control.log"; then
            [ "$off" -gt "$on" ]
            return
        fi
    done
    echo 'too noisy to tell'
    return "$skip_status"
}

cases_at_once=1
case_run haltpoll_kvm_verdict_matches verdict_matches
case_run haltpoll_kvm_poll_control_moves_it poll_control_moves_it
cases_end
