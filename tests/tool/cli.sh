#!/bin/bash
# SPDX-License-Identifier: MIT
# The host tool from outside: exit codes, places in messages, sources, what the subcommands print, checked against
# other programs (sort, jq, sqlite3, xmllint, prove) where there is one.
# NEEDS: host tool-tests
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

# check: exit codes and places.
exits 0 "a whole log" "$tool" check "$work/a.log"
exits 1 "a run that failed" "$tool" check "$logs/failed.log"
exits 3 "a cut log" "$tool" check "$logs/cut.log"
says "a cut log has no END" "no IDLELAB-END"
exits 3 "a silent reboot" "$tool" check "$logs/rebooted.log"
says "a silent reboot is named" "second IDLELAB-BEGIN"
exits 3 "a damaged log" "$tool" check --all "$logs/damaged.log"
says "damage has file, line and column" "damaged.log:[0-9]+:[0-9]+: damaged: expected"
exits 3 "an empty log" "$tool" check /dev/null
exits 2 "a missing file" "$tool" check "$work/nothing"
exits 2 "no argument" "$tool" check
exits 2 "an unknown subcommand" "$tool" nonsense
exits 0 "help" "$tool" help

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

# One planted fault each, at a known place.
sed 's/"v":"GRUB/"v":"GRUX/' "$work/a.log" >"$work/x.log"
exits 3 "a wrong character in both copies" "$tool" check "$work/x.log"
says "its record is missing, and where" "1 record missing: sequence 0001 to 0001, between lines [0-9]+ and [0-9]+"
grep -v '^ok 3 ' "$work/a.log" | grep -v '^ok 5 ' >"$work/x.log"
exits 3 "results missing" "$tool" check "$work/x.log"
says "the first missing result is named" "expected 7 results, found 5; the first one missing is 3"
sed 's/^1\.\.7$/1..8/' "$work/a.log" >"$work/x.log"
exits 3 "a plan of more results" "$tool" check "$work/x.log"
sed '/"t":"sum"/d' "$work/a.log" >"$work/x.log"
exits 3 "no sum record" "$tool" check "$work/x.log"
says "a missing sum is named" "no sum record"
sed 's/^IDLELAB-END run=..../IDLELAB-END run=0000/' "$work/a.log" >"$work/x.log"
exits 3 "another run's END" "$tool" check "$work/x.log"
# A machine check tears a line, and its handler sends the whole one behind it.
torn() { awk -v cut="$1" -v wrong="$2" 'NR == 40 { print substr($0, 1, cut) wrong } { print }' "$work/a.log" >"$work/x.log"; }
for cut in 6 30 70; do
    torn "$cut" ''
    exits 0 "a line torn behind $cut characters with the whole one behind it" "$tool" check "$work/x.log"
    torn "$cut" '~'
    exits 3 "one that has another character behind $cut" "$tool" check "$work/x.log"
done
# A run that ended in its own error: the results from there on are not missing, those before it are.
own_error() {
    sed -E 's/^# IL ([0-9a-f]+ \{"t":"sum".*"error":)0(.*) \*.*/\1 \2/; s/^(IDLELAB-END run=[0-9a-f]+ result=).*/\1ERROR/' "$work/a.log" |
        /usr/bin/python3 -c 'import re, sys, zlib
for line in sys.stdin:
    found = re.match(r"([0-9a-f]+ \{\"t\":\"sum\".*\"error\":) (.*)$", line)
    if found:
        text = found[1] + "1" + found[2].replace(",\"lines\"", ",\"own\":\"yes\",\"lines\"")
        for result in sys.argv[1:]:
            text = re.sub(r"\"pass\":(\d+)", lambda m: "\"pass\":%d" % (int(m[1]) - 1), text)
        line = "# IL %s *%08x\n" % (text, zlib.crc32(text.encode()))
    if not any(line.startswith("ok %s " % result) for result in sys.argv[1:]):
        sys.stdout.write(line)' "$@" >"$work/x.log"
}
own_error 7 6
exits 1 "an own error, and no results behind it" "$tool" check "$work/x.log"
own_error 7 3
exits 3 "an own error, and a result missing before it" "$tool" check "$work/x.log"
says "it is named" "expected 7 results, found 5; the first one missing is 3"
tr -d '\n' <"$work/a.log" >"$work/x.log"
exits 3 "all on one line" "$tool" check "$work/x.log"
says "all on one line: every record is found" "; 0 missing"
head -c 3000000 /dev/urandom >"$work/x.log"
exits 3 "noise" "$tool" check "$work/x.log"

# Two ways of one truth: quantiles of the stats records, and of the raw samples.
"$mklog" samples=3000 steps=2 raw=3000 lie=1 >"$work/x.log"
exits 3 "stats records that are not what the raw samples come to" "$tool" check "$work/x.log"
says "the step, the metric and both values are named" \
    'x.log:[0-9]+: raw: step wake_pause_ipi_50us: expected p99 of wake_latency to be [0-9]+ by its raw samples, .* says [0-9]+'
"$mklog" samples=3000 steps=2 raw=900 lie=1 >"$work/x.log"
exits 0 "raw samples of a part of a step prove nothing" "$tool" check "$work/x.log"
"$mklog" samples=3000 steps=2 raw=3000 miscount=1 >"$work/x.log"
exits 3 "stats records that count fewer samples than came raw" "$tool" check "$work/x.log"
says "both counts are named" 'raw: step wake_pause_ipi_50us: wake_latency has n 2993, the raw records hold 2994 such samples'
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
    socat -u OPEN:"$work/a.log" TCP-LISTEN:39417,bind=127.0.0.1,reuseaddr &
    eventually grep -q ':99F9 00000000:0000 0A ' /proc/net/tcp # 39417, listening
    exits 0 "a TCP socket" "$tool" check tcp:127.0.0.1:39417
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

# compare
exits 0 "compare" "$tool" compare "$work/a.log" "$work/b.log"
says "the change is found" 'p50 .*\+50\.[0-9]%|\+49\.[0-9]%'
exits 4 "compare --fail-if of one boot against one" "$tool" compare --fail-if 'p50 > 5%' "$work/a.log" "$work/b.log"
says "and how many boots are needed" 'cannot decide p50 > 5%.*1\+1|At least 3\+3 boots'
for boot in 1 2 3 4; do
    "$mklog" samples=900 steps=6 seed=1$boot scale=$((100 + boot)) >"$work/a$boot.log"
    "$mklog" samples=900 steps=6 seed=2$boot scale=$((130 + boot)) >"$work/b$boot.log"
    "$mklog" samples=90 steps=6 seed=3$boot scale=$((100 + boot)) >"$work/few$boot.log"
done
exits 1 "compare --fail-if" "$tool" compare --fail-if 'p50 > 5%' "$work"/a?.log --against "$work"/b?.log
says "the step, the change and its p over all" '^FAIL: wake_hlt_timer_100us p50 changed by \+2[0-9].[0-9]%, beyond p50 > 5%: p 0.014 over all 6'
says "and what would have been seen" 'A rise of [0-9.]+% would have been seen in 80 % of such comparisons in half of the rows'
exits 0 "compare --fail-if with room" "$tool" compare --fail-if 'p50 > 80%' "$work"/a?.log --against "$work"/b?.log
exits 0 "a fall does not break a rule on rises" "$tool" compare --fail-if 'p50 > 5%' "$work"/b?.log --against "$work"/a?.log
exits 1 "but one on falls" "$tool" compare --fail-if 'p50 < -5%' "$work"/b?.log --against "$work"/a?.log
exits 0 "a change within the limit is held against the limit, not against none" \
    "$tool" compare --fail-if 'p50 > 27%' "$work"/a?.log --against "$work"/b?.log
says "though it is confirmed" 'p50 .* \+2[0-9].[0-9]% '
exits 1 "three boots a side can fail" "$tool" compare --fail-if 'p50 > 5%' "$work"/a[123].log --against "$work"/b[123].log
says "though the table confirms nothing" '3\+3 cannot confirm a change'
exits 0 "three against five can be confirmed" "$tool" compare "$work"/a[123].log --against "$work"/b?.log "$work/b.log" --force
! grep -q 'cannot confirm' "$work/out"
ok $? "and no note says otherwise"
exits 4 "a run that is there three times counts once" "$tool" compare --fail-if 'p50 > 5%' \
    "$work"/a1.log "$work"/a1.log "$work"/a1.log --against "$work"/b1.log "$work"/b1.log "$work"/b1.log
says "and it is said" 'a1.log: run [0-9a-f]+ is there twice and counts once'
exits 2 "a run on both sides" "$tool" compare "$work"/a?.log --against "$work"/a1.log "$work"/b?.log
exits 4 "a rule on p99.9 of 900 samples, their maximum" "$tool" compare --fail-if 'p99.9 > 5%' "$work"/a?.log --against "$work"/b?.log
says "is not held" 'p99.9 is not compared in 6 places: it is the outermost sample there'
exits 4 "a rule on p99 of 900 against 90 samples" "$tool" compare --fail-if 'p99 > 5%' "$work"/a?.log --against "$work"/few?.log
exits 2 "compare --fail-if on a quantile that no log has" "$tool" compare --fail-if 'p98 > 5%' "$work/a.log" "$work/b.log"
exits 2 "compare --fail-if nonsense" "$tool" compare --fail-if 'p50 5' "$work/a.log" "$work/b.log"
exits 2 "compare of unlike platforms" "$tool" compare "$work/a.log" "$logs/failed.log"
says "what differs is said" "hypervisor differs: none | QEMU TCG"
exits 3 "compare with a damaged log" "$tool" compare "$work/a.log" "$logs/damaged.log"

# Rejects that shape the tail: five late ones in 2500 are p99.9 and max of all that woke.
"$mklog" samples=2500 steps=4 seed=8 cut=1 >"$work/cut.log"
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

"$build/tool/test_rank_sum" >"$work/out"
ok $? "rank statistics agree with R"
"$build/tool/test_relabel" >"$work/out"
ok $? "relabelled boots give the p that counting by hand gives"
"$build/tool/test_digits" >"$work/out"
ok $? "numbers of fast output are printf's"
"$build/tool/test_measure" >"$work/out"
ok $? "the least of a cost, which is a difference, is the shortest timing less the shortest"
"$build/tool/test_trust" >"$work/out"
ok $? "what is not to be trusted: values below a clock's bound, few samples, rejects; one meaning of counts"
"$build/tool/test_raw_values" >"$work/out"
ok $? "quantiles of raw samples are those of sorting"
echo "1..$number"
exit "$failed"
