#!/bin/bash
# SPDX-License-Identifier: MIT
# The rows of a step as tables: every figure in them is the record's, in time by the log's own frequency. The records are read here by sed
# and jq alone. The curves that report draws of them are looked at in report_page.mjs.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"

# records LOG: the JSON of its records, each once.
records() {
    sed -n 's/^# IL \([0-9a-f]*\) \(.*\) \*[0-9a-f]\{8\}\r\?$/\1 \2/p' "$1" | sort -u | cut -d' ' -f2-
}
# times: nanoseconds a line as the tool writes them, three digits and a unit.
times() {
    awk '{ v = $1; u = "ns"; if (v >= 999.5) { v /= 1000; u = "us" } if (v >= 999.5) { v /= 1000; u = "ms" } if (v >= 999.5) { v /= 1000; u = "s" }
        d = v >= 99.95 ? 0 : v >= 9.995 ? 1 : 2; printf("%." d "f %s\n", v, u) }'
}

echo "TAP version 13"
"$build/tool/mklog" samples=200 steps=1 seed=3 rows=1 >"$work/log"
"$tool" show "$work/log" >"$work/out"
grep -q '^  cost_pause: haltpoll, 30 rows: --step cost_pause$' "$work/out"
ok $? "a long table is only named"
"$tool" show --step cost_pause --width 300 "$work/log" >"$work/out"
awk '$1 == "host" { print $2, $3 }' "$work/out" >"$work/said"
records "$work/log" | jq -r 'select(.row == "haltpoll") | .asked / 2.4' | times >"$work/true"
[ -s "$work/true" ] && cmp -s "$work/said" "$work/true"
ok $? "the step's table has every row, its lengths as the records have them"
records "$work/log" | jq -r 'select(.row == "haltpoll") | "\(.asked) \(.p50)"' >"$work/true"
"$tool" show --step cost_pause --ticks --width 300 "$work/log" | grep '^ *host ' | sed 's/ ticks//g' |
    awk '{ print $2, $6 }' >"$work/said"
cmp -s "$work/said" "$work/true"
ok $? "--ticks leaves them as they were recorded"
grep -q 'k0 .*k15$' "$work/out" && ! grep -q 'k16' "$work/out"
ok $? "a kind that nobody knows is shown too, as far as there is room"
"$tool" show --width 40 --step cost_pause "$work/log" | awk '/: haltpoll/ { on = 1; next } /: a</ { on = 0 } on && length > 40' >"$work/long"
[ ! -s "$work/long" ]
ok $? "a narrow terminal gets the columns that fit"

# The image's own experiments on a model machine.
"$build/tool/mkmachine" skylake_x cstate breakeven >"$work/machine.log"
"$tool" show --width 300 "$work/machine.log" >"$work/out"
records "$work/machine.log" | jq -r 'select(.row == "cstate" and .n > 0) | .p50 / 2' | times >"$work/true"
sed -n '/: cstate$/,/: residency/p' "$work/out" | grep -E '^ +(hlt|mwait)' | sed 's/  \+/|/g' | cut -d'|' -f7 >"$work/said"
[ -s "$work/true" ] && cmp -s "$work/said" "$work/true"
ok $? "the medians of the C-states are the records'"
"$build/tool/mkmachine" skylake_x preflight >"$work/preflight.log"
"$tool" show "$work/preflight.log" | grep -qE '^ +c1e: C1 is C1 +(ok|spoils) '
ok $? "the preflight page stands there with what its lines mean"
grep -qE 'cc6 +.*pc6|c0 .*cc6' "$work/out" && grep -qE ' 9[0-9]\.[0-9] %' "$work/out"
ok $? "residency stands there in percent"
crossing=$(records "$work/machine.log" | jq -r 'select(.row == "breakeven" and .basis == "energy" and .out == "found") | .ns' | times | head -1)
grep -qE "energy +found +$crossing" "$work/out"
ok $? "the crossing is $crossing"
# Clocks, residencies and power under turbostat's and wult's names; what there is no counter of has no value.
"$tool" export --turbostat "$work/machine.log" >"$work/turbostat.csv"
records "$work/machine.log" | jq -r 'select(.row == "busy") | .busy, .bzy_khz, .cc1, .cc6' | awk '{ printf "%.4f\n", $1 / 10000 }' >"$work/true"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { printf "%.2f\n%.2f\n%.2f\n%.2f\n", $at["Busy%"], $at["Bzy_MHz"] / 10, $at["CPU%c1"], $at["CPU%c6"]
      absent += $at["CPU%c3"] $at["Pk%pc10"] $at["RAMWatt"] == "" && $at["PkgWatt"] > 0 && $at["SMI"] == 0 }
    END { exit absent != 2 }' "$work/turbostat.csv" >"$work/said" && paste "$work/said" "$work/true" | awk '
    { difference = $1 - $2; if (difference > 0.0051 || difference < -0.0051) bad = 1 } END { exit bad || NR != 8 }'
ok $? "turbostat's columns have the records' values"
grep -qE '^step +CPU +Busy% +Bzy_MHz +TSC_MHz +SMI +CPU%c1 .*PkgWatt' "$work/out" && ! grep -q ': busy$' "$work/out"
ok $? "show has them as one table"
"$build/tool/mkmachine" skylake_x guest cstate >"$work/guest.log"
"$tool" export --turbostat "$work/guest.log" 2>&1 | grep -q 'a guest.s are not read' ||
    "$tool" export --turbostat "$work/guest.log" | tail -n 1 | grep -qE '^cstate,0,[0-9.]+,[0-9]+,2000,+$'
ok $? "a guest has no more than its clocks"
"$build/tool/mklog" samples=20 steps=1 seed=3 raw=20 >"$work/raw.log"
"$tool" export --csv "$work/raw.log" | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = NF; next } NF != n { bad = 1 }
    END { exit bad || NR < 20 || !at["CC0%"] || !at["CC1Derived%"] || !at["PC6%"] || !at["BusyFreq"] || !at["PkgWatt"] || at["CPU%c1"] }'
ok $? "wult's columns stand behind each sample"
# Comparisons read the rows too.
"$build/tool/mkmachine" sapphire_rapids cstate >"$work/other.log"
"$tool" compare --force "$work/machine.log" "$work/other.log" >"$work/out"
p50() { records "$1" | jq -r 'select(.row == "cstate" and .state == "mwait:0x20" and .by == "ipi") | .p50 / 2000' | awk '{ printf "%.4g", $1 }'; }
grep -qE "^cstate mwait:0x20/ipi +p50 +$(p50 "$work/machine.log") +$(p50 "$work/other.log") +us +\? \(\+" "$work/out"
ok $? "compare has a line a state and source"
# Eight boots of two: the models repeat, so a boot is another by its name alone.
for boot in 1 2 3 4; do
    sed "s/^\(IDLELAB-.* run=\)..../\1000$boot/" "$work/machine.log" >"$work/machine$boot.log"
    sed "s/^\(IDLELAB-.* run=\)..../\1100$boot/" "$work/other.log" >"$work/other$boot.log"
done
"$tool" compare --force --fail-if 'p50 > 50%' "$work"/machine?.log --against "$work"/other?.log >"$work/out"
[ $? -eq 1 ] && grep -q '^FAIL: cstate mwait:0x20/ipi p50 changed by +' "$work/out"
ok $? "a limit holds for it"
"$tool" db --file "$work/db" import "$work/machine.log" "$work/other.log" >"$work/out" &&
    "$tool" db --file "$work/db" trend cstate p50 mwait:0x20/ipi | grep -q ' 61.98 us'
ok $? "the archive follows it"
# judged [FIFTH]: the log of 200 wakes, judged even, where no quantile has an interval; FIFTH: so many samples p50 is worth.
judged() {
    /usr/bin/python3 - "$work/log" "$@" <<'END'
import json, sys, zlib
for line in open(sys.argv[1]):
    if '"q":[' in line:
        number, text = line[5:].rstrip().rpartition(" *")[0].split(" ", 1)
        record = json.loads(text)
        record["q"] = [q[:2] + [None, None] + [int(x) for x in sys.argv[2:] if q[0] == "p50"] for q in record["q"]]
        text = number + " " + json.dumps(record | {"series": "even"}, separators=(",", ":"))
        line = "# IL %s *%08x\n" % (text, zlib.crc32(text.encode()))
    sys.stdout.write(line)
END
}
judged >"$work/once.log"
"$tool" show "$work/once.log" | grep -E '^(wake_|seen once: )' >"$work/out"
[ "$(grep -c '^wake_.* \[seen once\] .* \[n too small\] ' "$work/out")" -eq 1 ] && [ "$(grep -c '^seen once: ' "$work/out")" -eq 1 ]
ok $? "200 samples are enough for p50: that it has no interval is for another reason; for p99 they are too few"
judged 150 >"$work/worth.log"
"$tool" show --step wake_pause_ipi_50us "$work/worth.log" | grep -qE '^ +p50 .* n 150$'
ok $? "an even series shows what its samples are worth, too"
"$tool" report -o "$work/report.html" "$work/log" "$work/machine.log"
grep -q 'a&lt;b&gt;, 1 rows' "$work/report.html" && ! grep -q 'a<b>' "$work/report.html"
ok $? "the report has the tables, and no name can be markup"
grep -q '<th class="number">Bzy_MHz</th>' "$work/report.html"
ok $? "the report has turbostat's columns"
[ "$(grep -c '<summary>machine.log: cstate,' "$work/report.html")" -eq 1 ]
ok $? "one table a kind and run"
echo "1..$number"
exit "$failed"
