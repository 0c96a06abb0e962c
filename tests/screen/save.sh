#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The log comes back to the stick: a run ends, the machine restarts, and the stick's saver finds the log in memory and writes it. With 6 GiB
# (some of it above 4 GiB) and with 64 MiB; with copies damaged between run and restart; with the power cut instead of a restart.
# LONG: 95 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
# shellcheck source=tests/screen/machine.sh
. "$(dirname "$0")/machine.sh"

# stick_machine NAME MEMORY-SIZE [QEMU-ARGUMENT...]: a UEFI machine with the stick on xHCI; what it sends goes to NAME.serial.
stick_machine()
{
    local name=$1 size=$2 firmware

    shift 2
    machine_firmware "$name"
    rm -f "$work/$name.serial"
    machine_start "$name" -m "$size" "${firmware[@]}" -serial "file:$work/$name.serial" -vga std -device qemu-xhci \
        -drive "if=none,id=stick,format=raw,file=$work/$name.stick" -device usb-storage,drive=stick "$@"
}

# sent NAME PATTERN SECONDS: the serial line has that.
sent()
{
    local end=$((SECONDS + $3))

    until grep -aqE -e "$2" "$work/$1.serial" 2>/dev/null; do
        if [ "$SECONDS" -ge "$end" ] || ! kill -0 "$machine"; then
            echo "'$2' was not sent; the end of what was:"
            tail -n 5 "$work/$1.serial" | tr -d '\033\r'
            return 1
        fi
        sleep 0.3
    done
}

# stick_results NAME: the stick's results as files $work/NAME.results/*.log; false where there are none.
stick_results()
{
    local offset

    offset=$(sfdisk --json "$work/$1.stick" | jq '.partitiontable.partitions[1].start * 512')
    rm -rf "$work/$1.results"
    mkdir "$work/$1.results"
    mcopy -i "$work/$1.stick@@$offset" '::/results/*.log' "$work/$1.results/" 2>"$work/$1.mcopy"
}

# serial_log NAME: of what was sent the log, from the empty line before its BEGIN to its END.
serial_log()
{
    python3 -c 'import sys
data = open(sys.argv[1], "rb").read()
end = data.index(b"\n", data.index(b"\nIDLELAB-END")+1) + 1
sys.stdout.buffer.write(data[data.index(b"\nIDLELAB-BEGIN"):end])' "$work/$1.serial" >"$work/$1.log"
}

saved()
{
    local status=1 machine

    stick saved 'script=\"cost insn=pause n=50; noise time=100ms\" exit=reboot'
    stick_machine saved 6G -machine pc # i440FX: its HPET's reset sends a last interrupt, in OVMF's way if it is an NMI
    sent saved '^Saved: results.[0-9a-f]{16}\.log, [0-9]+ bytes, read back and the same' 480 && stick_results saved && serial_log saved &&
        cmp "$work/saved.log" "$work"/saved.results/*.log && "$build/idlelab" check "$work"/saved.results/*.log && status=0
    machine_end
    return "$status"
}

# The machine crashes in a step (a machine check that QEMU's monitor makes): the log is saved as far as it came, on i440FX, too.
crashed()
{
    local status=1 machine

    stick crashed 'script=\"noise time=60s\" exit=reboot'
    stick_machine crashed 128M -machine pc
    sent crashed '"t":"exp","step":1,"at"' 480 && sleep 2 && machine_say crashed 'mce 0 2 0xbe00000000000134 5 0x12345000 0x86' >/dev/null &&
        sent crashed '^Saved: results.[0-9a-f]{16}\.log, [0-9]+ bytes, read back and the same' 480 && stick_results crashed && status=0
    machine_end
    [ "$status" -eq 0 ] && grep -q '"id":"machine_check"' "$work"/crashed.results/*.log &&
        grep -q '^IDLELAB-END .* result=ERROR' "$work"/crashed.results/*.log
}

# Two copies are gone, and of the third a block: what is left is saved, and what is missing is said.
damaged()
{
    local status=1 machine

    stick damaged 'script=smoke exit=halt'
    rm -f "$work/damaged.ram"
    stick_machine damaged 64M -machine q35,memory-backend=ram \
        -object "memory-backend-file,id=ram,size=64M,share=on,mem-path=$work/damaged.ram"
    sent damaged '^IDLELAB-END' 480 && serial_log damaged && tests/screen/kept.py "$work/damaged.ram" lose_copy 0 &&
        tests/screen/kept.py "$work/damaged.ram" lose_block 1 && machine_say damaged system_reset >/dev/null &&
        sent damaged '^Saved: ' 480 && sent damaged 'NOT ALL of the log was in memory' 5 && stick_results damaged &&
        python3 -c 'import sys
want, got = (open(path, "rb").read() for path in sys.argv[1:])
whole = 65536 - 64
hole = b"\n# idlelab: %d bytes of the log did not survive in memory\n" % whole
sys.exit(got != want[:whole] + hole + want[2 * whole:] if len(want) > 2 * whole else
         not got.startswith(want[:whole]) or b"# idlelab: the log ends here" not in got)' \
            "$work/damaged.log" "$work"/damaged.results/*.log && expect_status 3 "$build/idlelab" check "$work"/damaged.results/*.log && status=0
    machine_end
    rm -f "$work/damaged.ram"
    return "$status"
}

# Without power memory holds nothing: the saver is silent, writes nothing, and the menu goes on.
power_cut()
{
    local status=1 machine

    stick power_cut 'script=\"cost insn=pause n=50\" exit=halt'
    stick_machine power_cut 256M -machine q35
    sent power_cut '^IDLELAB-END' 480 && status=0
    machine_end
    [ "$status" -eq 0 ] || return 1
    status=1
    stick_machine power_cut 256M -machine q35
    sent power_cut '^IDLELAB-END' 480 && ! grep -aq 'is in memory' "$work/power_cut.serial" && ! stick_results power_cut && status=0
    machine_end
    return "$status"
}

# Three boots of a series, nobody at the machine: the first is reset in the middle of a step and saved as far as it came, the second ends, and
# both times the saver lets the series go on. Behind the last one it waits.
series()
{
    local status=1 machine whole

    stick series 'script=\"cost insn=pause n=50; noise time=5s\" repeat=3 exit=reboot'
    stick_machine series 256M -machine q35
    sent series '^ok 1 ' 480 && machine_say series system_reset >/dev/null && sent series 'NOT ALL of the log was in memory' 240 &&
        sent series '"k":"series","v":"2 of 3 ' 480 && sent series '"k":"series","v":"3 of 3 ' 480 && sent series 'or press a key' 240 &&
        stick_results series && status=0
    machine_end
    [ "$status" -eq 0 ] && [ "$(grep -c '^Saved: ' "$work/series.serial")" -eq 3 ] && [ "$(grep -c 'The series goes on' "$work/series.serial")" -eq 2 ] ||
        return 1
    grep -l '# idlelab: the log ends here' "$work"/series.results/*.log >"$work/series.cut"
    whole=$(grep -L '# idlelab: ' "$work"/series.results/*.log)
    [ "$(wc -l <"$work/series.cut")" -eq 1 ] && [ "$(wc -l <<<"$whole")" -eq 2 ] || return 1
    expect_status 3 "$build/idlelab" check "$(cat "$work/series.cut")" && grep -q '^ok 1 ' "$(cat "$work/series.cut")" &&
        grep -q '"v":"1 of 3 ' "$(cat "$work/series.cut")" || return 1
    while read -r; do "$build/idlelab" check "$REPLY" || return 1; done <<<"$whole"
}

# hurry NAME: of the countdown's minute the last three seconds are left; its end is in a local variable.
hurry()
{
    timeout 60 gdb -batch -nx -ex "target remote $work/$1.gdb" -ex 'thread 1' -ex 'frame function display_results' \
        -ex 'set var turning.save_tsc -= 57 * turning.second_tsc' -ex detach "$build/link/multiboot1.elf" >"$work/$1.hurry" 2>&1 &&
        ! grep -E 'No frame|No symbol' "$work/$1.hurry"
}

# saves NAME SECONDS: a log was saved since the last call.
saves()
{
    sent "$1" '^Saved: results.[0-9a-f]{16}\.log, [0-9]+ bytes, read back and the same' "$2" && sent "$1" 'or press a key' 10 && : >"$work/$1.serial"
}

# Nobody is there: the page counts down, the machine restarts, the log is saved. In the boot behind it somebody is: a key stops the
# countdown, and S restarts at once.
counted_down()
{
    local status=1 machine

    command -v gdb >/dev/null || { echo 'gdb is not installed' && return "$skip_status"; }
    stick counted 'script=\"cost insn=pause n=50\" console=none' # a guest whose log goes out by a port ends at once
    stick_machine counted 256M -machine q35 -gdb "unix:$work/counted.gdb,server=on,wait=off"
    screen_until counted '^ In [1-5]?[0-9] s the machine restarts, and its stick gets the log\. S: now\. Another key: not by itself' 240 &&
        hurry counted && saves counted 120 && machine_say counted 'sendkey spc' >/dev/null &&
        screen_until counted '^ In [1-5]?[0-9] s the machine restarts' 480 && machine_say counted 'sendkey x' >/dev/null &&
        screen_until counted '^ S: restart, so that the stick gets the log' 20 && machine_say counted 'sendkey s' >/dev/null &&
        saves counted 120 && stick_results counted && [ "$(find "$work/counted.results" -type f | wc -l)" -eq 2 ] && status=0
    machine_end
    return "$status"
}

case_run saved saved
case_run counted_down counted_down
case_run series series
case_run crashed crashed
case_run damaged damaged
case_run power_cut power_cut
cases_end
