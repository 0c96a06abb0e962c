#!/bin/bash
# SPDX-License-Identifier: MIT
# How the lab inside Linux starts where the shell, or whoever starts it, is odd: descriptors, signals, scripts, numbers of CPUs.
# NEEDS: linux
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
lab=$build/idlelab-linux
work=$build/test/linux/start
rm -rf "$work"
mkdir -p "$work"

# refused NAME TEXT ARGUMENT...: exit code 2, and stderr says so.
refused()
{
    local name=$1 text=$2 status

    shift 2
    timeout 60 "$lab" "$@" >"$work/$name.log" 2>"$work/$name.err"
    status=$?
    result "$name" "$({ [ "$status" -eq 2 ] && grep -q -- "$text" "$work/$name.err"; } ||
        echo "exit code $status: $(head -n 1 "$work/$name.err")")"
}

refused cpus_none 'expected --cpus' survey --cpus ''
refused cpus_sign 'expected --cpus' survey --cpus 0,+1
refused cpus_many 'more than 64 CPUs' survey --cpus "$(seq -s , 0 64)"
refused folder 'cannot be read: tests' tests survey
# More than 1 MiB: not cut, and not written behind the room for it.
head -c 1100000 /dev/zero | tr '\0' '#' >"$work/long.lab"
refused long 'too long' "$work/long.lab"
refused long_twice 'too long' "$work/long.lab" "$work/long.lab" survey

timeout 60 "$lab" survey >&- 2>"$work/closed.err"
status=$?
result closed_stdout_is_said "$({ [ "$status" -eq 2 ] && grep -q 'stdout is closed' "$work/closed.err"; } ||
    echo "exit code $status: $(head -n 1 "$work/closed.err")")"

# A pipe that is full, and shared with who does not want to wait for it.
python3 -c 'import fcntl, os, sys; fcntl.fcntl(1, fcntl.F_SETPIPE_SZ, 4096); fcntl.fcntl(1, fcntl.F_SETFL, os.O_WRONLY | os.O_NONBLOCK)
os.execv(sys.argv[1], sys.argv[1:])' "$lab" survey 2>"$work/pipe.err" | (sleep 2 && cat) >"$work/pipe.log"
result full_pipe_is_waited_for "$(grep -q '^IDLELAB-END .*result=PASS' "$work/pipe.log" || head -n 1 "$work/pipe.err")"

# All signals held from outside: a fault still is a result, and a lost wake still ends.
two='wake idle=futex by=futex lose=3 samples=10 warmup=0 budget=2s'
[ "$(nproc)" -ge 2 ] || two='cost insn=pause n=10'
timeout -s KILL 60 python3 -c 'import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
os.execv(sys.argv[1], sys.argv[1:])' "$lab" 'wake idle=hlt by=timer force=yes samples=10' "$two" >"$work/held.log" 2>"$work/held.err"
result held_signals_come "$(grep -q '^IDLELAB-END .*result=FAIL' "$work/held.log" || tail -n 2 "$work/held.log" "$work/held.err")"
results_end
