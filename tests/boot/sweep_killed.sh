#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# run/kvm-sweep, ended by a signal at each of its commands that turns a host's settings or puts them back: nothing is lost. On a made-up
# /sys whose modprobe forgets what was not given to it, and takes a module's folder away with the module.
# NEEDS: nothing
# LONG: 35 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
stride=${SWEEP_STRIDE:-1}

# host FOLDER: loaded by hand (nested, ple_window) and written to since (halt_poll_ns, halt_poll_ns_grow).
host()
{
    local module

    mkdir -p "$1/sys"
    for module in kvm kvm_intel; do
        HOST=$1 IDLELAB_SYS=$1/sys "$work/modprobe" "$module"
    done
    echo 777 >"$1/sys/module/kvm/parameters/halt_poll_ns"
    echo 3 >"$1/sys/module/kvm/parameters/halt_poll_ns_grow"
    echo 2048 >"$1/sys/module/kvm_intel/parameters/ple_window"
    echo Y >"$1/sys/module/kvm_intel/parameters/nested"
    echo both param kvm.halt_poll_ns=0 reload kvm_intel.ple_window=256 >"$1/columns"
}

settings()
{
    (cd "$1/sys/module" && head -n 1 kvm/parameters/* kvm_intel/parameters/*) 2>&1
}

cat >"$work/modprobe" <<'END'
#!/bin/bash
fresh()
{
    mkdir -p "$IDLELAB_SYS/module/$1/parameters" && cd "$IDLELAB_SYS/module/$1/parameters" || exit
    shift
    for word in "$@"; do
        rm -f "${word%%=*}"
        echo "${word#*=}" >"${word%%=*}"
    done
}
if [ "$1" = -r ]; then
    rm -rf "$IDLELAB_SYS/module/$2"
    [ "$2" = kvm ] || rm -rf "$IDLELAB_SYS/module/kvm"
    exit 0
fi
module=$1
shift
[ "$module" = kvm ] || [ -e "$IDLELAB_SYS/module/kvm" ] || "$0" kvm
[ ! -e "$IDLELAB_SYS/module/$module" ] || exit 0
case $module in
kvm) fresh kvm halt_poll_ns=200000 halt_poll_ns_grow=2 "$@" ;;
*)
    fresh kvm_intel ple_window=4096 nested=N "$@"
    chmod a-w nested ple_window
    echo 0 >../refcnt
    ;;
esac
END
cat >"$work/launcher" <<'END'
#!/bin/bash
cp "$IDLELAB_SYS/module/kvm/parameters/halt_poll_ns" "$IDLELAB_SYS/module/kvm_intel/parameters/ple_window" "$HOST/sys"
END
# A bash of run/kvm-sweep reads this first: the signal comes before command number COUNT of those in host_settings.sh.
cat >"$work/before" <<'END'
count=0
step()
{
    [[ ${BASH_SOURCE[1]:-} == */host_settings.sh ]] || return 0
    count=$((count + 1))
    [ "$count" -ne "$COUNT" ] || kill "-$SIGNAL" $$ "$BASHPID"
}
[[ $0 != */kvm-sweep ]] || {
    set -T
    trap step DEBUG
}
END
chmod +x "$work/modprobe" "$work/launcher"

# sweep FOLDER COUNT SIGNAL [ARGUMENT...]
sweep()
{
    local at=$1 count=$2 signal=$3

    shift 3
    (
        export HOST=$at IDLELAB_SYS=$at/sys IDLELAB_LAUNCHER=$work/launcher MODPROBE=$work/modprobe IDLELAB_KVM=/dev/null \
            IDLELAB_SWEEP_STATE=$at/state IDLELAB_CPUINFO=$work/cpuinfo COUNT=$count SIGNAL=$signal
        BASH_ENV=$work/before exec run/kvm-sweep --quiet --settings "$at/columns" --out "$at/out" smoke "$@" >"$at/stdout" 2>"$at/stderr"
    )
}
echo 'flags : fpu vmx sse' >"$work/cpuinfo"

# each_command SIGNAL STRIDE: until a sweep comes to its own end.
each_command()
{
    local at=$work/$1 count ends before status

    host "$at"
    before=$(settings "$at")
    for ((count = 1; count < 3000; count += $2)); do
        sweep "$at" "$count" "$1"
        status=$?
        if [ "$1" = KILL ] && [ "$status" -eq 137 ] || [ -e "$at/state" ]; then
            ends=$((${ends:-0} + 1))
            sweep "$at" 0 "$1" --restore
        fi
        if [ "$(settings "$at")" != "$before" ] || [ -e "$at/state" ]; then
            echo "$1 before command $count: a setting was lost"
            diff <(echo "$before") <(settings "$at")
            cat "$at/stderr" "$at/state" 2>/dev/null
            return 1
        fi
        case $status in
        137 | 143) ;;
        *) break ;;
        esac
    done
    # It changed something, and all of its commands were seen.
    echo "$count commands"
    [ "$count" -gt 100 ] && [ "$(cat "$at/sys/halt_poll_ns" "$at/sys/ple_window" | paste -sd ' ')" = '0 256' ]
}

if [ "$(id -u)" -ne 0 ]; then
    echo '1..0 # SKIP modules are loaded anew by root alone'
    exit 0
fi
case_run sweep_killed_at_each_command each_command KILL "$stride"
case_run sweep_terminated_at_each_command each_command TERM "$((7 * stride))"
cases_end
