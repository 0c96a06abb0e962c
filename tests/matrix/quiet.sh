#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `quiet` takes bus mastering from (emulated) devices: QEMU's monitor reads the PCI command registers, before and after. What it does with
# USB controllers that a firmware holds on to: tests/unit/test_quiet.c.
# NEEDS: image host
# LONG: 17 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
devices=(-device 'usb-ehci,id=ehci,addr=4' -device 'usb-kbd,bus=ehci.0' -device 'qemu-xhci,id=xhci,addr=5'
    -device 'usb-kbd,bus=xhci.0' -device 'e1000e,addr=6')

# command_registers SOCKET LOG: while step 2 runs, gives all devices bus mastering, as drivers of a firmware may leave it, and prints the
# command registers; then again in step 4. By way of ports CF8h and CFCh, which nothing else uses then. Bounded.
command_registers()
{
    /usr/bin/python3 - "$@" <<'EOP'
import re, socket, sys, time

path, log = sys.argv[1:]
monitor = socket.socket(socket.AF_UNIX)
devices = [1 << 3, 4 << 3, 5 << 3, 6 << 3, 0x1f << 3, 0x1f << 3 | 2]

def wait_step(step):
    for _ in range(300):
        try:
            if '"t":"exp","step":%d,"at"' % step in open(log, errors="replace").read():
                break
        except OSError:
            pass
        time.sleep(0.1)
    time.sleep(0.5)

def ask(line):
    monitor.sendall(line.encode() + b"\n")
    time.sleep(0.1)
    return monitor.recv(65536).decode(errors="replace")

def choose(device):
    ask("o/w 0xcf8 0x%x" % (0x80000004 | device << 8))

def print_all(when):
    for device in devices:
        choose(device)
        value = int(re.findall(r"= (?:0x)?([0-9a-f]+)", ask("i/xw 0xcfc"))[-1], 16)
        print(when, "%02x:%x" % (device >> 3, device & 7), "%x" % (value & 7))

wait_step(2)
monitor.settimeout(5)
monitor.connect(path)
for device in devices:
    choose(device)
    ask("o/h 0xcfc 0x107")
print_all("before")
wait_step(4)
print_all("after")
EOP
}

stopped()
{
    local log=$work/stopped.log reader

    command_registers "$work/monitor" "$log" >"$work/registers" 2>"$work/python" &
    reader=$!
    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script 'noise time=8s; quiet; noise time=5s' --log "$log" --timeout 90 -- \
        -monitor "unix:$work/monitor,server,nowait" "${devices[@]}" 2>"$work/stopped.err"
    local status=$?
    wait "$reader"
    [ "$status" -eq 0 ] &&
        diff "$work/registers" - <<<"$(printf 'before %s 7\n' 01:0 04:0 05:0 06:0 1f:0 1f:2)
$(printf 'after %s\n' '01:0 7' '04:0 3' '05:0 3' '06:0 3' '1f:0 7' '1f:2 3')" &&
        expect_text "$log" '"row":"device","at":"00:01.0",.*"is":"display","command":"107","after":"107"\}' &&
        expect_text "$log" '"at":"00:04.0",.*"is":"stopped",.*"usb":"not_owned","smi":"0","halted":true' &&
        expect_text "$log" '"at":"00:05.0",.*"is":"stopped",.*"usb":"no_capability","smi":"0","halted":true' &&
        expect_text "$log" '"at":"00:06.0",.*"is":"stopped","command":"107","after":"103"\}' &&
        expect_text "$log" '"id":"bus_masters","text":"these may still move memory: 00:01.0 \(display\)"' &&
        expect_text "$log" '^ok 3 quiet # stopped 4 count'
}

# The key on the command line puts it behind the survey. Without PCI the step is skipped.
elsewhere()
{
    local log=$work/microvm.log

    expect_status 0 run/qemu --quiet --accel tcg --smp 2 --boot microvm --append quiet=yes --script 'cost insn=pause n=50' --log "$log" \
        --timeout 60 && expect_text "$log" '^ok 2 quiet # SKIP no PCI configuration space' && expect_text "$log" '^ok 3 cost_pause'
}

case_run quiet_stopped stopped
case_run quiet_elsewhere elsewhere
cases_end
