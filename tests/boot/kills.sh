#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# Whatever is killed, nothing of a run outlives it and no folder stays; a log belongs to one launcher; where nothing ran the exit code is 2
# and there is one line. With an emulator that writes a log and sleeps.
# NEEDS: image host
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
export FIXTURES=$root/tests/boot/fixtures

cat >"$work/emulator" <<'END'
#!/bin/bash
echo $$ >>"$HOST/emulators"
cat "$FIXTURES/${FIXTURE:-cut.log}"
[ -n "${FIXTURE:-}" ] || exec sleep 300
END
chmod +x "$work/emulator"

# start NAME COMMAND...: in the background, its process in `pid`; returns when the emulator runs.
start()
{
    local at=$work/$1 i

    mkdir -p "$at/tmp"
    export HOST=$at TMPDIR=$at/tmp QEMU=$work/emulator
    shift
    "$@" >"$at/stdout" 2>"$at/err" &
    pid=$!
    for ((i = 0; i < 200; i++)); do
        [ ! -s "$at/emulators" ] || return 0
        sleep 0.05
    done
    echo 'the emulator was never started'
    cat "$at/err"
    return 1
}

# gone NAME: the emulator, all that were below `pid` and the temporary folder.
gone()
{
    local at=$work/$1 i left

    for ((i = 0; i < 100; i++)); do
        # shellcheck disable=SC2016 # of the other shell
        left=$(xargs -rn1 <"$at/emulators" sh -c 'kill -0 "$0" 2>/dev/null && echo "emulator $0"'; ls "$at/tmp"; pgrep -f -- "--log $at/")
        [ -n "$left" ] || return 0
        sleep 0.05
    done
    echo "left behind: $left"
    return 1
}

# killed NAME SIGNAL COMMAND...: the outermost process.
killed()
{
    local name=$1 signal=$2

    shift 2
    start "$name" "$@" || return
    kill "-$signal" "$pid"
    wait "$pid" 2>/dev/null
    gone "$name"
}

supervisor_killed()
{
    local status=0

    start supervisor run/qemu --accel tcg --log "$work/supervisor/serial.log" || return
    kill -KILL "$(pgrep -f "^$build/launch .*--log $work/supervisor/")"
    wait "$pid" || status=$?
    gone supervisor && [ "$status" -eq 3 ] && expect_text "$work/supervisor/err" 'run/qemu: the supervisor was ended by signal 9; serial log: ' &&
        ! grep -v '^run/qemu: ' "$work/supervisor/err"
}

# A sweep over a KVM that is none; its columns are those of a file.
sweep_killed()
{
    echo default >"$work/columns"
    IDLELAB_KVM=/dev/null IDLELAB_SWEEP_STATE=$work/state IDLELAB_LAUNCHER=$work/launcher \
        killed sweep KILL run/kvm-sweep --settings "$work/columns" --out "$work/sweep/out" smoke
}
cat >"$work/launcher" <<'END'
#!/bin/bash
shift 2
exec run/qemu --accel tcg "$@"
END
chmod +x "$work/launcher"

two_launchers()
{
    local log=$work/two/serial.log whole

    start two run/qemu --accel tcg --no-resume --log "$log" || return
    whole=$(cat "$log")
    expect_status 2 run/qemu --accel tcg --force --log "$log" 2>"$work/two/second" &&
        expect_text "$work/two/second" 'serial.log: another launcher writes it$' && [ "$(cat "$log")" = "$whole" ] || return
    kill "$pid"
    wait "$pid"
    gone two
}

# launch_pass LOG ARGUMENT...: a run that passes.
launch_pass()
{
    local log=$1

    shift
    "$build/launch" --log "$log" --emulator-log "$work/theirs.emulator.log" "$@" -- cat "$FIXTURES/pass.log"
}

not_ours()
{
    echo 'idlelab: a letter about IDLELAB-BEGIN run=<16 hex> fmt=1' >"$work/theirs"
    rm -f "$work/theirs.emulator.log"
    expect_status 2 launch_pass "$work/theirs" 2>"$work/err" && [[ "$(cat "$work/theirs")" = *'a letter'* ]] &&
        expect_text "$work/err" 'theirs: has something in it that is no log of idlelab; --force replaces it$' &&
        [ "$(wc -l <"$work/err")" -eq 1 ] && expect_status 0 launch_pass "$work/theirs" --force 2>"$work/err" &&
        cmp "$work/theirs" "$FIXTURES/pass.log" && expect_status 0 launch_pass "$work/theirs" 2>"$work/err" &&
        expect_text "$work/err" 'theirs: what was in it is replaced$' && cmp "$work/theirs" "$FIXTURES/pass.log"
}

# Nobody reads it, or the reader dies: a write would never return. The log is longer than a pipe is.
log_pipe()
{
    for _ in {1..40}; do cat "$FIXTURES/pass.log"; done >"$work/long"
    mkfifo "$work/fifo"
    expect_status 2 timeout -s KILL 20 "$build/launch" --log "$work/fifo" --emulator-log "$work/fifo.emulator.log" -- cat "$work/long" \
        2>"$work/err" && expect_text "$work/err" 'fifo: is a pipe; name a file, and read that with tail -f$'
}

# nothing_ran PATTERN COMMAND...: exit code 2 and one line.
nothing_ran()
{
    local pattern=$1

    shift
    expect_status 2 "$@" 2>"$work/nothing" && expect_text "$work/nothing" "$pattern" || return
    [ "$(grep -vc '^run/qemu: QEMU TCG' "$work/nothing")" -eq 1 ] || cat "$work/nothing"
}

nothing()
{
    touch "$work/file"
    export QEMU=$work/emulator HOST=$work
    nothing_ran 'Not a directory|File exists' run/qemu --accel tcg --log "$work/file/x/serial.log" &&
        nothing_ran 'Is a directory' run/qemu --accel tcg --log "$work" &&
        TMPDIR=$work/none nothing_ran 'No such file' run/qemu --accel tcg --log "$work/none.log" &&
        nothing_ran 'Bad file descriptor|write error' run/qemu --help >&- && nothing_ran 'No space' run/qemu --help >/dev/full &&
        IDLELAB_KVM=/dev/null nothing_ran 'Not a directory|File exists' run/kvm-sweep --out "$work/file/x" smoke &&
        nothing_ran 'Not a directory|File exists' run/compare --out "$work/file/x" a b && [ ! -e "$work/emulators" ]
}

# Closed descriptors 0 to 2 are not given to the log, nor to the emulator.
closed()
{
    launch_pass "$work/closed.log" --emulator-log "$work/closed.emulator.log" <&- >&- 2>&- && cmp "$work/closed.log" "$FIXTURES/pass.log" &&
        launch_pass "$work/closed_2.log" --emulator-log "$work/closed_2.emulator.log" 2>&- && cmp "$work/closed_2.log" "$FIXTURES/pass.log"
}

case_run kills_launcher killed by_launcher KILL run/qemu --accel tcg --log "$work/by_launcher/serial.log"
case_run kills_launcher_term killed term TERM run/qemu --accel tcg --log "$work/term/serial.log"
case_run kills_boots killed boots KILL run/qemu --accel tcg --boots 2 --log "$work/boots/serial.log"
case_run kills_boots_term killed boots_term TERM run/qemu --accel tcg --boots 2 --log "$work/boots_term/serial.log"
case_run kills_compare killed compare KILL run/compare --quiet --out "$work/compare/out" '' '--smp 3' -- --accel tcg
case_run kills_compare_term killed compare_term TERM run/compare --quiet --out "$work/compare_term/out" '' '--smp 3' -- --accel tcg
case_run kills_sweep sweep_killed
case_run kills_supervisor supervisor_killed
case_run log_of_two_launchers two_launchers
case_run log_not_ours not_ours
case_run log_pipe log_pipe
case_run exit_where_nothing_ran nothing
case_run exit_closed_descriptors closed
cases_end
