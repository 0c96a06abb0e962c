#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# run/labs/labgrid under labgrid as Debian has it: a run in QEMU by pytest; the same by serial line, pty and ser2net; runs that fail, lose bytes or
# never begin, each with its own end; a run that is stopped leaves no machine; the environments of machines that are not here load and bind.
# NEEDS: image host iso tool-tests
# WAITS: for labgrid and its machines, 14 s of a processor in 33
# LONG: 40
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
export PYTHONDONTWRITEBYTECODE=yes BUILD=$build
labs=$root/run/labs/labgrid

need_labgrid()
{
    /usr/bin/python3 -c 'import labgrid, pytest' 2>"$work/import" || { echo "labgrid: $(tail -n 1 "$work/import"): run/setup test installs it"; return "$skip_status"; }
}

# environment NAME SED...: qemu.yaml, changed, with an image of its own.
environment()
{
    local name=$1

    shift
    sed -e "s,\.\./\.\./\.\./build/labs/qemu.iso,$work/$name.iso," -e "s,- idlelab_labgrid.py,- $labs/idlelab_labgrid.py," "$@" \
        "$labs/qemu.yaml" >"$work/$name.yaml"
}

# The lines of docs/labs.md's first job on labgrid; without `all` without those that install and build.
page_lines()
{
    awk '/^## labgrid/ { on = 1; next } /^## / { on = 0 } on && /^```/ { code = !code; if (!code) exit; next } on && code' "$root/docs/labs.md" |
        if [ "${1:-}" = all ]; then cat; else grep -vxE 'run/setup test|make image host iso'; fi
}

# played NAME COMMAND [BOOT SILENCE]: an environment whose console is what the command prints; how many seconds it may take to begin, and be silent.
played()
{
    cat >"$work/$1.yaml" <<END
targets:
  main:
    drivers:
      ExternalPowerDriver: {cmd_on: 'touch $work/$1.on', cmd_off: 'rm -f $work/$1.on'}
      ExternalConsoleDriver: {cmd: "sh -c 'until test -e $work/$1.on; do sleep 0.1; done; $2; exec sleep 60'"}
      IdlelabDriver: {boot_s: ${3:-60}, silence_s: ${4:-30}}
      IdlelabStrategy: {}
images: {medium: $work/$1.iso}
imports: [$labs/idlelab_labgrid.py]
END
}

# boot STATUS NAME [ARGUMENT...]
boot()
{
    expect_status "$1" "$labs/boot" --env "$work/$2.yaml" --log "$work/$2.log" "${@:3}" 2>"$work/$2.err" || { cat "$work/$2.err" && return 1; }
}

# The first job of the page, line by line; what is built and installed is here.
by_pytest()
{
    local xml=$work/qemu/junit.xml

    environment qemu
    page_lines | sed -e "s,results/first,$work/qemu,g" -e "s,run/labs/labgrid/qemu.yaml,$work/qemu.yaml -p no:cacheprovider," \
        -e "s,build/idlelab,$build/idlelab," -e "s,^pytest-3,/usr/bin/python3 -m pytest," >"$work/lines"
    [ "$(page_lines all | wc -l)" -le 10 ] && [ "$(wc -l <"$work/lines")" -eq 2 ] && bash -e "$work/lines" || return
    [ "$(xmllint --xpath 'count(//testcase[not(failure|error|skipped)])' "$xml")" = 3 ] &&
        expect_text "$xml" "name=\"idlelab.log\" value=\"$work/qemu/serial.log\"" &&
        expect_text "$xml" 'name="wake_hlt_timer_300us" value="pass"' &&
        expect_text "$xml" 'name="wake_hlt_timer_300us.wake_latency.p99" value="[0-9]+ ns \(n=[0-9]+\)"' &&
        expect_status 0 "$build/idlelab" check "$work/qemu/serial.log" && grep -q '<html' "$work/qemu/serial.html"
}

# A limit that is not kept names step, figure and n; a unit that cannot be compared and a step that is not there are no pass.
limits()
{
    "$build/tool/mklog" samples=50 steps=2 >"$work/limits.log"
    /usr/bin/python3 - "$work/qemu.yaml" "$work/limits.log" <<'END'
import sys
from pathlib import Path
from labgrid import Environment
lab = Environment(config_file=sys.argv[1]).get_target().get_driver("IdlelabStrategy", activate=False).lab
run = lab.judge(Path(sys.argv[2]))
assert run.end == "pass" and run.verdicts["survey"] == "pass", run
assert run.broken("wake_* p99 < 1000 s") == [] and run.broken("wake_hlt* wake_latency.p50 < 1.7 us") == []
assert run.broken("wake_* p50 > 1.6 us") == ["wake_pause_ipi_50us: wake_latency.p50 is 1530 ns (n=50), expected > 1.6 us"]
assert run.broken("wake_hlt* p50 < 1.6 us") == ["wake_hlt_timer_100us: wake_latency.p50 is 1671 ns (n=50), expected < 1.6 us"]
assert run.broken("wake_umwait* p99 < 1 s") == ["no step that matches wake_umwait* has a figure p99"]
for wrong in "p99 < 1 s", "wake_* p99 < 3 apples", "wake_* p99 < 20":
    try:
        assert run.broken(wrong) == wrong
    except ValueError:
        pass
END
}

# A step that fails is a run that failed: no fault of the lab.
fails()
{
    played fails "cat $work/fails.serial"
    "$build/tool/mklog" samples=50 steps=2 result=fail >"$work/fails.serial" 2>/dev/null || return
    boot 1 fails && expect_text "$work/fails.err" '^run/labs/labgrid/boot: fail: whole'
}

# A line that drops bytes: the run is lost, and `check` says what is missing.
drops_bytes()
{
    played drops "cat $work/drops.serial"
    "$build/tool/mklog" samples=50 steps=2 | awk 'NR > 20 && NR < 200 { sub(/"t"/, "") } { print }' >"$work/drops.serial"
    boot 3 drops && expect_text "$work/drops.err" '^run/labs/labgrid/boot: lost: NOT WHOLE: '
}

# A run that ends in mid-step: lost, too, after silence_s.
falls_silent()
{
    played silent "head -c 3000 $work/silent.serial" 60 3
    "$build/tool/mklog" samples=50 steps=2 >"$work/silent.serial"
    boot 3 silent && expect_text "$work/silent.err" 'lost: NOT WHOLE: .*frame'
}

# A machine that never boots is the lab's fault: an error of each test, no failure; exit code 4.
never_boots()
{
    played mute 'echo no bootable device' 3
    boot 4 mute && expect_text "$work/mute.err" 'the lab failed: NoBoot: .*no IDLELAB-BEGIN: 3 s after power on; the console is in' || return
    expect_status 1 /usr/bin/python3 -m pytest "$labs" -c "$labs/pytest.ini" -p no:cacheprovider --lg-env "$work/mute.yaml" --out "$work/mute" \
        --junitxml "$work/mute.xml" >"$work/mute.pytest" || return
    [ "$(xmllint --xpath 'count(//error)' "$work/mute.xml") $(xmllint --xpath 'count(//failure)' "$work/mute.xml")" = '3 0' ]
}

# A campaign's job: its keys lead to the same, and the verdict is the log's.
as_job()
{
    local job=$work/job.01

    mkdir -p "$job/try-1" "$job/try-2"
    printf '%s\n' 'job=job.01' 'script_text=smoke' "env=$work/fails.yaml" >"$job/job"
    expect_status 0 "$labs/job" "$job" "$job/try-1" 2>"$work/job.err" && expect_status 1 "$build/idlelab" check --quiet "$job/try-1/serial.log" || return
    sed -i 's/fails.yaml/mute.yaml/' "$job/job"
    expect_status 4 "$labs/job" "$job" "$job/try-2" 2>"$work/job.err" && expect_text "$work/job.err" 'the lab failed: NoBoot' &&
        [ -z "$(find "$job" -name '*.iso')" ]
}

bad_words()
{
    environment bad
    boot 2 bad --script 'wake idel=hlt' && expect_text "$work/bad.err" "found 'idel', expected" && [ ! -e "$work/bad.log" ] || return
    expect_status 2 "$labs/boot" --env "$work/nowhere.yaml" --log "$work/nowhere.log" 2>/dev/null
}

# What is stopped switches its machine off.
stopped()
{
    local boot qemu left=900

    environment stopped
    "$labs/boot" --env "$work/stopped.yaml" --log "$work/stopped.log" --script 'noise time=600s' 2>"$work/stopped.err" &
    boot=$!
    until grep -q IDLELAB-BEGIN "$work/stopped.log" 2>/dev/null || [ $((left -= 1)) -eq 0 ]; do sleep 0.1; done
    qemu=$(pgrep -f "file=$work/stopped.iso")
    [ -n "$qemu" ] || { echo 'no machine' && cat "$work/stopped.err" && return 1; }
    kill "$boot"
    expect_status 143 wait "$boot" && ! ps -p "$qemu" -o args && expect_status 3 "$build/idlelab" check --quiet "$work/stopped.log"
}

# QEMU's serial port is a tty, ser2net has the other end and offers it on TCP: SerialDriver and NetworkSerialPort as in stick.yaml.
by_ser2net()
{
    local ptys server port status=0 left=100

    command -v ser2net socat >/dev/null || { echo 'ser2net: run/setup test installs it' && return "$skip_status"; }
    port=$((20000 + $$ % 20000))
    socat "pty,raw,echo=0,link=$work/lab.tty" "pty,raw,echo=0,link=$work/machine.tty" &
    ptys=$!
    until [ -e "$work/machine.tty" ] || [ $((left -= 1)) -eq 0 ]; do sleep 0.1; done
    cat >"$work/ser2net.yaml" <<END
connection: &machine
  accepter: telnet(rfc2217),tcp,127.0.0.1,$port
  connector: serialdev,$work/lab.tty,115200n81,local
END
    ser2net -n -c "$work/ser2net.yaml" -P "$work/ser2net.pid" >"$work/ser2net.out" 2>&1 &
    server=$!
    cat >"$work/power" <<END
#!/bin/bash
[ "\$1" = on ] || { [ ! -e '$work/machine.pid' ] || kill "\$(cat '$work/machine.pid')"; exit; }
exec qemu-system-x86_64 -accel tcg -M pc -cpu max -m 256M -smp 2 -nic none -display none -monitor none -daemonize -pidfile '$work/machine.pid' \
    -drive 'if=virtio,format=raw,file=$work/serial.iso' -chardev 'serial,id=com1,path=$work/machine.tty' -serial chardev:com1
END
    chmod +x "$work/power"
    cat >"$work/serial.yaml" <<END
targets:
  main:
    resources:
      NetworkSerialPort: {host: 127.0.0.1, port: $port, speed: 115200}
    drivers:
      SerialDriver: {}
      ExternalPowerDriver: {cmd_on: $work/power on, cmd_off: $work/power off}
      IdlelabDriver: {}
      IdlelabStrategy: {}
images: {medium: $work/serial.iso}
imports: [$labs/idlelab_labgrid.py]
END
    boot 0 serial --script 'cost insn=pause n=50' || status=1
    kill "$server" "$ptys"
    [ "$status" -eq 0 ] && expect_text "$work/serial.err" '^run/labs/labgrid/boot: pass: whole' && [ ! -e "$work/machine.pid" ]
}

# The page's other lines: media by hand, a boot's words, campaigns.
page_says()
{
    local file=$work/medium number=0 line

    grep -E '^run/labs/medium ' "$root/docs/labs.md" | sed "s,results/,$work/medium/,g" >"$file.lines"
    [ "$(wc -l <"$file.lines")" -eq 2 ] && bash -e "$file.lines" || return
    grep -aq 'idlelab_args=exit=auto script=smoke' "$work/medium/stick.iso" && [ -s "$work/medium/tftp/boot/grub/i386-pc/core.0" ] &&
        grep -q 'script=smoke' "$work/medium/tftp/boot/idlelab.env" || return
    while read -r line; do
        case $line in campaign*) number=$((number + 1)) ;; esac
        echo "${line/template=run/template=$root/run}" >>"$work/page$number.fleet"
    done < <(awk '/^```/ { code = !code; lines = 0; next } code && (/^campaign / || lines) { lines = 1; print }' "$root/docs/labs.md")
    [ "$number" -eq 2 ] || return
    for ((; number > 0; number--)); do
        "$build/idlelab" fleet plan -o "$work/page$number.jobs" "$work/page$number.fleet" || return
    done
}

binds()
{
    local file

    for file in "$labs"/*.yaml; do
        [[ $file == */place.yaml ]] || bind_one "$file" || return # that one takes a coordinator
    done
}

bind_one()
{
    /usr/bin/python3 - "$1" <<'END'
import sys
from pathlib import Path
from labgrid import Environment
expected = {
    "amt": "ExternalPowerDriver ExternalConsoleDriver IdlelabDriver None None TFTPProvider",
    "ipmi": "ExternalPowerDriver ExternalConsoleDriver IdlelabDriver None None TFTPProvider",
    "pxe": "NetworkPowerDriver SerialDriver IdlelabDriver None None TFTPProvider",
    "qemu": "QEMUDriver QEMUDriver IdlelabDriver None None None",
    "sdmux": "NetworkPowerDriver SerialDriver IdlelabDriver USBStorageDriver USBSDMuxDriver None",
    "stick": "NetworkPowerDriver SerialDriver IdlelabDriver USBStorageDriver HIDRelayDriver None",
}
strategy = Environment(config_file=sys.argv[1]).get_target().get_driver("IdlelabStrategy", activate=False)
found = " ".join(type(getattr(strategy, name)).__name__.replace("NoneType", "None") for name in strategy.bindings)
assert found == expected[Path(sys.argv[1]).stem], found
END
}

case_first labgrid_there need_labgrid
if [ "$(cat "$work/labgrid_there.told" 2>/dev/null)" = 0 ]; then
    case_first labgrid_by_pytest by_pytest
    case_run labgrid_stopped stopped
    case_run labgrid_by_ser2net by_ser2net
    case_run labgrid_limits limits
    case_run labgrid_fails fails
    case_run labgrid_drops_bytes drops_bytes
    case_run labgrid_falls_silent falls_silent
    case_run labgrid_never_boots never_boots
    wait
    case_run labgrid_as_job as_job
    case_run labgrid_bad_words bad_words
    case_run labgrid_binds binds
    case_run labgrid_page_says page_says
fi
cases_end
