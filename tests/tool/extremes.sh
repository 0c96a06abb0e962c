#!/bin/bash
# SPDX-License-Identifier: MIT
# The host tool under sanitizers, on logs whose records are whole and hold extreme numbers: each integer of each type of record at its
# limits, one after the other. Nothing overflows, nothing is read or written outside.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
# LONG: 44 s
. "$(dirname "$0")/tap.sh"
"$build/tool/mklog" samples=300 steps=4 raw=40 seed=5 >"$work/a.log" || exit 1

# Logs in which one member has another value in all records.
cat >"$work/change.py" <<'END'
import os, re, sys, zlib
source, folder = sys.argv[1:3]
lines = open(source, errors="replace").read().split("\n")
def text_of(line):
    return line[5:].rpartition(" *")[0] if line.startswith("# IL ") or line.startswith("# IH ") else ""
members = sorted({m for line in lines for m in re.findall(r'"([A-Za-z_0-9]+)":-?\d', text_of(line))}) + ["[]"]
for member in members:
    for value in "9223372036854775807", "-9223372036854775808":
        out = []
        for line in lines:
            text = text_of(line)
            new = re.sub(rf'("{re.escape(member)}":)-?\d+', rf"\g<1>{value}", text)
            if member == "[]": # in arrays, as many as have room
                for number in re.findall(r"(?<=[\[,])-?\d+(?=[\],])", text):
                    longer = re.sub(rf"(?<=[\[,]){number}(?=[\],])", value, new, count=1)
                    new = longer if len(longer) <= 205 else new
            if new != text and len(new) <= 205:
                line = f"{line[:5]}{new} *{zlib.crc32(new.encode()):08x}"
            out.append(line)
        name = f"{folder}/{member}.{value[0]}.log"
        open(name, "w").write("\n".join(out))
END
echo "TAP version 13"
mkdir "$work/hurt"
/usr/bin/python3 "$work/change.py" "$work/a.log" "$work/hurt"
ls "$work/hurt" >"$work/list"
for words in 'check' 'show' 'show --step wake_hlt_timer_100us' 'cstates' 'sweep' 'export --csv' 'export --hgrm' 'export --hlog' \
    'export --turbostat' "report -o $work/report.html"; do
    while read -r hurt; do
        # shellcheck disable=SC2086 # words
        "$tool" $words "$work/hurt/$hurt" 2>&1 >/dev/null | grep -E -m1 'runtime error|ERROR: Add' | sed "s/^/# $hurt: /"
    done <"$work/list" >"$work/found"
    [ ! -s "$work/found" ] && [ "$(wc -l <"$work/list")" -gt 60 ]
    ok $? "$words: $(wc -l <"$work/list") logs"
    cat "$work/found"
done
# More than is kept is said.
/usr/bin/python3 - "$work/a.log" >"$work/many.log" <<'END'
import sys, zlib
for line in open(sys.argv[1]):
    sys.stdout.write(line)
    if line.startswith("# IL 0005"):
        for i in range(20000):
            text = f'{i + 6:04x} {{"t":"plan","step":{20000 - i},"name":"a","exp":"a","line":1,"args":"","n":1,"est_ms":1}}'
            print(f"# IL {text} *{zlib.crc32(text.encode()):08x}")
END
exits 3 "a plan of 20000 steps, the last one first" timeout 20 "$tool" check --all "$work/many.log"
says "what is not kept is said" 'the log holds more steps than the tool keeps .16384.'
echo "1..$number"
exit "$failed"
