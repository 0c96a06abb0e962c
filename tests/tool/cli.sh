#!/bin/bash
# SPDX-License-Identifier: MIT
# The host tool from outside: exit codes, places in messages, sources, what the subcommands print, checked against
# other programs (sort, jq, sqlite3, xmllint, prove) where there is one.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
mklog=$build/tool/mklog logs=tests/golden/logs

skip() {
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

echo "TAP version 13"
"$mklog" samples=2000 steps=4 raw=2000 seed=5 >"$work/a.log"
"$mklog" samples=2000 steps=4 seed=6 scale=150 >"$work/b.log"

# What cannot be printed is no success, and never written into another file.
# shellcheck disable=SC2317 # called by name
closed() { "$tool" "$@" >&-; }
# shellcheck disable=SC2317
full() { "$tool" "$@" >/dev/full; }
for verb in check show 'export --csv'; do
    # shellcheck disable=SC2086 # two words
    exits 2 "$verb with closed output" closed $verb "$work/a.log"
    says "says so" 'standard output is closed'
    # shellcheck disable=SC2086
    exits 2 "$verb to a full disk" full $verb "$work/a.log"
    says "says so, too" 'standard output could not be written'
done

if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
    "$mklog" samples=30000 steps=2 raw=30000 >"$work/x.log"
    /usr/bin/python3 tests/bench/report_witness.py "$work/x.log" | sort >"$work/witness"
    # A stats record as the witness's lines.
    "$tool" export --jsonl "$work/x.log" | sed -nE 's/.*"stats","step":([0-9]+),"m":"([a-z_]+)","q":\[(.*)\]\}$/\1 \2 \3/p' |
        awk '{ n = split($3, q, "],"); for (i = 1; i <= n; i++) { gsub(/[][\"]/, "", q[i]); split(q[i], v, ","); print $1, $2, v[1], v[2] } }' |
        sort >"$work/stats"
    [ "$(wc -l <"$work/stats")" -ge 36 ] && cmp -s "$work/stats" "$work/witness"
    ok $? "numpy finds the same quantiles in the raw samples"
else
    skip "numpy finds the same quantiles" "needs python3-numpy"
fi

# eventually COMMAND...: until it succeeds, for some seconds.
eventually() {
    for _ in {1..200}; do
        ! "$@" || return
        sleep 0.05
    done
}

# Sources.
exits 0 "a pipe" bash -c "cat '$work/a.log' | '$tool' check -"
if command -v socat >/dev/null; then
    socat -u OPEN:"$work/a.log" UNIX-LISTEN:"$work/sock" &
    eventually [ -S "$work/sock" ]
    exits 0 "a Unix socket" "$tool" check "unix:$work/sock"
    port=$((20000 + $$ % 12000)) # two of this test may run side by side
    socat -u OPEN:"$work/a.log" "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr" &
    eventually grep -q "$(printf ':%04X 00000000:0000 0A ' $port)" /proc/net/tcp # listening
    exits 0 "a TCP socket" "$tool" check "tcp:127.0.0.1:$port"
    # A line that stays open: the tool leaves at END.
    socat "PTY,raw,echo=0,link=$work/tty" SYSTEM:"sleep 0.5; cat '$work/a.log'; sleep 20" 2>/dev/null &
    line=$!
    eventually [ -e "$work/tty" ]
    exits 0 "a serial line that stays open" timeout 10 "$tool" check "$work/tty"
    kill "$line" 2>/dev/null
else
    skip "sockets and a serial line" "needs socat"
fi
(head -c 9000 "$work/a.log" && sleep 1 && tail -c +9001 "$work/a.log") >"$work/grows.log" &
exits 0 "a file that grows" timeout 10 "$tool" check --follow "$work/grows.log"

# show: numbers against sort; no line too wide; piped output is plain.
exits 0 "show" "$tool" show "$work/a.log"
"$tool" export --csv "$work/a.log" >"$work/a.csv"
p50=$(awk -F, '$1 == "wake_hlt_timer_100us" && $9 == "" {print $5}' "$work/a.csv" | sort -n |
    awk '{v[NR] = $1} END {printf "%.0f", 1000 * v[int((NR + 1) / 2)]}')
awk -v p50="$p50" '$1 == "wake_hlt_timer_100us" && NF > 6 && !found {found = $5} END {exit found != p50}' "$work/out"
ok $? "show's p50 is that of the sorted raw samples"
! LC_ALL=C grep -q '[^ -~]' "$work/out"
ok $? "piped output is plain ASCII"
for width in 60 80 120; do
    "$tool" show --width "$width" "$work/a.log" >"$work/out"
    awk -v width="$width" '/^Findings/ {exit} length > width && !/^wake_mwait/ {bad = 1} END {exit bad}' "$work/out"
    ok $? "no line is wider than $width"
done
exits 0 "show --step" "$tool" show --step wake_hlt_timer_100us "$work/a.log"
says "all metrics of a step" "interrupt_latency, in ns: n [0-9]+, mean"
says "what was measured between CPUs" 'deliver +2 +1 +100 +0 +583'
"$tool" show "$work/a.log" >"$work/whole"
# The first copy of a finding's first part lost: its parts now come in the wrong order.
awk '/"id":"long"/ && /"p":1/ && !gone {gone = 1; next} 1' "$work/a.log" >"$work/x.log"
exits 0 "a finding whose parts come in the wrong order" "$tool" show "$work/x.log"
cmp -s "$work/out" "$work/whole"
ok $? "is put together in the right one"
says "in words" 'its second part goes on where the first one ended'
# A step whose state was not entered, on a hybrid's E-core: the sum record no longer fits, which is another matter.
python3 - "$work/a.log" >"$work/deep.log" <<'END'
import re, sys, zlib
for line in open(sys.argv[1]):
    if re.search(r'"t":"exp","step":3,"end"', line):
        text = re.sub(r"}$", ',"core":"E","not_entered":"c6"}', line[5:].rpartition(" *")[0])
        line = f"# IL {text} *{zlib.crc32(text.encode()):08x}\n"
    sys.stdout.write(line)
END
"$tool" show "$work/deep.log" >"$work/out" 2>&1
says "a state that was not entered stands beside the figures, and so does the core's type" 'pass, c6 not entered, E-core'
"$tool" report -o "$work/out" "$work/deep.log" >"$work/err" 2>&1
says "in the report, too" 'pass, c6 not entered, E-core'
# What matters comes first; COLUMNS counts where there is no terminal; colour on a terminal alone.
"$tool" show "$work/a.log" | grep -nE '^(machine|Findings|Steps|Results|Platform)' | cut -d: -f2 | cut -c 1-4 | uniq | tr '\n' ' ' >"$work/out"
says "findings stand before the steps, the platform behind all" '^mach (Find )?Step Resu Plat $'
COLUMNS=40 "$tool" show "$work/a.log" >"$work/out"
says "at 40 columns a step's name has a line, its figures a unit" '^ +[0-9.]+ .* ns  pass'
awk '/^(machine|Find|Steps)/ {on = 1} /^\[low/ {exit} on && length > 40 {bad = 1} END {exit bad}' "$work/out"
ok $? "and no line of it is longer"
exits 0 "show of steps by a pattern" "$tool" show --step 'wake_hlt_*' "$work/a.log"
ok $(($(grep -c '^Step wake_hlt_' "$work/out") < 2)) "shows each of them"
"$tool" show --brief --width 100 "$work/a.log" >"$work/out"
ok $(($(wc -l <"$work/out") > 40 || $(awk 'length > 100' "$work/out" | wc -l) > 0)) "show --brief is one screen"
says "a line an experiment" '^wake +5 +1 '
xz -dc tests/tool/logs/bochs_full.log.xz >"$work/full.log"
"$tool" show --brief --width 100 "$work/full.log" >"$work/out"
ok $(($(wc -l <"$work/out") > 40 || $(awk 'length > 100' "$work/out" | wc -l) > 0)) "that of 111 steps, too"
COLUMNS=40 "$tool" show "$work/full.log" >"$work/out"
long=$(awk 'length > 40 && !/^ *[^ ]+$/ && !/^    [a-z_]+: /' "$work/out" | head -n 3)
[ -z "$long" ]
ok $? "at 40 columns no line but a long word's is longer $long"
"$tool" show --brief --width 100 "$work/full.log" >"$work/out"
awk 'on { exit !/: mwait_is \(high\): / } /^Findings/ { on = 1 }' "$work/out"
ok $? "and what matters most is the first finding"
COLUMNS=40 "$tool" show --brief "$work/full.log" >"$work/out"
ok "$(awk 'length > 40 && !/^ *[^ ]+$/ { bad = 1 } END { print bad + 0 }' "$work/out")" "at 40 columns no line of --brief is longer, the last one neither"
"$mklog" samples=3 steps=4 >"$work/few.log"
"$tool" show --brief "$work/few.log" >"$work/out"
says "doubtful steps are no extremes" '^wake +5 +4 +1$'
"$tool" show "$logs/damaged.log" 2>/dev/null >"$work/out"
ok $(($(head -n 1 "$work/out" | grep -c '^! The log is damaged or incomplete: ') != 1)) "that a log is damaged comes first"
says "and a step without a verdict is counted" '^result .*1 skipped, 1 without a verdict'
xz -dc tests/tool/logs/bochs_cstates.log.xz >"$work/cstates.log"
COLUMNS=40 "$tool" show --brief "$work/cstates.log" | tr -s ' \n' ' ' >"$work/out"
says "and a finding is said to its end" ' survey: waitpkg_is \(high\): real: TPAUSE for 20000 ticks took 20015 survey: '
"$tool" show "$work/cstates.log" >"$work/out"
says "doubtful steps are counted apart from those that passed" '^result +PASS: 5 passed, 3 doubtful, 0 failed'
says "and the table says why" 'doubtful: 600 of 800 samples rejected'
"$tool" show --step cstate_timer_interval_5ms_off "$work/cstates.log" >"$work/out"
says "so does the step alone" '^  600 of 800 samples rejected'
if command -v script >/dev/null; then
    TERM=xterm script -qec "'$tool' show --brief '$work/a.log'" /dev/null </dev/null >"$work/out" 2>&1
    says "a heading is bold on a terminal" $'\033\\[1mExperiments'
    TERM=xterm NO_COLOR=1 script -qec "'$tool' show --brief '$work/a.log'" /dev/null </dev/null >"$work/out" 2>&1
    ok $(($(grep -c $'\033' "$work/out") > 0)) "NO_COLOR is obeyed"
fi
exits 0 "the version" "$tool" --version
says "is one line" '^idlelab [0-9a-f]'
xz -dc tests/tool/logs/bochs_full.log.xz >"$work/bound.log"
"$tool" show "$work/bound.log" >"$work/out" || true
says "what is below the bound of two CPUs' clocks is no number" '^wake_hlt_ipi_1ms +[0-9]+ +[0-9]+ +<840 +<840 +<840 '
says "and the mark is explained" '^<N: not above'
"$tool" show --step wake_hlt_ipi_1ms "$work/bound.log" >"$work/out" || true
says "nor is it where the step stands alone" ': [^ ]+ 840 ns, not usable'
"$tool" show --brief "$work/bound.log" >"$work/out" || true
says "and one screen's extremes leave it out" '^wake +51 +4 +0 ns +pause_timer_100us +280 ns +hlt_timer'
exits 2 "show --step of no step" "$tool" show --step nothing "$work/a.log"
says "and says which there are" "the log has survey cost_pause"
exits 1 "show of a failed, emulated run" "$tool" show "$logs/failed.log"
says "an emulator is said" "EMULATED: times are functional, not timings"

exits 1 "show of a step that failed" "$tool" show "$logs/failed.log"
says "why it failed is said" '^Failures'

# export
exits 0 "export --jsonl" "$tool" export --jsonl "$work/a.log"
if command -v jq >/dev/null; then
    jq -es 'map(.t) | contains(["env","cpu","cal","plan","exp","stats","hist","raw","finding","tick","sum"])' \
        "$work/out" >/dev/null
    ok $? "jq reads every type of record"
else
    skip "jq reads the records" "needs jq"
fi
exits 0 "export --junit" "$tool" export --junit "$work/a.log"
if command -v xmllint >/dev/null; then
    xmllint --noout "$work/out"
    ok $? "xmllint reads the JUnit file"
else
    skip "xmllint reads the JUnit file" "needs xmllint"
fi
exits 0 "export --kcidb" "$tool" export --kcidb "$work/a.log"
says "KCIDB has a status" '"status": "SKIP"'
if command -v node >/dev/null && [ -d node_modules/hdr-histogram-js ]; then
    "$tool" export --hlog "$work/a.log" >"$work/a.hlog"
    "$tool" export --hgrm "$work/a.log" >"$work/a.hgrm"
    node tests/tool/hlog.cjs "$work/a.hlog" >"$work/oracle.hgrm"
    cmp -s "$work/a.hgrm" "$work/oracle.hgrm"
    ok $? "hdr-histogram-js reads the .hlog and prints the same .hgrm"
else
    skip "hdr-histogram-js reads the .hlog" "needs node and npm ci"
fi
if command -v prove >/dev/null; then
    prove -Q -e cat "$work/a.log" >/dev/null 2>&1
    ok $? "prove reads the log"
else
    skip "prove reads the log" "needs prove"
fi

# Rejects that shape the tail: five late ones in 2500 are p99.9 and max of all that woke.
"$mklog" samples=2500 steps=4 seed=8 cut=1 >"$work/cut.log"
xz -dc tests/tool/logs/tcg_default.log.xz >"$work/tcg.log"
exits 0 "show of steps that their budget ended" "$tool" show --width 80 "$work/tcg.log"
says "has their series' mark where the intervals have no room" '^wake_spin_timer_uniform_50us_1ms .* pass, drifts'
says "the budget behind it" '^wake_hlt_timer_20ms .* pass \(budget\)'
exits 0 "show of a log whose rejects were late" "$tool" show --width 200 "$work/cut.log"
says "the step is marked" "^wake_hlt_timer_100us .* ns  pass, tail cut"
says "all that woke stand below it" "^  all that woke +2500 +[0-9]+ +[0-9]+ +4[12][0-9]{4} +[45][0-9]{5}"
says "the mark is explained" "^tail cut: with the rejected wakes"
says "a load of the period has more" "^  every 100 us +252[0-9] +[0-9]+ +[0-9]+ +4[12][0-9]{4} +[45][0-9]{5}"
says "and that is explained, too" "^every ...: as a load of that period would see it"
exits 0 "show of its step" "$tool" show --step wake_hlt_timer_100us "$work/cut.log"
says "it has them, too" "all that woke, kept or not: n 2500, p99 [0-9]+, p99.9 4[12][0-9]{4}, max"
exits 0 "report of it" "$tool" report -o "$work/cut.html" "$work/cut.log"
grep -q 'pass, tail cut' "$work/cut.html" && grep -q '<td>every 100 us, as a load' "$work/cut.html" && grep -q 'class="tail"><td>all that woke</td>' "$work/cut.html"
ok $? "the report marks it and has the row"
"$mklog" samples=400 steps=4 seed=8 cut=1 >"$work/uncut.log"
exits 0 "show of a log without rejects" "$tool" show "$work/uncut.log"
grep -qE 'tail cut|all that woke' "$work/out"
ok $((! $?)) "no mark where no wake was rejected"
echo "1..$number"
exit "$failed"
