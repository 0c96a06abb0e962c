#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# A machine that dies costs the step it died in: the launcher goes on in a fresh one, and the joined log is whole.
# NEEDS: image host
# LONG: 52 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
fixtures=$root/tests/boot/fixtures

# launch NAME HOW OPTION...: the supervisor over tests/boot/dying_emulator.
launch()
{
    local name=$1 how=$2

    shift 2
    "$build/launch" --name joined --log "$work/$name.log" --emulator-log "$work/$name.emulator.log" --silence 5 \
        --boot-limit 30 --grace 1 --timeout 60 --resume-argument 'exit=debugexit' "$@" \
        -- tests/boot/dying_emulator "$fixtures" "$how" 'exit=debugexit' 2>"$work/$name.err"
}

# died NAME HOW WORD OPTION...: step 2 ends as WORD, and the steps 3 and 4 are there.
died()
{
    local name=$1 how=$2 word=$3

    shift 3
    expect_status 1 launch "$name" "$how" "$@" || return
    expect_text "$work/$name.err" "^joined: FAIL: 3 ok, 1 not ok, 0 skipped; $word in step 2 cost_cpuid; " &&
        expect_text "$work/$name.err" 'a fresh machine goes on with step 3 cost_rdtsc' &&
        expect_text "$work/$name.log" "^# IH 0000 .*\"run\":\"1111111111111111\",\"step\":2,\"next\":3,\"why\":\"$word\"" &&
        expect_text "$work/$name.log" "^not ok 2 cost_cpuid # $word 1 count ~[0-9a-f]{4}\$" &&
        kept_bytes "$name" joined-first joined-second && checked "$name" 1 && proved "$name" 1
}

# kept_bytes NAME FIXTURE...: without the launcher's lines the log is what the machines wrote, byte by byte.
kept_bytes()
{
    local name=$1 fixture

    shift
    for fixture in "$@"; do
        cat "$fixtures/$fixture.log"
    done >"$work/$name.expected"
    grep -avE '^# IH |^not ok ' "$work/$name.log" | cmp - "$work/$name.expected"
}

# checked NAME STATUS: the host tool's word on the log.
checked()
{
    expect_status "$2" "$build/idlelab" check "$work/$1.log" >"$work/$1.check" 2>&1 || {
        cat "$work/$1.check"
        return 1
    }
    [ "$2" -ne 1 ] || expect_text "$work/$1.check" '^whole: every record arrived'
}

# proved NAME COUNT: prove reads the log, and so many of its tests failed.
proved()
{
    command -v prove >/dev/null || return 0
    prove -e cat "$work/$1.log" >"$work/$1.prove" 2>&1
    expect_text "$work/$1.prove" "^Failed $2/4 subtests" && ! grep -q 'Parse errors' "$work/$1.prove"
}

# The line that the dying machine left unfinished ends before the launcher's, and is no damage.
half_line()
{
    expect_status 1 launch half half && checked half 1 && proved half 1 &&
        expect_text "$work/half.log" '^# IL 000a .{10,60}$'
}

# A machine that begins again has its second beginning kept beside the log.
again()
{
    died again again silent_reboot && expect_text "$work/again.log" '"cut_bytes":[1-9]' &&
        cmp "$fixtures/joined-first.log" "$work/again.log.restarted-1"
}

# Where the second beginning cannot be kept nothing is cut, and the run ends as one whose log is lost.
aside_lost()
{
    mkdir "$work/aside.log.restarted-1"
    expect_status 3 launch aside again && expect_text "$work/aside.err" 'aside.log could not be written: the log on disk is not whole$' &&
        kept_bytes aside joined-first joined-first joined-second
}

twice()
{
    expect_status 1 launch twice exit-dies && checked twice 1 && proved twice 2 &&
        kept_bytes twice joined-first joined-second-dies joined-third &&
        expect_text "$work/twice.err" 'FAIL: 2 ok, 2 not ok, .* in step 2 cost_cpuid; emulator_ended in step 3 ' &&
        expect_text "$work/twice.log" '^# IH 0001 .*"run":"3333333333333333","step":3,"next":4' || return
    expect_status 1 "$build/idlelab" report -o "$work/twice.html" "$work/twice.log" &&
        expect_text "$work/twice.html" '3: machine 1 died in step 2 cost_cpuid \(emulator_ended\), machine 2 died in step 3' &&
        expect_status 1 "$build/idlelab" export --jsonl "$work/twice.log" >"$work/twice.jsonl" &&
        [ "$(grep -c '"t":"join"' "$work/twice.jsonl")" -eq 2 ] &&
        expect_status 1 "$build/idlelab" export --junit "$work/twice.log" >"$work/twice.xml" &&
        expect_text "$work/twice.xml" 'name="cost_rdtsc".*<failure message="emulator_ended 1 count"'
}

last_step()
{
    expect_status 1 launch last exit-last && checked last 1 && proved last 2 &&
        expect_text "$work/last.log" '"step":4,"next":0,' && expect_text "$work/last.err" 'FAIL: 2 ok, 2 not ok'
}

# The same by a machine that begins again: its log is whole, too.
last_step_again()
{
    expect_status 1 launch last_again exit-last_again && checked last_again 1 && proved last_again 2 &&
        expect_text "$work/last_again.log" '"step":4,"next":0,"why":"silent_reboot","cut_bytes":[1-9]' &&
        expect_text "$work/last_again.err" 'FAIL: 2 ok, 2 not ok'
}

# A step before it whose result came damaged did not die, and is not run again; the log is not whole.
damaged_before()
{
    expect_status 3 launch damaged damaged && expect_text "$work/damaged.log" '"step":2,"next":3,' &&
        [ "$(grep -c '# IH' "$work/damaged.log")" -eq 1 ] && ! grep -q '^not ok 1 ' "$work/damaged.log" &&
        expect_text "$work/damaged.err" 'damaged log: .*expected CRC'
}

limit()
{
    expect_status 3 launch limit exit-dies --restarts 1 && checked limit 3 &&
        expect_text "$work/limit.err" 'step 4 and those after it are not run: the limit of 1 restarts is reached' &&
        expect_text "$work/limit.log" '"step":3,"next":0,' && expect_text "$work/limit.check" 'expected 4 results, found 3'
}

no_restart()
{
    expect_status 3 launch none exit --restarts 0 && ! grep -q resume= "$work/none.log" &&
        expect_text "$work/none.log" '"step":2,"next":0,'
}

# Neither a machine that dies before its first step, nor one that goes on and does not boot, is tried again.
before_begin()
{
    expect_status 3 launch early early && ! grep -q '# IH' "$work/early.log" &&
        expect_status 3 launch mute exit-mute && [ "$(grep -c '# IH' "$work/mute.log")" -eq 1 ] && checked mute 3 &&
        expect_text "$work/mute.check" 'no machine went on with step 3' && expect_status 3 launch silent exit-silent --boot-limit 2 &&
        expect_text "$work/silent.err" 'mute: no IDLELAB-BEGIN came within 2 s, before the first line; emulator_ended in step 2 cost_cpuid'
}

other_machine()
{
    expect_status 1 launch other exit-other && checked other 1 &&
        expect_text "$work/other.check" 'machine 2 is not the first one: brand was Fixture CPU, and is Another CPU'
}

# A frequency measured anew differs by a little; one by a twentieth is another machine's.
other_clock()
{
    expect_status 1 launch clock exit-clock && checked clock 1 &&
        expect_text "$work/clock.check" 'machine 2 is not the first one: TSC frequency was 2000000001, and is 2100000003' &&
        expect_status 1 "$build/idlelab" show "$work/clock.log" >"$work/clock.show" 2>/dev/null &&
        expect_text "$work/clock.show" 'cost_cpuid: the emulator ended .emulator_ended.: .*; a fresh machine went on' &&
        expect_status 1 launch same exit && checked same 1 && ! grep 'TSC frequency' "$work/same.check"
}

# Only an intact join record of the launcher makes a second BEGIN a machine that goes on.
tampered()
{
    local change

    expect_status 1 launch whole exit || return
    for change in '/^# IH /d' '/^# IH /s/"step":2/"step":3/' '/^# IH /s/IH/IL/'; do
        sed -e "$change" "$work/whole.log" >"$work/tampered.log"
        checked tampered 3 && expect_text "$work/tampered.check" 'reboot: a second IDLELAB-BEGIN' || return
    done
    # Damage in the middle is damage, whatever comes later.
    sed '/^# IL 0003 /{s/plan/plon/;:a;n;ba}' "$work/whole.log" >"$work/tampered.log"
    checked tampered 3 && expect_text "$work/tampered.check" 'damaged: expected CRC'
}

# The image goes on at a step of the whole plan, and says no second KTAP header or plan.
image_goes_on()
{
    local log=$work/image.log

    expect_status 0 run/qemu --accel tcg --log "$log" --quiet --append resume=3 --timeout 60 \
        --script 'noise budget=50ms; cost insn=cpuid n=50; cost insn=rdtsc n=50' 2>"$work/image.err" || return
    ! grep -aqE '^KTAP|^1\.\.|"step":[12],' "$log" && expect_text "$log" '^ok 3 cost_cpuid' &&
        expect_text "$log" '^ok 4 cost_rdtsc' && expect_text "$log" '"k":"resume","v":3' &&
        expect_text "$log" '"k":"brand"' && expect_text "$log" 'result=PASS'
}

# Two logs of which one begins again: told as ever.
unjoined()
{
    cat "$fixtures/joined-first.log" "$fixtures/joined-second.log" >"$work/plain.log"
    checked plain 3 && expect_text "$work/plain.check" 'reboot: a second IDLELAB-BEGIN'
}

# faked NAME END ACCEL WORD: a small image that fails on purpose, under QEMU.
faked()
{
    local name=$1

    mkdir -p "$work/$name"
    gcc -m32 -c -DLOG="\"$fixtures/joined-first.log\"" -DLOG_RESUMED="\"$fixtures/joined-second.log\"" "-DEND_$2" \
        -o "$work/$name/image.o" tests/boot/fake.S &&
        ld -m elf_i386 --no-warn-rwx-segments -N -Ttext=0x100000 -o "$work/$name/idlelab.elf" "$work/$name/image.o" &&
        cp "$build/launch" "$work/$name/" || return
    BUILD=$work/$name expect_status 1 run/qemu --accel "$3" --smp 1 --log "$work/$name.log" --timeout 60 \
        2>"$work/$name.err" && expect_text "$work/$name.err" "^run/qemu: FAIL: 3 ok, 1 not ok.*$4 in step 2" &&
        kept_bytes "$name" joined-first joined-second && checked "$name" 1 || return
    BUILD=$work/$name expect_status 3 run/qemu --accel "$3" --smp 1 --no-resume --log "$work/$name.once.log" \
        --timeout 60 2>/dev/null && cmp "$work/$name.once.log" "$fixtures/joined-first.log"
}

needs_kvm()
{
    kvm_opens || return "$skip_status"
    "$@"
}

# A real script with a step that a software KVM does not survive. One with VMX or SVM does: then nothing has to be joined.
real_death()
{
    local status=0 log=$work/real.log

    run/qemu --accel kvm --boot qboot --log "$log" --timeout 120 --quiet \
        --script 'cost insn=cpuid n=50; monitor test=real method=mwait force=yes; cost insn=rdtsc n=50' \
        2>"$work/real.err" || status=$?
    if ! grep -q '# IH' "$log"; then
        echo 'this KVM survives MWAIT where CPUID does not offer it'
        return "$skip_status"
    fi
    [ "$status" -eq 1 ] && checked real 1 && expect_text "$log" '^not ok 3 monitor_real_mwait # kvm_internal_error ' &&
        expect_text "$log" '^ok 4 cost_rdtsc' && expect_text "$log" '^ok 2 cost_cpuid' && proved real 1 &&
        expect_status 1 "$build/idlelab" show "$log" >"$work/real.show" &&
        expect_text "$work/real.show" 'machines +2: .*step 3 monitor_real_mwait \(kvm_internal_error'
}

case_run resume_killed died killed kill emulator_ended
case_run resume_hang died hang hang hang
case_run resume_machine_check died machine_check mce triple_fault
case_run resume_io_error died io_error status-io-error vm_io_error --qmp
case_run resume_paused died paused status-paused vm_paused --qmp
case_run resume_kvm_error died kvm_error status-internal-error kvm_internal_error --qmp
case_run resume_half_line half_line
case_run resume_begins_again again
case_run resume_aside_lost aside_lost
case_run resume_twice twice
case_run resume_last_step last_step
case_run resume_last_step_again last_step_again
case_run resume_damaged_before damaged_before
case_run resume_limit limit
case_run resume_no_restart no_restart
case_run resume_before_begin before_begin
case_run resume_other_machine other_machine
case_run resume_other_clock other_clock
case_run resume_tampered_log tampered
case_run resume_image image_goes_on
case_run resume_unjoined_log unjoined
case_run resume_triple_fault faked triple_fault TRIPLE_FAULT tcg triple_fault
case_run resume_reset faked reset RESET tcg silent_reboot
case_run resume_kvm_bad_fetch needs_kvm faked bad_fetch BAD_FETCH kvm kvm_internal_error
case_run resume_real_death needs_kvm real_death
cases_end
