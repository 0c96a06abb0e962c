#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# A machine check ends the run with what the banks say, on whichever CPU it comes. QEMU's monitor makes them (TCG).
# NEEDS: image host
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
        expect_text "$log" "\"t\":\"mce\",\"cpu\":$1,\"bank\":$2,\"status\":\"be00000000000134\",\"addr\":\"12345000\",\"misc\":\"86\"" &&
        expect_text "$log" '"id":"machine_check"' && expect_text "$log" '^IDLELAB-END run=[0-9a-f]{16} result=ERROR'
}

case_run machine_check_cpu_0 checked 0 2
case_run machine_check_parked_cpu checked 1 9
cases_end
