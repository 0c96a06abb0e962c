#!/bin/bash
# SPDX-License-Identifier: MIT
# What the forms of `export` say, on a log whose figures are known: times in the unit that each form has, verdicts by kind, counts.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
logs=tests/golden/logs

echo "TAP version 13"
"$build/tool/mklog" samples=200 steps=4 seed=1 >"$work/a.log"

# The plan's steps last 480 ms each; Interval_Max is in millions of ticks.
exits 0 "export --hlog" "$tool" export --hlog "$work/a.log"
says "an interval is as long as the step, in seconds" '^Tag=wake_hlt_timer_100us.wake_latency,[0-9.]+,0.480,'
max=$("$tool" export --jsonl "$work/a.log" | sed -nE 's/.*"m":"wake_latency","u":"tsc",.*"max":([0-9]+),.*/\1/p' | head -n 1)
says "its largest value is in millions" "^Tag=[a-z0-9_.]*wake_latency,0.000,0.480,$(awk -v max="$max" 'BEGIN { printf "%.3f", max / 1e6 }'),"
# The second step begins one second, by the log's own clock, behind the first.
hz=$("$tool" export --jsonl "$work/a.log" | sed -nE 's/.*"k":"tsc_hz","v":([0-9]+).*/\1/p' | head -n 1)
begin=$("$tool" export --jsonl "$work/a.log" | sed -nE 's/.*"t":"exp","step":[0-9]+,"at":([0-9]+).*/\1/p' | sort -n | uniq)
awk -F '[,=]' '/^Tag=/ { print $3 }' "$work/out" | sort -n | uniq >"$work/starts"
awk -v hz="$hz" 'NR == 1 { first = $1 } { printf "%.3f\n", ($1 - first) / hz }' <<<"$begin" >"$work/begins"
! grep -vxF -f "$work/begins" "$work/starts"
ok $? "a step starts when its record says, in seconds"
[ "$(wc -l <"$work/starts")" -ge 3 ]
ok $? "and they are not all one, though the first step has no begin"

exits 1 "export --junit of a run that failed" "$tool" export --junit "$logs/failed.log"
says "its counts" ' tests="4" failures="1" skipped="1" errors="0">$'
says "a step that passed" 'name="cost_pause" time="0.480"></testcase>$'
says "its figures are properties with a unit" '<property name="wake_latency.p99" value="[0-9]+ ns"/>'
says "one that failed" 'name="wake_pause_ipi_50us" time="0.480">$'
says "and why" '<failure message="p99 1837 ns"/></testcase>$'
says "one that was skipped, and why" '<skipped message="needs CPUID.01H:ECX\[3\] MONITOR"/>'
exits 3 "export --junit of a cut log" "$tool" export --junit "$logs/cut.log"
says "a step without a verdict is an error" '<error message="no verdict in the log"/>'
says "and counted as one" ' errors="[1-9]">$'

exits 1 "export --kcidb of a run that failed" "$tool" export --kcidb "$logs/failed.log"
[ "$(grep -c '"status": "PASS"' "$work/out") $(grep -c '"status": "FAIL"' "$work/out") $(grep -c '"status": "SKIP"' "$work/out")" = '2 1 1' ]
ok $? "statuses by kind"
says "times in seconds, rounded" '"duration": 0.48,$'
says "the build is the log's" '"build_id": "idlelab:[0-9a-z]'
! grep -q unknown "$work/out"
ok $? "and is known"
! grep -E '"path":' "$work/out" | grep -vE '"path": "[.a-zA-Z0-9_-]*"'
ok $? "paths have the characters that the schema allows"
says "paths" '"path": "idlelab.wake.wake_pause_ipi_50us"'
exits 3 "export --kcidb of a cut log" "$tool" export --kcidb "$logs/cut.log"
says "what has no verdict is missing" '"status": "MISS"'
if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
    for log in "$work/a.log" "$logs/failed.log" "$logs/cut.log" "$logs/damaged.log" "$logs/rebooted.log"; do
        "$tool" export --kcidb "$log" >"$work/report.json" 2>/dev/null
        exits 0 "${log##*/} has the form of KCIDB's schema" /usr/bin/python3 tests/tool/kcidb_form.py <"$work/report.json"
        says "and tests" '^[1-9][0-9]* tests$'
    done
    exits 1 "another origin" "$tool" export --kcidb --origin my_lab "$logs/failed.log"
    /usr/bin/python3 tests/tool/kcidb_form.py <"$work/out" >/dev/null && ! grep -q '"idlelab:' "$work/out" && [ "$(grep -c '"my_lab:' "$work/out")" -eq 8 ]
    ok $? "is that of its tests and builds"
    exits 2 "one that KCIDB has not" "$tool" export --kcidb --origin 'My Lab' "$logs/failed.log"
    sed -i '0,/"idlelab:/s//"Idle Lab:/' "$work/report.json"
    exits 1 "a name that the schema forbids is found" /usr/bin/python3 tests/tool/kcidb_form.py <"$work/report.json"
else
    number=$((number + 1))
    echo "ok $number - the form of KCIDB's schema # SKIP needs python3-jsonschema"
fi
exits 0 "export --csv without raw samples" "$tool" export --csv "$work/a.log"
"$tool" export --csv "$work/a.log" 2>&1 >/dev/null | grep -q 'raw=yes'
ok $? "says how to get them"
missing=$(head -n 1 "$work/out" | tr ',' '\n' | while read -r column; do grep -q "\`$column\`" docs/host-tool.md || echo "$column"; done)
[ -z "$missing" ]
ok $? "every column is explained on the page $missing"

# Latencies between two CPUs are known to the bound of their TSCs' offset and no better: 3700 ticks of it lie among them.
"$build/tool/mklog" samples=400 raw=400 steps=4 | /usr/bin/python3 -c 'import re, sys, zlib
for line in sys.stdin:
    if "tsc_offset" in line and line.startswith("# IL "):
        text = re.sub(r"\"bound\":\d+", "\"bound\":3700", line[5:].rpartition(" *")[0])
        line = f"# IL {text} *{zlib.crc32(text.encode()):08x}\n"
    sys.stdout.write(line)' >"$work/bound.log"
"$tool" export --csv "$work/bound.log" 2>/dev/null | awk -F, -v hz="$hz" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { bound = $at["OffsetBound"]; usable = $at["Usable"]; seen[usable]++ }
    $1 ~ /_timer_/ && (bound != "" || usable != "") { bad = 1 }
    $1 ~ /_ipi_/ && ((bound * hz / 1e6 - 3700) ^ 2 > 1 || usable != ($at["WakeLatency"] > bound ? "yes" : "no")) { bad = 1 }
    END { exit bad || seen["yes"] < 20 || seen["no"] < 20 || seen[""] < 20 }'
ok $? "a latency between CPUs has its bound, and says whether it is above it"
echo "1..$number"
exit "$failed"
