#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# run/labs/lava under lava-run, LAVA's dispatcher without a server: a run in QEMU becomes test cases with measurements and units, and its log is
# whole; runs that are lost, and machines that never boot, end each in its own way. With LABS=all (make test-labs) a boot by iPXE and one by a medium
# that the dispatcher writes, too, both on QEMU.
# NEEDS: image host iso tool-tests
# WAITS: for LAVA and its machines, 3 s of a processor in 34
# LONG: 30
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
labs=$root/run/labs/lava
types=/usr/share/lava-server/device-types
script='cost insn=pause n=50; wake idle=umwait:c01 by=timer interval=1ms; selftest plant=fault; wake idle=hlt by=timer interval=300us samples=50'

need_lava()
{
    { command -v lava-run >/dev/null && [ -d "$types" ]; } || { echo 'lava-run is not there: run/setup labs installs LAVA' && return "$skip_status"; }
    [ "$(id -u)" -eq 0 ] || { echo 'lava-run runs as root' && return "$skip_status"; }
}

# device NAME TYPE YAML: the device's configuration, as the server would render it.
device()
{
    /usr/bin/python3 - "$labs/device-types" "$types" "$2" "$3" >"$work/$1.device" <<'END'
import sys, jinja2, yaml
folders = [jinja2.FileSystemLoader(folder) for folder in sys.argv[1:3]]
environment = jinja2.Environment(loader=jinja2.ChoiceLoader(folders), trim_blocks=True)
print(environment.from_string("{% extends '" + sys.argv[3] + ".jinja2' %}").render(**yaml.safe_load(sys.argv[4])))
END
}

# job STATUS NAME TEMPLATE [ARGUMENT...]: fills the template as `fleet plan` would, and runs it; its log goes to NAME.lava, the machine's to NAME.log.
job()
{
    local status=$1 name=$2 template=$3

    shift 3
    sed -e "s|@JOB@|$name|; s|@DEVICE@|idlelab-$template|; s|@TIMEOUT_MINUTES@|3|; s|@SCRIPT_TEXT@|$script|; s|@X_IMAGES@|file://$build|" \
        -e 's|@[A-Z_]*@|none|' "$labs/jobs/$template.yaml" >"$work/$name.job"
    [ ! -e "$work/$name.edit" ] || sed -i -f "$work/$name.edit" "$work/$name.job"
    expect_status "$status" lava-run --job-id "$$$name" --output-dir "$work/$name.out" --device "$work/$name.device" "$@" "$work/$name.job" 2>"$work/$name.lava" ||
        { grep -E '"lvl": "(error|exception)"' "$work/$name.lava" && return 1; }
    "$labs/serial" "$work/$name.lava" >"$work/$name.log"
}

# case_is NAME CASE RESULT [MEASUREMENT UNITS]: a result of the suite `idlelab`.
case_is()
{
    expect_text "$work/$1.lava" "\"case\": \"$2\", \"definition\": \"idlelab\".*${4:+\"measurement\": \"$4\".*}\"result\": \"$3\"${5:+, \"units\": \"$5\"}"
}

all_cases()
{
    case_is "$1" survey pass '[0-9]+' count && case_is "$1" cost_pause pass '[0-9]+' mtsc && case_is "$1" wake_umwait_c01_timer_1ms skip &&
        case_is "$1" selftest_fault fail 6 count && case_is "$1" wake_hlt_timer_300us pass '[0-9]+' ns &&
        [ "$(grep -c '"definition": "idlelab"' "$work/$1.lava")" = 5 ] && expect_text "$work/$1.lava" '"case": "job", "definition": "lava", "result": "pass"'
}

# The job has passed, its test cases have what the run said; the log is whole and says FAIL.
in_qemu()
{
    device qemu idlelab-qemu '{arch: amd64}' && job 0 qemu qemu && all_cases qemu && expect_status 1 "$build/idlelab" check "$work/qemu.log"
}

# player NAME COMMAND [SECONDS]: a machine whose serial line is what the command prints once it is switched on; the time limit of each action.
player()
{
    device "$1" idlelab-usb "{connection_command: \"sh -c 'until test -e $work/$1.on; do sleep 0.1; done; $2; exec sleep 60'\", hard_reset_command: touch $work/$1.on,
        power_off_command: rm -f $work/$1.on, flash_commands: ['test -s {MEDIUM}']}"
    echo 'medium' >"$work/$1.iso"
    printf '%s\n' "s|file://$build|file://$work|" "s/{minutes: [35]}/{seconds: ${3:-9}}/" '/^timeouts/,/^metadata/s/seconds: .*}/minutes: 3}/' >"$work/$1.edit"
}

# A line that drops bytes: the job ends as it would, the log says that it is not whole. A result of which the beginning is gone is no test case.
drops_bytes()
{
    player drops "cat $work/drops.serial" 60
    "$build/tool/mklog" samples=50 steps=2 | awk 'NR > 20 && NR < 200 { sub(/"t"/, "") } { sub(/^ok 1 survey/, "1 survey") } { print }' >"$work/drops.serial"
    job 0 drops usb && expect_status 3 "$build/idlelab" check "$work/drops.log" && [ "$(grep -c '"definition": "idlelab"' "$work/drops.lava")" = 4 ]
}

# A run without an end is no pass of the job.
falls_silent()
{
    player silent "head -c 9000 $work/silent.serial"
    "$build/tool/mklog" samples=50 steps=2 >"$work/silent.serial"
    job 1 silent usb && expect_text "$work/silent.lava" '"case": "job", "definition": "lava", "error_msg": ".*timed out' &&
        expect_status 3 "$build/idlelab" check "$work/silent.log"
}

# Nor is a machine that never boots: it has no test case at all.
never_boots()
{
    player mute 'echo no bootable device'
    job 1 mute usb && expect_text "$work/mute.lava" '"case": "job", "definition": "lava", "error_msg": ".*timed out.*", "error_type": "Job"' &&
        ! grep '"definition": "idlelab"' "$work/mute.lava"
}

# A power switch that does not answer is an error of the infrastructure.
no_power()
{
    player power 'echo never'
    sed -i 's/hard_reset: .*/hard_reset: "false"/' "$work/power.device"
    job 1 power usb && expect_text "$work/power.lava" '"case": "job", "definition": "lava", "error_msg": "Unable to reboot.*", "error_type": "Infrastructure"'
}

# qemu_device NAME TYPE WORDS [YAML]: a QEMU that is held in reset until the lab switches it on.
qemu_device()
{
    cat >"$work/$1.reset" <<END
#!/bin/bash
for ((i = 0; i < 100; i++)); do [ ! -S '$work/$1.mon' ] || break; sleep 0.1; done
printf '%s\n' system_reset cont | socat - 'unix:$work/$1.mon'
END
    chmod +x "$work/$1.reset"
    device "$1" "$2" "{connection_command: 'qemu-system-x86_64 -S -accel tcg -cpu max -smp 2 -m 256 -nographic -serial stdio -monitor unix:$work/$1.mon,server=on,wait=off $3',
        hard_reset_command: $work/$1.reset, power_off_command: 'true'${4:+, $4}}"
}

# The network: LAVA types on iPXE's prompt, QEMU's own TFTP server has LAVA's folder.
by_ipxe()
{
    [ -r /etc/default/tftpd-hpa ] || { echo '/etc/default/tftpd-hpa is not there: run/setup labs installs it' && return "$skip_status"; }
    qemu_device ipxe idlelab-pxe '-boot n -netdev user,id=net,tftp=/srv/tftp -device e1000,netdev=net' 'boot_character_delay: 10'
    echo 'dispatcher_ip: 10.0.2.2' >"$work/ipxe.dispatcher"
    job 0 ipxe pxe --dispatcher "$work/ipxe.dispatcher" && all_cases ipxe && expect_text "$work/ipxe.log" '"k":"loader","v":"iPXE' &&
        expect_status 1 "$build/idlelab" check "$work/ipxe.log"
}

# The stick: the device's commands write what the job brings.
by_medium()
{
    qemu_device usb idlelab-usb "-nic none -drive if=virtio,format=raw,file=$work/usb.disk" "flash_commands: ['dd if={MEDIUM} of=$work/usb.disk conv=notrunc,fsync']"
    truncate -s 4M "$work/usb.disk"
    "$root/run/labs/medium" --exit halt --script "$script" --iso "$work/usb.iso" && echo "s|file://$build|file://$work|" >"$work/usb.edit" || return
    job 0 usb usb && all_cases usb && expect_status 1 "$build/idlelab" check "$work/usb.log"
}

case_first lava_there need_lava
if [ "$(cat "$work/lava_there.told" 2>/dev/null)" = 0 ]; then
    case_run lava_in_qemu in_qemu
    case_run lava_drops_bytes drops_bytes
    case_run lava_falls_silent falls_silent
    case_run lava_never_boots never_boots
    case_run lava_no_power no_power
    if [ "${LABS:-}" = all ]; then
        case_run lava_by_ipxe by_ipxe
        case_run lava_by_medium by_medium
    fi
fi
cases_end
