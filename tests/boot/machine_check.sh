#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# A machine check ends the run with what the banks say, on whichever CPU it comes. QEMU's monitor makes them (TCG).
# NEEDS: image host
# WAITS: for machines that are silent, 4 s of a processor in 26
# LONG: 24 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
# Valid, uncorrected, enabled, MISC and ADDR valid, context corrupt; then the error's code.
status=0xbe00000000000134

# inject SOCKET LOG COMMAND: when the step runs and nothing is written. Bounded; prints what the monitor says.
inject()
{
    /usr/bin/python3 - "$@" <<'EOF'
import socket, sys, time

path, log, command = sys.argv[1:]
for _ in range(300):
    try:
        if '"t":"exp","step":1,"at"' in open(log, errors="replace").read():
            break
    except OSError:
        pass
    time.sleep(0.1)
time.sleep(2)
monitor = socket.socket(socket.AF_UNIX)
monitor.settimeout(5)
monitor.connect(path)
monitor.sendall(command.encode() + b"\n")
time.sleep(0.5)
print(monitor.recv(65536).decode(errors="replace"))
EOF
}

# checked CPU BANK: the step is `noise`, which runs on CPU 0.
checked()
{
    local log=$work/cpu$1.log socket=$work/cpu$1.monitor said

    inject "$socket" "$log" "mce $1 $2 $status 5 0x12345000 0x86" >"$work/cpu$1.said" 2>&1 &
    said=$!
    expect_status 1 run/qemu --quiet --accel tcg --smp 2 --script 'noise time=60s' --log "$log" --timeout 60 -- \
        -monitor "unix:$socket,server,nowait" 2>"$work/cpu$1.err"
    local status_seen=$?
    wait "$said"
    [ "$status_seen" -eq 0 ] || return 1
    expect_text "$work/cpu$1.err" 'ERROR: a machine check: the records mce say' &&
        expect_text "$log" "\"t\":\"fault\",\"cpu\":$1,\"vec\":18" &&
        expect_text "$log" "\"t\":\"mce\",\"cpu\":$1,\"cpus\":1,\"bank\":$2,\"status\":\"be00000000000134\",\"addr\":\"12345000\",\"misc\":\"86\"" &&
        expect_text "$log" '"id":"machine_check"' && expect_text "$log" '^IDLELAB-END run=[0-9a-f]{16} result=ERROR'
}

# Errors from before the boot: put into the banks while the machine waits for its first instruction. Their banks are cleared and so do
# not show up as the ones of the machine check that ends the run.
found()
{
    local log=$work/found.log socket=$work/found.monitor said

    (
        for _ in {1..50}; do
            [ -S "$socket" ] && break
            sleep 0.1
        done
        printf '%s\n' 'mce 0 3 0x9c00000000000135 0 0x1000 0x8c' 'mce 1 5 0x8000000000000136 0 0 0' cont |
            timeout 2 /usr/bin/python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
for line in sys.stdin: s.sendall(line.encode()); time.sleep(0.2)' "$socket"
        inject "$socket" "$log" "mce 0 2 $status 5 0x12345000 0x86"
    ) >"$work/found.said" 2>&1 &
    said=$!
    expect_status 1 run/qemu --quiet --accel tcg --smp 2 --script 'noise time=60s' --log "$log" --timeout 60 -- -S \
        -monitor "unix:$socket,server,nowait" 2>"$work/found.err"
    local status_seen=$?
    wait "$said"
    [ "$status_seen" -eq 0 ] || return 1
    expect_text "$log" '"t":"mce","at":"boot","cpu":0,"cpus":1,"bank":3,"status":"9c00000000000135","addr":"1000","misc":"8c"' &&
        expect_text "$log" '"t":"mce","at":"boot","cpu":1,"cpus":1,"bank":5,"status":"8000000000000136","addr":"0","misc":"0"' &&
        expect_text "$log" '"id":"mce_found","text":"2 machine check banks' &&
        [ "$(grep -a '"t":"mce","cpu"' "$log" | sort -u | wc -l)" = 1 ] &&
        expect_text "$log" '"t":"mce","cpu":0,"cpus":1,"bank":2'
}

# after_end NAME SCRIPT: nothing follows END, although machine checks come while the machine stands still behind it: the first one ends
# the run, or it has ended as it should.
after_end()
{
    local log=$work/$1.log socket=$work/$1.monitor machine

    qemu-system-x86_64 -nodefaults -no-reboot -machine q35 -accel tcg -cpu max -smp 2 -m 256M -display none -serial "file:$log" \
        -monitor "unix:$socket,server,nowait" -kernel "$build/idlelab.elf" -append "script=\"$2\" exit=halt" &
    machine=$!
    inject "$socket" "$log" "mce 0 2 $status 5 0x12345000 0x86" >"$work/$1.said" 2>&1
    for _ in {1..100}; do
        grep -aq '^IDLELAB-END' "$log" && break
        sleep 0.1
    done
    inject "$socket" "$log" "mce 1 2 $status 5 0x12345000 0x86" >>"$work/$1.said" 2>&1
    inject "$socket" "$log" "mce 0 3 $status 5 0x12345000 0x86" >>"$work/$1.said" 2>&1
    kill "$machine" 2>/dev/null
    wait "$machine" 2>/dev/null
    if [ "$(tail -n 1 "$log" | cut -c 1-11)" != IDLELAB-END ] || [ "$(grep -ac '^IDLELAB-END' "$log")" -ne 1 ]; then
        tail -n 5 "$log"
        return 1
    fi
}

case_run machine_check_cpu_0 checked 0 2
case_run machine_check_parked_cpu checked 1 9
case_run machine_check_found found
case_run machine_check_behind_its_end after_end own_end 'noise time=60s'
case_run machine_check_behind_the_end after_end good_end 'cost insn=pause n=50'
cases_end
