#!/bin/bash
# SPDX-License-Identifier: MIT
# `idlelab check`: exit codes, the place of each fault, and the stats records against the raw samples.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
mklog=$build/tool/mklog logs=tests/golden/logs

echo "TAP version 13"
"$mklog" samples=2000 steps=4 raw=2000 seed=5 >"$work/a.log"

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
# What programs that keep a serial line put around its lines: time stamps of a changing length, blanks; never a mended character.
stamped() { awk '{ printf "[%d.%06d %.6f] %s\n", NR / 7, NR * 999, NR / 99, $0 }' "$1"; }
dated() { awk '{ printf "Nov %2d %02d:%02d:%02d %s\n", 1 + NR / 40, NR % 24, NR % 60, NR % 7, $0 }' "$1"; }
stamped "$work/a.log" >"$work/x.log"
exits 0 "a log with a time stamp in front of each line" "$tool" check "$work/x.log"
cp "$work/out" "$work/plain.out"
dated "$work/a.log" >"$work/x.log"
exits 0 "one with dates" "$tool" check "$work/x.log"
sed 's/$/   /' "$work/a.log" >"$work/x.log"
exits 0 "one with blanks behind each line" "$tool" check "$work/x.log"
grep -v '^ok 3 ' "$work/a.log" >"$work/y.log"
stamped "$work/y.log" >"$work/x.log"
exits 3 "a result that is missing behind time stamps" "$tool" check "$work/x.log"
says "is named" "found 6; the first one missing is 3"
sed '/^ok 3 /s/e/a/' "$work/a.log" >"$work/y.log"
stamped "$work/y.log" >"$work/x.log"
exits 3 "a result with a wrong character there" "$tool" check "$work/x.log"
says "is damage" "damaged: expected CRC"
fold -w 80 "$work/a.log" >"$work/x.log"
exits 3 "a wrapped log" "$tool" check "$work/x.log"
says "names its cause" "capture: no line is longer than 80 characters"
cut -c 1-80 "$work/a.log" >"$work/x.log"
exits 3 "a log cut at 80 columns" "$tool" check "$work/x.log"
says "names it, too" "capture: no line is longer than 80 characters"
iconv -f UTF-8 -t UTF-16 "$work/a.log" >"$work/x.log"
exits 3 "UTF-16" "$tool" check "$work/x.log"
says "is named" "this is UTF-16"

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
echo "1..$number"
exit "$failed"
