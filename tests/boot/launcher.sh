#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# The supervisor names each way in which a run can end: from canned logs, and from small images that fail on purpose.
# NEEDS: host
# WAITS: for machines that are silent, 5 s of a processor in 59
# LONG: 59 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
fixtures=tests/boot/fixtures

# canned NAME STATUS PATTERN COMMAND...: the command's stdout is the serial line.
canned()
{
    local name=$1 status=$2 pattern=$3

    shift 3
    expect_status "$status" "$build/launch" --name canned --log "$work/$name.log" \
        --emulator-log "$work/$name.emulator.log" --silence 2 --boot-limit 3 --grace 1 --timeout 6 -- "$@" \
        2>"$work/$name.err" && expect_text "$work/$name.err" "^canned: $pattern"
}

# fake_image END: an image that writes a cut log and then ends in that way.
fake_image()
{
    gcc -m32 -c -DLOG="\"$root/$fixtures/cut.log\"" "-DEND_$1" -o "$work/$1.o" tests/boot/fake.S &&
        ld -m elf_i386 --no-warn-rwx-segments -N -Ttext=0x100000 -o "$work/$1.elf" "$work/$1.o"
}

# faked NAME END ACCEL PATTERN: the same under QEMU, through run/qemu.
faked()
{
    local name=$1

    mkdir -p "$work/$name" && fake_image "$2" && cp "$work/$2.elf" "$work/$name/idlelab.elf" &&
        cp "$build/launch" "$work/$name/" &&
        BUILD=$work/$name expect_status 3 run/qemu --accel "$3" --smp 1 --no-resume --log "$work/$name.log" --timeout 60 \
            2>"$work/$name.err" && expect_text "$work/$name.err" "^run/qemu: $4" &&
        expect_text "$work/$name.err" 'in step 2/2 wake_hlt_timer' &&
        cmp "$work/$name.log" "$fixtures/cut.log"
}

# kvm_error NAME: only where KVM works.
kvm_error()
{
    kvm_opens || return "$skip_status"
    faked "$1" BAD_FETCH kvm 'KVM internal error: .*Suberror'
}

# A log that is kept byte by byte, with a terminal's progress on none of it.
keeps_bytes()
{
    canned keeps_bytes 0 PASS cat "$fixtures/pass-crlf.log" && cmp "$work/keeps_bytes.log" "$fixtures/pass-crlf.log"
}

# A shorter log in a longer one's place, which is one of ours: nothing of that stays.
replaces_ours()
{
    cat "$fixtures/fail.log" "$fixtures/fail.log" >"$work/replaced.log"
    canned replaced 0 PASS cat "$fixtures/pass.log" && cmp "$work/replaced.log" "$fixtures/pass.log" &&
        grep -q 'what was in it is replaced' "$work/replaced.err"
}

# Where the emulator's own log cannot be made nothing runs.
nothing_ran()
{
    expect_status 2 "$build/launch" --name canned --log "$work/nothing.log" --emulator-log "$work/none/emulator.log" -- touch "$work/ran" 2>"$work/nothing.err" &&
        expect_text "$work/nothing.err" 'none/emulator.log: No such file' && [ "$(wc -l <"$work/nothing.err")" -eq 1 ] && [ ! -e "$work/ran" ]
}

# A run in error says why, also where a step was in error and not the run.
error_says_why()
{
    python3 - "$fixtures/fail.log" >"$work/error_in.log" <<'END'
import sys, zlib
for line in open(sys.argv[1]):
    if '"t":"sum"' in line:
        text = line[5:].rpartition(" *")[0].replace('"fail":1', '"fail":0').replace('"error":0', '"error":1')
        line = f"# IL {text} *{zlib.crc32(text.encode()):08x}\n"
    sys.stdout.write(line.replace("result=FAIL", "result=ERROR"))
END
    canned error 1 'ERROR: wake_hlt_timer: .*; 1 ok, 1 not ok, 0 skipped' cat "$work/error_in.log"
}

# What an emulator says reaches the terminal without its escape sequences.
no_escapes()
{
    canned escapes 3 'the emulator did not start.*.?.31mno disk' sh -c "printf '\\033[31mno disk\\n' >&2; exit 1" &&
        ! LC_ALL=C grep -P '[\x00-\x09\x0b-\x1f\x7f]' "$work/escapes.err"
}

quiet_says_nothing()
{
    "$build/launch" --quiet --log "$work/quiet.log" --emulator-log "$work/quiet.emulator.log" -- \
        cat "$fixtures/pass.log" >"$work/quiet.err" 2>&1 && [ ! -s "$work/quiet.err" ]
}

# It has ended, and does not go: it is not waited for longer than --grace.
stays_after_end()
{
    local begin_s=$SECONDS

    canned stays 0 PASS sh -c "cat $fixtures/pass.log; sleep 60" || return 1
    if [ $((SECONDS - begin_s)) -ge 50 ]; then
        echo "it was waited for $((SECONDS - begin_s)) s"
        return 1
    fi
}

# What an image says before it begins reaches the terminal without its escape sequences.
refusal_escapes()
{
    canned red 3 'the image cannot run here: idlelab: \.\[31mno' sh -c "printf 'idlelab: \\033[31mno\\n'; sleep 10" &&
        ! LC_ALL=C grep -P '[\x00-\x09\x0b-\x1f\x7f]' "$work/red.err"
}

# An emulator of five threads that all run, on one CPU of the host: its silence lasts longer by the clock, and is found.
busy_host()
{
    local cpu

    cpu=$(taskset -pc $$ | sed 's/.*: \([0-9]*\).*/\1/')
    expect_status 3 taskset -c "$cpu" "$build/launch" --name canned --log "$work/busy.log" --emulator-log "$work/busy.emulator.log" --silence 1 -- \
        sh -c "cat $fixtures/cut.log; for i in 1 2 3 4 5; do while :; do :; done & done; sleep 60" 2>"$work/busy.err" &&
        expect_text "$work/busy.err" '^canned: hang: .* for 1 s \(([3-9]|1[0-2]) s by the clock: the emulator waited for CPUs\), in step 2/2'
}

# A log that cannot be written is no success, whatever the machine said.
log_lost()
{
    expect_status 3 "$build/launch" --name canned --log /dev/full --emulator-log "$work/lost.emulator.log" -- cat "$fixtures/pass.log" \
        2>"$work/lost.err" && expect_text "$work/lost.err" '^canned: /dev/full could not be written: the log on disk is not whole$'
}

stopped()
{
    local pid

    "$build/launch" --name canned --log "$work/stopped.log" --emulator-log "$work/stopped.emulator.log" -- \
        sleep 100 2>"$work/stopped.err" &
    pid=$!
    sleep 1
    kill -TERM "$pid"
    expect_status 3 wait "$pid" && expect_text "$work/stopped.err" 'stopped by a signal'
}

bad_usage()
{
    says_usage "'0' is not a whole number from 1 to 1000000" "$build/launch" --log "$work/x" --emulator-log "$work/y" --timeout 0 -- true &&
        says_usage '^usage: launch' "$build/launch" --log "$work/x" -- true &&
        says_usage '^usage: launch' "$build/launch" --emulator-log "$work/y" -- true && expect_status 2 run/qemu --boot floppy &&
        expect_status 2 run/qemu --smp many && expect_status 2 run/qemu --timeout soon &&
        expect_status 2 run/qemu --script ./no/such.lab && expect_status 2 run/qemu --no-such-option &&
        expect_status 2 run/bochs --accel kvm
}

# says_usage WORDS COMMAND...: exit code 2 with these words, before anything is made or booted.
says_usage()
{
    local words=$1

    shift
    expect_status 2 "$@" 2>"$work/usage.err" && expect_text "$work/usage.err" "$words"
}

names_what_is_wrong()
{
    says_usage 'missing.lab: no such file' run/qemu --script missing.lab &&
        says_usage 'no folder /no-such-root/folder' run/qemu --accel tcg --log /no-such-root/folder/x.log --script smoke || return 1
    if [ -e /no-such-root ]; then
        echo '--log made folders'
        return 1
    fi
    says_usage 'found .nonsense., expected one of .*sapphire_rapids' run/bochs --cpu nonsense --script smoke &&
        says_usage 'found .nonsense., expected one of .*sapphire_rapids' env BUILD="$work/not-built" run/bochs --cpu nonsense
}

# Two runs: folders whose names sort by time, and results/latest, which is the second.
names_results()
{
    local first second

    # shellcheck source=run/launch/results.sh
    . run/launch/results.sh
    first=$(new_results "$work/named") && second=$(new_results "$work/named" compare) || return 1
    [[ $first < $second && $first =~ /results/[0-9]{8}T[0-9]{6}Z(-[0-9]+)?$ && $second == *Z-compare ]] &&
        [ "$(readlink -f "$work/named/results/latest")" = "$(readlink -f "$second")" ]
}

case_run launcher_names_what_is_wrong names_what_is_wrong
case_run launcher_names_results names_results
case_run launcher_pass canned pass 0 'PASS: 2 ok, 0 not ok, 0 skipped' cat $fixtures/pass.log
case_run launcher_crlf_kept keeps_bytes
case_run launcher_replaces_ours replaces_ours
case_run launcher_fail canned fail 1 'FAIL: 1 ok, 1 not ok' cat $fixtures/fail.log
case_run launcher_script_error canned script 2 'bad script: script:1:6: ' cat $fixtures/script-error.log
case_run launcher_damaged_record canned damaged 3 'damaged log: .*line 7: expected CRC' cat $fixtures/damaged.log
case_run launcher_damaged_result canned result 3 'damaged log: .*line 11: expected CRC' cat $fixtures/damaged-result.log
case_run launcher_gap canned gap 3 'damaged log: .*1 record missing: sequence 0005 to 0005' cat $fixtures/gap.log
case_run launcher_missing_result canned missing 3 'damaged log: .*expected 2 results, found 1' \
    cat $fixtures/missing-result.log
case_run launcher_no_sum canned no_sum 3 'damaged log: .*no sum record' cat $fixtures/no-sum.log
case_run launcher_wrong_sum canned wrong_sum 3 'damaged log: .*expected CRC .* over all records' cat $fixtures/wrong-sum.log
case_run launcher_wrong_end canned wrong_end 3 'damaged log: .*IDLELAB-END says PASS, the sum record.s counts make FAIL' \
    sed s/result=FAIL/result=PASS/ $fixtures/fail.log
case_run launcher_error error_says_why
case_run launcher_no_escapes no_escapes
case_run launcher_cut canned cut 3 'cut log: ' cat $fixtures/cut.log
# As xen_guest copies Xen's words.
case_run launcher_cut_xen_watchdog canned xen_watchdog 3 'watchdog: .*in step 2/2 .*: .XEN. Watchdog timer fired for domain 3' \
    sh -c "cat $fixtures/cut.log; echo '(XEN) Watchdog timer fired for domain 3' >&2"
case_run launcher_second_begin canned second 3 'silent reboot: ' sh -c "cat $fixtures/second-begin.log; sleep 20"
case_run launcher_refusal_escapes refusal_escapes
case_run launcher_refusal_too_late canned late 3 'cut log: ' cat $fixtures/cut.log $fixtures/refusal.log
case_run launcher_refusal canned refusal 3 'the image cannot run here: idlelab: this' \
    sh -c "cat $fixtures/refusal.log; sleep 10"
case_run launcher_hang canned hang 3 'hang: .* for 2 s, in step 2/2' sh -c "cat $fixtures/cut.log; sleep 20"
case_run launcher_busy_host busy_host
case_run launcher_mute canned mute 3 'mute: .* within 3 s' sleep 20
case_run launcher_no_bytes_no_end canned endless 3 'time limit: .* within 6 s' \
    sh -c "cat $fixtures/cut.log; while echo x; do sleep 0.5; done"
case_run launcher_not_started canned absent 3 'the emulator did not start.*no-such-emulator' no-such-emulator
case_run launcher_nothing_ran nothing_ran
case_run launcher_stays_after_end stays_after_end
case_run launcher_quiet quiet_says_nothing
case_run launcher_log_lost log_lost
case_run launcher_stopped stopped
case_run launcher_usage bad_usage
case_run launcher_triple_fault faked triple_fault TRIPLE_FAULT tcg 'triple fault: '
case_run launcher_reset faked reset RESET tcg 'silent reboot: '
case_run launcher_early_exit faked early_exit EXIT tcg 'cut log: '
case_run launcher_guest_hang faked guest_hang HANG tcg 'hang: .* for 30 s'
case_run launcher_kvm_error kvm_error kvm_error
cases_end
