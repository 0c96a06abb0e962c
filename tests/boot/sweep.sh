#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# run/kvm-sweep puts every setting of the host back, however it ends; on a made-up /sys with a launcher that only notes what it sees. And
# one short sweep over a real KVM.
# LONG: 30 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

# host NAME: a host of its own in $work/NAME, with a launcher, modprobe and a list of columns.
host()
{
    local at=$work/$1 params=$work/$1/sys/module/kvm/parameters vendor=$work/$1/sys/module/kvm_intel

    mkdir -p "$params" "$vendor/parameters"
    echo 200000 >"$params/halt_poll_ns"
    echo 2 >"$params/halt_poll_ns_grow"
    ln -s /proc/version "$params/lapic_timer_advance" # can be read, and not even root can write it
    echo 4096 >"$vendor/parameters/ple_window"
    echo 0 >"$vendor/refcnt"
    cat >"$at/columns" <<'END'
default
off    param kvm.halt_poll_ns=0 param kvm.halt_poll_ns_grow=3
short  param kvm.halt_poll_ns=50000 cpu kvm-hint-dedicated=on qemu -machine pit=off
fixed  param kvm.halt_poll_ns=1 param kvm.lapic_timer_advance=N
none   param kvm.no_such=1
ple    reload kvm_intel.ple_window=256
END
    cat >"$at/launcher" <<'END'
#!/bin/bash
# Notes its arguments and the settings, and leaves a log as the one it was told to leave.
trap 'echo ended >>"$HOST/ended"; exit 3' TERM
params=$IDLELAB_SYS/module
echo "$(cat "$params/kvm/parameters/halt_poll_ns") $(cat "$params/kvm/parameters/halt_poll_ns_grow")" \
    "$(cat "$params/kvm_intel/parameters/ple_window") $*" >>"$HOST/seen"
while [ $# -gt 0 ] && [ "$1" != --log ]; do shift; done
cp "$FIXTURE" "$2"
sleep "$SLEEP_S" &
wait $!
exit "$STATUS"
END
    cat >"$at/modprobe" <<'END'
#!/bin/bash
# Loads by writing what it is given; what somebody wrote later is forgotten.
echo "$*" >>"$HOST/modprobe.calls"
[ "$1" != -r ] || exit 0
module=$1
shift
mkdir -p "$IDLELAB_SYS/module/$module/parameters"
echo 7 >"$IDLELAB_SYS/module/kvm/parameters/halt_poll_ns_grow"
for word in "$@"; do echo "${word#*=}" >"$IDLELAB_SYS/module/$module/parameters/${word%%=*}"; done
END
    chmod +x "$at/launcher" "$at/modprobe"
}

# sweep NAME ARGUMENT...: run/kvm-sweep on that host. STATUS and SLEEP_S say what the launcher does.
sweep()
{
    local at=$work/$1

    shift
    HOST=$at IDLELAB_SYS=$at/sys IDLELAB_LAUNCHER=$at/launcher MODPROBE=$at/modprobe IDLELAB_KVM=/dev/null \
        IDLELAB_SWEEP_STATE=$at/state FIXTURE=$root/tests/boot/fixtures/${FIXTURE:-pass.log} STATUS=${STATUS:-0} \
        SLEEP_S=${SLEEP_S:-0} exec env --default-signal=INT run/kvm-sweep --settings "$at/columns" \
        --out "$at/out" smoke "$@" >"$at/stdout" 2>"$at/stderr"
}

# waited COMMAND...: in a process of its own, because sweep does not return.
waited()
{
    ("$@")
}

# as_before NAME: nothing is changed, and nothing is left to put back.
as_before()
{
    local modules=$work/$1/sys/module

    if [ "$(cat "$modules/kvm/parameters/halt_poll_ns" "$modules/kvm/parameters/halt_poll_ns_grow" \
        "$modules/kvm_intel/parameters/ple_window" | tr '\n' ' ')" != '200000 2 4096 ' ] || [ -e "$work/$1/state" ]; then
        echo 'a setting was not put back'
        cat "$work/$1/stderr" "$work/$1/state" 2>/dev/null
        return 1
    fi
}

normal()
{
    local reason='in use|no parameter|no module|takes root'

    host normal
    expect_status 0 waited sweep normal && as_before normal &&
        expect_text "$work/normal/seen" '^200000 2 4096 .*--script smoke .*--log .*/default\.log' &&
        expect_text "$work/normal/seen" '^0 3 4096 ' &&
        expect_text "$work/normal/seen" '^50000 2 4096 .*--cpu \+kvm-hint-dedicated=on -- -machine pit=off$' &&
        ! grep -q '^1 ' "$work/normal/seen" &&
        expect_text "$work/normal/out/skipped" '^fixed: kvm\.lapic_timer_advance cannot be written: ' &&
        expect_text "$work/normal/out/skipped" '^none: this kernel has no parameter kvm\.no_such$' &&
        expect_text "$work/normal/out/sweep.txt" '^short  ' && [ -s "$work/normal/out/report.html" ] || return
    if [ "$(id -u)" -eq 0 ]; then
        expect_text "$work/normal/seen" '^200000 2 256 ' &&
            expect_text "$work/normal/modprobe.calls" '^kvm_intel ple_window=4096$'
    else
        expect_text "$work/normal/out/skipped" "^ple: .*($reason)"
    fi
}

module_in_use()
{
    host in_use
    echo 1 >"$work/in_use/sys/module/kvm_intel/refcnt"
    expect_status 0 waited sweep in_use && as_before in_use && [ ! -e "$work/in_use/modprobe.calls" ] &&
        expect_text "$work/in_use/out/skipped" '^ple: module reload: kvm_intel is in use'
}

failing()
{
    host failing
    FIXTURE=fail.log STATUS=1 expect_status 1 waited sweep failing && as_before failing &&
        host lost && FIXTURE=cut.log STATUS=3 expect_status 3 waited sweep lost && as_before lost &&
        host refused && STATUS=2 expect_status 2 waited sweep refused && as_before refused &&
        expect_text "$work/refused/stderr" 'no column could run'
}

# until_changed NAME: waits until a setting is changed and the launcher runs.
until_changed()
{
    local i

    for ((i = 0; i < 200; i++)); do
        [ "$(grep -c '^0 ' "$work/$1/seen" 2>/dev/null)" != 1 ] || return 0
        sleep 0.05
    done
    echo 'no setting was ever changed'
    return 1
}

# signalled SIGNAL STATUS: in the second column, with settings changed.
signalled()
{
    local name=signal_$1 pid

    host "$name"
    sed -i 1d "$work/$name/columns"
    (SLEEP_S=20 sweep "$name") &
    pid=$!
    until_changed "$name" || return
    kill "-$1" "$pid"
    expect_status "$2" wait "$pid" && as_before "$name" && expect_text "$work/$name/ended" ended
}

# What a kill -9 leaves, --restore mends, and so does the next sweep.
killed()
{
    local pid way

    for way in restore again; do
        host "killed_$way"
        sed -i 1d "$work/killed_$way/columns"
        (SLEEP_S=20 sweep "killed_$way") &
        pid=$!
        until_changed "killed_$way" || return
        kill -KILL "$pid"
        wait "$pid" 2>/dev/null
        [ "$(cat "$work/killed_$way/sys/module/kvm/parameters/halt_poll_ns")" -eq 0 ] && [ -s "$work/killed_$way/state" ] ||
            return 1
    done
    expect_status 0 waited sweep killed_restore --restore && as_before killed_restore &&
        expect_status 0 waited sweep killed_again && as_before killed_again &&
        expect_text "$work/killed_again/stderr" 'its settings are put back first'
}

# The modules were out when the sweep was killed: they come back, and then what had been written to them.
modules_gone()
{
    host gone
    mv "$work/gone/sys/module/kvm_intel" "$work/gone/unloaded"
    printf '%s\n' 'param kvm.halt_poll_ns_grow 2' 'reload kvm_intel.ple_window 4096' >"$work/gone/state"
    echo 'flags : fpu vmx sse' >"$work/gone/cpuinfo"
    IDLELAB_CPUINFO=$work/gone/cpuinfo expect_status 0 waited sweep gone --restore && as_before gone
}

only_one()
{
    local pid good=yes

    host one
    (SLEEP_S=5 sweep one) &
    pid=$!
    sed -i 1d "$work/one/columns"
    for _ in {1..100}; do
        [ ! -s "$work/one/seen" ] || break
        sleep 0.05
    done
    IDLELAB_LAUNCHER=/bin/false IDLELAB_SWEEP_STATE=$work/one/state IDLELAB_KVM=/dev/null expect_status 2 run/kvm-sweep smoke \
        --out "$work/one/second" 2>"$work/one/second.err" &&
        expect_text "$work/one/second.err" 'another sweep is running' || good=
    kill -TERM "$pid"
    wait "$pid"
    as_before one && [ -n "$good" ]
}

bad_usage()
{
    expect_status 2 run/kvm-sweep && expect_status 2 run/kvm-sweep smoke full && expect_status 2 run/kvm-sweep --smp no smoke &&
        expect_status 2 run/kvm-sweep smoke --settings no_such && expect_status 0 run/kvm-sweep --list >"$work/list" &&
        expect_text "$work/list" '^K8_overcommit pin one' && echo 'two smp' >"$work/no_value" &&
        expect_status 2 run/kvm-sweep --nested kvm_amd --settings "$work/no_value" --out "$work/no_value.out" smoke 2>"$work/no_value.err" &&
        expect_text "$work/no_value.err" 'column two: smp needs a value$' &&
        IDLELAB_KVM=$work/no_kvm expect_status 2 run/kvm-sweep --settings K5_xapic --out "$work/no_kvm.out" smoke 2>"$work/no_kvm.err" &&
        expect_text "$work/no_kvm.err" 'no_kvm cannot be opened: there is no KVM to sweep$' && [ ! -e "$work/no_kvm" ]
}

# With --nested the columns become rows of run/nested, but for those that its emulator cannot run.
nested()
{
    local at=$work/nested

    mkdir -p "$at/root/modules"
    touch "$at/root/versions"
    printf 'parmtype=%s:x\n' halt_poll_ns enable_apicv ple_gap avic pause_filter_count |
        tee "$at/root/modules/kvm.ko" "$at/root/modules/kvm-intel.ko" >"$at/root/modules/kvm-amd.ko"
    cat >"$at/columns" <<'END'
default
off    param kvm.halt_poll_ns=0
gone   param kvm.no_such=1
ple    reload kvm_intel.ple_gap=0
apicv  reload kvm_intel.enable_apicv=0
avic   reload kvm_amd.avic=1
filter reload kvm_amd.pause_filter_count=0
pm     pin each qemu -overcommit cpu-pm=on
pause  exits pause
mwait  exits mwait,cstate
hlt    exits hlt
two    smp 2
END
    cat >"$at/launcher" <<'END'
#!/bin/bash
while [ $# -gt 0 ]; do
    [ "$1" != --rows ] || rows=$2
    [ "$1" != --out ] || out=$2
    shift
done
while IFS='|' read -r name _; do cp "$FIXTURE" "$out/$name.log"; done <"$rows"
echo IDLELAB-HOST >"$out/host.console.log"
[ -z "${LEAVES_NONE:-}" ] || { rm "$out/$LEAVES_NONE.log"; exit 2; }
END
    chmod +x "$at/launcher"
    nested_on kvm_intel && [ "$(cut -d '|' -f 1,2,3,5 "$at/kvm_intel/columns")" = '# the columns of run/kvm-sweep
default||1|
off|halt_poll_ns=0 |1|
ple|ple_gap=0 |1|
pause||1|--disable-exits pause
mwait||1|--disable-exits mwait,cstate --list-mwait' ] && expect_text "$at/kvm_intel/skipped" '^gone: this kernel has no parameter kvm\.no_such$' &&
        expect_text "$at/kvm_intel/skipped" "^pm: Debian's Bochs: nothing wakes" && expect_text "$at/kvm_intel/skipped" "^hlt: Debian's Bochs: nothing" &&
        expect_text "$at/kvm_intel/skipped" "^two: Debian's Bochs: an interrupt" && expect_text "$at/kvm_intel/skipped" "^apicv: Debian's Bochs: no" &&
        mended_bochs && nested_on kvm_intel && [ "$(cut -d '|' -f 1,3,5 "$at/kvm_intel/columns" | tail -n 3)" = 'mwait|1|--disable-exits mwait,cstate --list-mwait
hlt|1|--disable-exits hlt
two|2|' ] && expect_text "$at/kvm_intel/columns" '^apicv.enable_apicv=0 .1.' && [ "$(wc -l <"$at/kvm_intel/skipped")" -eq 3 ] &&
        nested_on kvm_amd && [ "$(cut -d '|' -f 1,3,5 "$at/kvm_amd/columns")" = '# the columns of run/kvm-sweep
default|1|
off|1|
pm|1|--disable-exits mwait,hlt,pause,cstate --list-mwait
pause|1|--disable-exits pause
mwait|1|--disable-exits mwait,cstate --list-mwait
hlt|1|--disable-exits hlt
two|2|' ] && expect_text "$at/kvm_amd/skipped" '^ple: kvm_amd has no kvm_intel$' && expect_text "$at/kvm_amd/skipped" "^avic: QEMU's SVM" &&
        LEAVES_NONE=off nested_on kvm_amd 1 && expect_text "$at/kvm_amd/skipped" '^off: it left no log: .*host.console.log$' &&
        expect_text "$at/kvm_amd/sweep.txt" '^pause .* pass'
}

# What the emulator is, by the files that run/setup bochs-patched leaves: none of these columns is beyond it.
mended_bochs()
{
    mkdir -p "$work/nested/bochs"
    printf '#!/bin/bash\n' >"$work/nested/bochs/bochs"
    chmod +x "$work/nested/bochs/bochs"
    cp run/host/bochs_vmx.patch "$work/nested/bochs/patch"
}

# nested_on HOST [CODE]
nested_on()
{
    rm -rf "${work:?}/nested/$1"
    BOCHS_PATCHED_ROOT=$work/nested/bochs NESTED_ROOT=$work/nested/root IDLELAB_NESTED_LAUNCHER=$work/nested/launcher FIXTURE=$root/tests/boot/fixtures/pass.log \
        expect_status "${2:-0}" run/kvm-sweep --quiet --nested "$1" --settings "$work/nested/columns" --out "$work/nested/$1" smoke \
        2>"$work/nested/$1.err" || { cat "$work/nested/$1.err"; return 1; }
}

real()
{
    kvm_opens || return "$skip_status"
    expect_status 0 run/kvm-sweep --quiet --settings K5_xapic,pinned --out "$work/real" --timeout 120 \
        'cost insn=cpuid n=50' 2>"$work/real.err" &&
        expect_text "$work/real/pinned.log" '"k":"apic","v":"x2apic"' &&
        expect_text "$work/real/K5_xapic.log" '"k":"apic","v":"xapic"' &&
        expect_text "$work/real/pinned.log" '"k":"vcpu_pin","v":"0:[0-9]+ 1:[0-9]+"' &&
        expect_text "$work/real/sweep.txt" '^K5_xapic  .*pass' && [ -s "$work/real/report.html" ]
}

case_run sweep_normal normal
case_run sweep_module_in_use module_in_use
case_run sweep_failing failing
case_run sweep_int signalled INT 130
case_run sweep_term signalled TERM 143
case_run sweep_hup signalled HUP 129
case_run sweep_killed killed
case_run sweep_modules_gone modules_gone
case_run sweep_only_one only_one
case_run sweep_usage bad_usage
case_run sweep_nested nested
case_run sweep_real real
cases_end
