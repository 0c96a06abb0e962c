#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# run/qemu --host-stats: the handshake, whole lines, a log that is otherwise as it came; and under KVM the host's counts against the guest's.
# ALONE: the host ends its polling as soon as another thread wants the CPU
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
fixtures=tests/boot/fixtures

# without_host LOG: the log without the host's lines; fails where one does not begin a line.
without_host()
{
    if grep -a '..*# IH ' "$1"; then
        echo 'a line of the host stands inside another'
        return 1
    fi >&2
    grep -av '^# IH ' "$1"
}

# frames LOG: every line of the host has its number and its CRC-32, by another program.
frames()
{
    /usr/bin/python3 - "$1" <<'EOF'
import json, re, sys, zlib
count = 0
for line in open(sys.argv[1], "rb").read().split(b"\n"):
    if not line.startswith(b"# IH "):
        continue
    match = re.fullmatch(rb"# IH ((\w{4,}) (\{.{1,199})) \*(\w{8})", line)
    if not match or int(match[2], 16) != count or int(match[4], 16) != zlib.crc32(match[1]):
        sys.exit("bad: %r" % line)
    json.loads(match[3])
    count += 1
sys.exit(0 if count > 3 else "only %d lines of the host" % count)
EOF
}

# play FILE OUT: what an emulator does with a log: after each sync record it waits for one byte, which goes to OUT.
play()
{
    local line byte

    while IFS= read -r line <&4; do
        printf '%s\n' "$line"
        if [[ $line == *'"t":"sync"'* ]]; then
            IFS= read -r -n 1 -t 10 byte || byte=-
            printf '%s' "$byte" >>"$2"
        fi
    done 4<"$1"
}
export -f play

# A played log: four edges, four letters, in order; the rest of the log byte by byte. END is put behind each line.
handshake()
{
    local name=$1 end=$2 out=$work/$1

    sed "s/\$/$end/" "$fixtures/sync.log" >"$out.in"
    expect_status 0 "$build/launch" --name played --log "$out.log" --emulator-log "$out.emulator.log" --host-stats -- \
        bash -c 'play "$@"' play "$out.in" "$out.bytes" 2>"$out.err" && [ "$(cat "$out.bytes")" = abcd ] &&
        without_host "$out.log" | cmp - "$out.in" && frames "$out.log" && expect_status 0 "$build/idlelab" check "$out.log" &&
        grep -q '^# IH .*"hstat","step":1' < <(grep -a -A 1 '"t":"sync","step":1,"at":"end"' "$out.log" | tail -n 1) &&
        expect_text "$out.log" '"id":"host_stats_missing"'
}

# All of it at once, in one piece: the host's lines still stand between lines, behind those that they belong to.
at_once()
{
    expect_status 0 "$build/launch" --name canned --log "$work/at_once.log" --emulator-log "$work/at_once.emulator.log" --host-stats -- \
        cat "$fixtures/sync.log" 2>"$work/at_once.err" && without_host "$work/at_once.log" | cmp - "$fixtures/sync.log" &&
        frames "$work/at_once.log"
}

# Where nothing is wanted nothing is there.
not_wanted()
{
    expect_status 0 "$build/launch" --name canned --log "$work/not.log" --emulator-log "$work/not.emulator.log" -- \
        cat "$fixtures/sync.log" 2>"$work/not.err" && cmp "$work/not.log" "$fixtures/sync.log"
}

# Without KVM: one line says so, every edge is answered, the threads are read.
without_kvm()
{
    local log=$work/tcg.log

    expect_status 0 run/qemu --accel tcg --smp 2 --host-stats --script 'wake idle=hlt interval=1ms samples=50' --log "$log" \
        --timeout 120 2>"$work/tcg.err" && frames "$log" && expect_status 0 "$build/idlelab" check "$log" &&
        [ "$(grep -ac '"id":"host_stats_missing"' "$log")" -eq 1 ] && [ "$(grep -ac '"t":"sync"' "$log")" -eq 4 ] &&
        expect_text "$log" '"hstat","step":2,"vcpu":0,"src":"proc","d":.*"thread_run_ns":[1-9]' && ! grep -a '"id":"sync_unanswered"' "$log"
}

# Nobody answers: the run says so once and goes on, and asks no third time.
unanswered()
{
    local log=$work/unanswered.log

    expect_status 0 run/qemu --accel tcg --smp 1 --append sync=serial --script 'wake idle=hlt interval=1ms samples=20' --log "$log" \
        --timeout 120 2>"$work/unanswered.err" && [ "$(grep -a '"id":"sync_unanswered"' "$log" | sort -u | wc -l)" -eq 1 ] &&
        [ "$(grep -ac '"t":"sync"' "$log")" -eq 2 ]
}

# host_value LOG STEP NAME: what the host's counter of vCPU 0 went up in the step.
host_value()
{
    "$build/idlelab" export --host "$1" | awk -F, -v step="$2" -v name="$3" \
        '$2 == step && $3 == 0 && $5 == name { print $7; found = 1 } END { if (!found) print 0 }'
}

# guest_hlts LOG STEP_NUMBER
guest_hlts()
{
    grep -a "\"step\":$2,\"k\":\"hlts\"" "$1" | head -n 1 | sed -E 's/.*"v":([0-9]+).*/\1/'
}

# within A B PERCENT
within()
{
    awk -v a="$1" -v b="$2" -v p="$3" 'BEGIN { d = a - b; exit !(a > 0 && b > 0 && (d < 0 ? -d : d) * 100 <= p * b) }'
}

# One boot: the guest's HLTs are the host's; polls at 150 us, none at 1 ms. Status 1: the counts differ; 2: so do the polls.
proof_once()
{
    local log=$1 hlts exits step name polled polled_150 polled_1000

    expect_status 0 run/qemu --accel kvm --boot qboot --smp 1 --host-stats --log "$log" --timeout 120 \
        --script 'wake idle=hlt by=timer interval=150us,1ms samples=1000 budget=20s' 2>"$log.err" &&
        expect_status 0 "$build/idlelab" check "$log" && frames "$log" || return 1
    for step in 2 3; do
        name=$([ "$step" -eq 2 ] && echo wake_hlt_timer_150us || echo wake_hlt_timer_1ms)
        hlts=$(guest_hlts "$log" "$step")
        exits=$(host_value "$log" "$name" halt_exits)
        polled=$(host_value "$log" "$name" halt_successful_poll)
        echo "$name: guest hlts $hlts, host halt_exits $exits, halt_successful_poll $polled"
        within "$exits" "$hlts" 1 || return 1
        [ "$step" -eq 2 ] && polled_150=$polled || polled_1000=$polled
    done
    # 1032 samples with their warm-up; the other HLTs, of the empty path, found their interrupt pending.
    [ "$polled_150" -ge 774 ] && [ "$polled_1000" -le 51 ] || return 2
}

# The host stops polling as soon as another thread wants the CPU: a busy machine gets three tries for the polls, none for the counts.
# The last try's log and status are left for polls().
counts()
{
    local try status=0

    kvm_opens || return "$skip_status"
    for try in 1 2 3; do
        status=0
        proof_once "$work/proof_$try.log" || status=$?
        [ "$status" -eq 2 ] || break
    done
    if grep -q 'does not work' "$work/proof_1.log.err"; then
        head -n 1 "$work/proof_1.log.err"
        return "$skip_status"
    fi
    echo "$status $work/proof_$try.log" >"$work/proof"
    [ "$status" -ne 1 ]
}

# Polls end the sleeps of 150 us, and none of 1 ms: at the usual halt_poll_ns, on a host that has a CPU to poll on.
polls()
{
    local status log poll_ns wait_ns wall_ns

    [ -e "$work/proof" ] || counts >/dev/null
    if ! read -r status log 2>/dev/null <"$work/proof" || [ "$status" -eq 1 ]; then
        echo 'there are no counts'
        return "$skip_status"
    fi
    [ "$status" -eq 2 ] || return 0
    poll_ns=$(grep -a '"k":"kvm.halt_poll_ns"' "$log" | sed -E 's/.*"v":"([0-9]+)".*/\1/')
    if [ "$poll_ns" != 200000 ]; then
        echo "not judged: this host's halt_poll_ns is $poll_ns"
        return "$skip_status"
    fi
    wait_ns=$(host_value "$log" wake_hlt_timer_150us thread_wait_ns)
    wall_ns=$("$build/idlelab" export --host "$log" | awk -F, '$2 == "wake_hlt_timer_150us" && $5 == "wall_ns" { print $7 }')
    if [ $((wait_ns * 20)) -gt "$wall_ns" ]; then
        echo "not judged: the host is busy, the vCPU waited $wait_ns of $wall_ns ns for a CPU"
        return "$skip_status"
    fi
    return 1
}

bad_usage()
{
    expect_status 2 run/bochs --host-stats
}

case_run host_stats_handshake handshake lf ''
case_run host_stats_handshake_crlf handshake crlf '\r'
case_run host_stats_at_once at_once
case_run host_stats_not_wanted not_wanted
case_run host_stats_bochs bad_usage
case_run host_stats_without_kvm without_kvm
case_run host_stats_unanswered unanswered
wait
cases_at_once=1
case_run host_stats_counts counts
case_run host_stats_polls polls
cases_end
