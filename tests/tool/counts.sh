#!/bin/bash
# SPDX-License-Identifier: MIT
# Each count of the sum record one off, in all its copies and with a right CRC: `check` holds it against what came and names it.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"

# recount LOG MEMBER BY [own]: the log with that much more in that member of the sum record; own: the error is the run's.
recount() {
    /usr/bin/python3 - "$@" <<'END'
import re, sys, zlib
name, member, by = sys.argv[1:4]
for line in open(name):
    if '"t":"sum"' in line:
        text = line[5:].rstrip().rpartition(" *")[0]
        text = re.sub('"%s":(\\d+)' % member, lambda m: '"%s":%d' % (member, int(m[1]) + int(by)), text)
        text = re.sub('"%s":"([0-9a-f]+)"' % member, lambda m: '"%s":"%08x"' % (member, int(m[1], 16) ^ int(by)), text)
        text = text.replace(',"lines"', ',"own":"yes","lines"') if sys.argv[4:] else text
        line = "# IL %s *%08x\n" % (text, zlib.crc32(text.encode()))
    sys.stdout.write(line)
END
}

# insert BEFORE PYTHON: the log of two steps with a line in front of the first that begins with BEFORE, as PYTHON makes it.
insert() {
    /usr/bin/python3 - "$1" <<END
import binascii, sys, zlib
def record(text):
    return "# IL %s *%08x" % (text, zlib.crc32(text.encode()))
def verdict(text):
    return "%s ~%04x" % (text, binascii.crc_hqx(text.encode(), 0xffff))
done = False
for line in open("tests/boot/fixtures/pass.log"):
    if not done and line.startswith(sys.argv[1]):
        print($2)
        done = True
    sys.stdout.write(line)
END
}

echo "TAP version 13"
for log in tests/boot/fixtures/pass.log tests/boot/fixtures/fail.log tests/golden/logs/failed.log; do
    whole=0
    grep -q 'result=PASS' "$log" || whole=1
    recount "$log" pass 0 >"$work/x.log"
    exits $whole "$log, nothing changed" "$tool" check "$work/x.log"
    for what in 'pass the sum record counts [0-9]+ passed, the log holds [0-9]+' \
        'fail the sum record counts [0-9]+ failed or in error, the log holds [0-9]+' \
        'skip the sum record counts [0-9]+ skipped, the log holds [0-9]+' \
        'error the sum record counts [0-9]+ failed or in error, the log holds [0-9]+' \
        'lines the sum record counts [0-9]+ records before it, but has number [0-9]+' \
        'crc expected CRC [0-9a-f]+ over all records, computed [0-9a-f]+'; do
        recount "$log" "${what%% *}" 1 >"$work/x.log"
        exits 3 "$log, ${what%% *} one off" "$tool" check --all "$work/x.log"
        says "it is named" "${what#* }"
    done
done

log=tests/boot/fixtures/pass.log
last=$(grep -oE '^# IL [0-9a-f]+' "$log" | sort | tail -n 1 | cut -d ' ' -f 3)
insert '# Totals' "record('$(printf '%04x' $((0x$last + 1))) {\"t\":\"env\",\"k\":\"a\",\"v\":1}')" >"$work/x.log"
exits 3 "a record behind the sum record" "$tool" check --all "$work/x.log"
says "it is named" '1 records follow the sum record, which is the last'
# A record that was torn comes again, longer; the same piece of it is no such copy.
insert '# IL 0003' 'line[:20]' >"$work/x.log"
exits 0 "a torn record, and the whole one" "$tool" check "$work/x.log"
insert '# IL 0003' 'line[:20] + "\n" + line[:20]' >"$work/x.log"
exits 3 "the same piece twice" "$tool" check "$work/x.log"
says "is one that is damaged" '^[0-9]+ lines, .* 0 missing, 1 damaged$'
for format in 0 2 9; do
    sed "s/fmt=1/fmt=$format/" "$log" >"$work/x.log"
    exits 3 "a log of format $format" "$tool" check --all "$work/x.log"
    says "it is named" "expected fmt=1, found fmt=$format"
done
insert '# Totals' '"1..2"' >"$work/x.log"
exits 0 "the plan twice" "$tool" check "$work/x.log"
insert '# Totals' '"1..3"' >"$work/x.log"
exits 3 "another plan" "$tool" check --all "$work/x.log"
says "it is named" 'a second KTAP plan: expected 1..2, found 1..3'
insert '# Totals' 'next(text.rstrip() for text in open("tests/boot/fixtures/pass.log") if text.startswith("ok 1 "))' >"$work/x.log"
exits 0 "a result twice counts once" "$tool" check "$work/x.log"
insert '# Totals' 'verdict("not ok 1 survey # lost_wake 1 count")' >"$work/x.log"
exits 3 "a result that says two things" "$tool" check --all "$work/x.log"
says "it is named" 'result 1 has come before with another text'
sed '/^IDLELAB-END/{p;s/PASS/FAIL/}' "$log" >"$work/x.log"
exits 3 "an END that says two things" "$tool" check --all "$work/x.log"
says "it is named" 'a second END says another result'
sed '/^IDLELAB-END/p' "$log" >"$work/x.log"
exits 0 "END twice" "$tool" check "$work/x.log"
for step in 0 3; do
    insert '# Totals' "verdict('ok $step more # p99 1 ns')" >"$work/x.log"
    exits 3 "a result of step $step" "$tool" check --all "$work/x.log"
    says "it is named" "result $step lies outside the plan"
done
# What ends a run as a whole is an error that has no result of a step.
recount tests/boot/fixtures/fail.log error 1 | sed 's/^\(IDLELAB-END.*=\)FAIL/\1ERROR/' >"$work/x.log"
exits 3 "an error without a result" "$tool" check --all "$work/x.log"
says "it is named" 'the sum record counts 2 failed or in error, the log holds 1'
recount tests/boot/fixtures/fail.log error 1 own | sed 's/^\(IDLELAB-END.*=\)FAIL/\1ERROR/' >"$work/x.log"
exits 1 "an error of the run's own" "$tool" check --all "$work/x.log"
echo "1..$number"
exit "$failed"
