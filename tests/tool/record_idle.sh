#!/bin/bash
# SPDX-License-Identifier: MIT
# run/record-idle on a made-up /sys and /proc: what it writes, that it refuses where a trace is on, that whatever ends it the instance goes
# (in a real kernel: tests/trace/live). The made-up instance is a folder, so what stands for the kernel fills it. Prints TAP.
# NEEDS: host
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
root=$work/root
tracefs=$root/sys/kernel/tracing

# A machine of two CPUs with two states. rmdir() takes an instance away with all that is in it: `bin/rmdir` does so here, and `bin/mkdir`
# fills it.
machine()
{
    local cpu state

    chmod -R u+w "$root" 2>/dev/null
    rm -rf "$root" "$work/out"
    mkdir -p "$tracefs/instances" "$root/proc" "$root/run" "$root/dev" "$root/sys/devices/system/cpu/cpuidle"
    echo nop >"$tracefs/current_tracer"
    : >"$tracefs/set_event"
    : >"$tracefs/kprobe_events"
    for cpu in 0 1; do
        for state in 0 1; do
            mkdir -p "$root/sys/devices/system/cpu/cpu$cpu/cpuidle/state$state"
            (cd "$root/sys/devices/system/cpu/cpu$cpu/cpuidle/state$state" || exit
                echo "ACPI HLT $state" >name
                for name in latency residency disable usage above below rejected time; do echo $((state * 7)) >$name; done)
        done
    done
    echo acpi_idle >"$root/sys/devices/system/cpu/cpuidle/current_driver"
    echo menu >"$root/sys/devices/system/cpu/cpuidle/current_governor"
    echo 'MemAvailable: 100000 kB' >"$root/proc/meminfo"
    { echo 'now at 1000000000 nsecs'; echo 'jiffies: 1000'; } >"$root/proc/timer_list"
    mkdir -p "$work/bin"
    cat >"$work/bin/mkdir" <<'END'
#!/bin/bash
/bin/mkdir "$@" || exit
folder=${!#}
case $folder in */instances/idlelab) ;; *) exit 0 ;; esac
cd "$folder" || exit
for event in power/cpu_idle sched/sched_switch timer/hrtimer_start timer/tick_stop; do
    /bin/mkdir -p events/$event
    echo 0 >events/$event/enable
done
/bin/mkdir -p events/idlelab options per_cpu/cpu0 per_cpu/cpu1
echo 1 >tracing_on
echo local >trace_clock
for cpu in 0 1; do printf 'entries: 5\noverrun: 0\ndropped events: %d\n' "$((cpu * ${DROPPED:-0}))" >per_cpu/cpu$cpu/stats; done
echo '# tracer: nop' >trace
for file in events/idlelab/enable events/enable options/overwrite buffer_size_kb tracing_cpumask trace_marker; do : >$file; done
END
    cat >"$work/bin/rmdir" <<'END'
#!/bin/bash
[ -z "${STOP_TWICE:-}" ] || kill -TERM $PPID
case $1 in */instances/idlelab) cp -r "$1" "$WORK/seen"; exec rm -rf "$1" ;; esac
exec /bin/rmdir "$@"
END
    # While it sleeps the jiffies go on.
    cat >"$work/bin/sleep" <<'END'
#!/bin/bash
{ echo 'now at 2000000000 nsecs'; echo 'jiffies: 1250'; } >"$ROOT/proc/timer_list"
[ -z "${STOP_HERE:-}" ] || kill "-$STOP_HERE" $PPID
[ -z "${SLEEP_LONG:-}" ] || exec /bin/sleep 20
END
    chmod +x "$work/bin"/*
    rm -rf "$work/seen"
}

record()
{
    ROOT=$root WORK=$work IDLELAB_ROOT=$root PATH=$work/bin:$PATH sh run/record-idle "$@" >"$work/said" 2>&1
}

# All that a start could leave.
left()
{
    ls "$tracefs/instances" "$root/run"
    grep -v '^-' "$tracefs/kprobe_events"
}

machine
result records "$(record --seconds 1 --cpus 0-1 --buffer 999999 "$work/out" || cat "$work/said")"
result leaves_nothing "$(left | grep -v ':$' | grep -v '^$')"
result counters_are_there "$(diff <(cat "$work/out/states.before") <(for c in 0 1; do for s in 0 1; do v=$((s * 7)); \
    echo "cpu$c state$s ACPI_HLT_$s $v $v $v $v $v $v $v $v"; done; done))"
result about_the_machine "$(diff <(grep -vE '^(kernel|[a-z_]*halt_poll_ns)=' "$work/out/about") \
    <(printf 'driver=acpi_idle\ngovernor=menu\nhz=250\nseconds=1\nprobes=0\ncpus=0-1\n'))"
result the_clock_is_mono "$(diff "$work/seen/trace_clock" <(echo mono))"
result the_buffer_is_bounded "$(diff "$work/seen/buffer_size_kb" <(echo 12500))"
result only_these_cpus "$(diff "$work/seen/tracing_cpumask" <(echo 00000003))"
result events_are_on "$(diff "$work/seen/events/power/cpu_idle/enable" <(echo 1))"
result tracing_is_off_at_the_end "$(diff "$work/seen/tracing_on" <(echo 0))"
record --seconds 1 "$work/out"
result writes_over_nothing "$(grep -q 'holds a recording already' "$work/said" || cat "$work/said")"

# Two packages, a part of one, a die, a twin: the packages alone are read.
machine
zone=$root/sys/class/powercap
n=0
for name in package-0 package-1 package-1-die-0; do
    mkdir -p "$zone/intel-rapl:$n"
    echo $name >"$zone/intel-rapl:$n/name"
    echo $((1000 + n)) >"$zone/intel-rapl:$n/energy_uj"
    echo 262143328850 >"$zone/intel-rapl:$n/max_energy_range_uj"
    n=$((n + 1))
done
mkdir -p "$zone/intel-rapl:0:0" "$zone/intel-rapl-mmio:0"
echo core >"$zone/intel-rapl:0:0/name"
echo package-0 >"$zone/intel-rapl-mmio:0/name"
echo 5 >"$zone/intel-rapl-mmio:0/energy_uj"
for cpu in 0 1; do
    mkdir -p "$root/sys/devices/system/cpu/cpu$cpu/topology"
    echo $cpu >"$root/sys/devices/system/cpu/cpu$cpu/topology/physical_package_id"
done
result energy "$(record --seconds 1 --energy 250 "$work/out" || cat "$work/said")"
result energy_is_read_at_the_rate "$(diff <(grep energy "$work/seen/trace_marker") \
    <(for _ in 1 2 3 4 5; do printf 'idlelab energy 0 1000\nidlelab energy 1 1001\n'; done))"
result energy_and_whose_it_is "$(diff <(grep -E '^(energy|package)' "$work/out/about") \
    <(printf 'energy_range_uj_%d=262143328850\n' 0 1; printf 'package_of_cpu%d=%d\n' 0 0 1 1))"
rm -rf "$work/out" "$work/seen"
record --seconds 1 --energy 0 "$work/out"
result energy_not_wanted "$(grep energy "$work/seen/trace_marker" "$work/out/about")"

machine
DROPPED=3 record --seconds 9 "$work/out"
result ends_when_a_buffer_is_full "$(grep -q 'is full: 1 of 9 s' "$work/said" || cat "$work/said"; diff "$work/out/lost" <(echo cpu1 3))"

# Probes without the line that takes them away again.
probes_left()
{
    awk -F '[: ]' '/^-/ { gone[$2] = 1; next } { made[$2] = 1 } END { for (name in made) if (!gone[name]) print name " is left" }' "$tracefs/kprobe_events"
}
for signal in INT TERM HUP QUIT PIPE; do
    machine
    STOP_HERE=$signal record --seconds 9 --probes "$work/out"
    rc=$?
    result "ends_clean_by_$signal" "$([ $rc -eq 1 ] || echo 'exit code'; left | grep -v ':$' | grep -v '^$' | grep -v '^[rp]:'; probes_left
        grep -q ': stopped$' "$work/said" || cat "$work/said")"
done
machine
echo 'p:idlelab/latency x' >"$tracefs/kprobe_events"
STOP_TWICE=1 STOP_HERE=TERM record --seconds 9 "$work/out"
rc=$?
result a_second_signal_does_not_stop_the_clean_up "$([ $rc -eq 1 ] || echo 'exit code'; left | grep -v ':$' | grep -v '^$' | grep -v '^[rp]:'; probes_left)"
machine
STOP_HERE=KILL record --seconds 9 "$work/out"
result a_killed_one_leaves_its_instance "$([ -d "$tracefs/instances/idlelab" ] || echo 'it is gone')"
record --restore
result the_next_start_takes_it_away "$(left | grep -v ':$' | grep -v '^$'; grep -q 'a killed recording has left' "$work/said" || cat "$work/said")"

# Its number belongs to another process by now; and one that runs still is left alone.
machine
PATH=$work/bin:$PATH mkdir "$tracefs/instances/idlelab"
echo "$$ 1" >"$root/run/idlelab-record.pid"
result the_number_of_another_process "$(record --restore || cat "$work/said"; left | grep -v ':$' | grep -v '^$')"
machine
PATH=$work/bin:$PATH mkdir "$tracefs/instances/idlelab"
echo "$$ $(sed 's/.*) //' /proc/$$/stat | cut -d ' ' -f 20)" >"$root/run/idlelab-record.pid"
record --restore
result one_that_runs_is_left_alone "$(grep -q "process $$ records already" "$work/said" || cat "$work/said"; [ -d "$tracefs/instances/idlelab" ] || echo 'it is gone')"

# refused NAME WORDS: with what was changed before, exit code 2 and nothing made.
refused()
{
    local rc
    record --seconds 1 "$work/out"
    rc=$?
    result "$1" "$([ $rc -eq 2 ] && grep -qF -- "$2" "$work/said" || echo "status $rc: $(cat "$work/said")"
        [ ! -d "$tracefs/instances/idlelab" ] || echo 'an instance was made')"
}
machine
echo function >"$tracefs/current_tracer"
refused a_tracer_is_on 'current_tracer is function'
machine
echo sched:sched_switch >"$tracefs/set_event"
refused events_of_another_are_on 'set_event has sched:sched_switch'
machine
/bin/mkdir -p "$tracefs/instances/other"
echo nop >"$tracefs/instances/other/current_tracer"
echo irq:irq_handler_entry >"$tracefs/instances/other/set_event"
refused events_of_an_instance_are_on 'instances/other/set_event'
machine
rm -rf "$tracefs"
refused no_tracefs 'mount -t tracefs'
for bad in '--energy 20' '--seconds 0' '--seconds x' '--buffer 1' '--cpus a' '--fast' ''; do
    # shellcheck disable=SC2086 # words
    record $bad
    rc=$?
    result "bad_usage_${bad// /_}" "$([ $rc -eq 2 ] || cat "$work/said")"
done
# What only the buffer may have; a full one would end it.
for bad in '--energy 1048576' '--seconds 1048576' '--seconds 010'; do
    machine
    # shellcheck disable=SC2086 # words
    DROPPED=3 record $bad "$work/out"
    rc=$?
    result "out_of_range_${bad// /_}" "$([ $rc -eq 2 ] || cat "$work/said")"
done
results_end
