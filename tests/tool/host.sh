#!/bin/bash
# SPDX-License-Identifier: MIT
# The host's records in a log: an intact log of them is whole, loss and damage are found, show, report and export say what they hold, and a
# log without them reads as before.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"

echo "TAP version 13"
"$build/tool/mklog" samples=200 steps=3 seed=9 host=1 >"$work/host.log"
grep -v '^# IH ' "$work/host.log" >"$work/plain.log"

exits 0 "a log with host records" "$tool" check "$work/host.log"
says "they are counted apart" "^21 records of the host"
lab=$(sed -n 's/.* lines, \([0-9]*\) records.*/\1/p' "$work/out")
exits 0 "the same log without them" "$tool" check "$work/plain.log"
says "the lab's own are the same" " $lab records,"
! grep -q 'of the host' "$work/out"
ok $? "and nothing is said of the host"

# One planted fault each, at a known place.
sed '/^# IH 0007 /d' "$work/host.log" >"$work/x.log"
exits 3 "a line of the host missing" "$tool" check "$work/x.log"
says "which, and where" "1 host record missing: sequence 0007 to 0007, between lines [0-9]+ and [0-9]+"
sed '/^# IH 0007 /s/"vcpu"/"vcqu"/' "$work/host.log" >"$work/x.log"
line=$(grep -n '^# IH 0007 ' "$work/x.log" | cut -d: -f1)
exits 3 "a character of one changed" "$tool" check "$work/x.log"
says "line and column" "x.log:$line:[0-9]+: damaged: expected CRC [0-9a-f]{8}, found [0-9a-f]{8}"
says "and that it is missing" "1 host record missing"
sed '/^# IH 0007 /s/.*/&\n&/' "$work/host.log" >"$work/x.log"
exits 0 "a line that came twice" "$tool" check "$work/x.log"
# A gap in one sequence is none in the other: number 0007 of the lab is still there.
tr -d '\n' <"$work/host.log" >"$work/x.log"
exits 3 "all on one line" "$tool" check "$work/x.log"
says "every record is found" "; 0 missing"
says "those of the host too" "^21 records of the host"
cat "$work/host.log" "$work/host.log" | sed "0,/IDLELAB-END/b; s/run=[0-9a-f]*/run=00000000000000aa/" >"$work/x.log"
exits 3 "two runs, each with its own numbers from 0" "$tool" check "$work/x.log"
! grep -qE 'host record|host sequence' "$work/err" && grep -q '^42 records of the host' "$work/out"
ok $? "the numbers of the host begin anew too"

# What it says.
exits 0 "show" "$tool" show "$work/host.log"
says "a sentence a step and vCPU" \
    'vCPU 0: halt_exits 1003, 89.7 % ended by polling \(900 of 950 tries, 90.0 ms\), asleep in host 50.0 ms; exits 1500, irq_injections 1010;'
says "its share of a CPU" 'ran 50.0 % of the time, waited 5.00 ms for a CPU'
! grep -q 'vCPU 1:' "$work/out"
ok $? "none for a vCPU that did nothing"
says "the host's findings are with the others" 'The lists came back to front'
"$tool" show "$work/plain.log" >"$work/plain.out" 2>&1
! grep -qE 'vCPU|^Host' "$work/plain.out"
ok $? "nothing of it without host records"
exits 0 "show --step" "$tool" show --step wake_pause_ipi_50us "$work/host.log"
says "every counter" 'host, vCPU 0, kvm: halt_exits 1003, halt_wait_ns 50000000, exits 1500, irq_injections 1010, halt_attempted_poll 950'
says "histograms" 'halt_poll_success \(turned round\), times from: 65.5 us: 600; 131 us: 300;'
says "a reading without change" 'host, vCPU 1, kvm: nothing changed'
exits 0 "show --facts" "$tool" show --facts "$work/host.log"
says "the host's facts" 'host kvm.halt_poll_ns 200000'
exits 0 "report" "$tool" report -o "$work/page.html" "$work/host.log"
grep -q '<p class="host"><strong>[^<]*, host</strong> vCPU 0: halt_exits 1003, ' "$work/page.html"
ok $? "the report has it beside the step"

# The numbers, by another program.
exits 0 "export --host" "$tool" export --host "$work/host.log"
cp "$work/out" "$work/host.csv"
exits 0 "export --jsonl" "$tool" export --jsonl "$work/host.log"
sed -nE 's/.*"t":"hstat","step":([0-9]+),("vcpu":([0-9]+),)?"src":"([a-z]+)","d":\{(.*)\}\}$/\3 \4 \5/p' "$work/out" |
    awk '{ n = split($NF, d, ","); for (i = 1; i <= n; i++) { split(d[i], v, ":"); gsub("\"", "", v[1]); if (v[2] != "") print (NF == 3 ? $1 : ""), (NF == 3 ? $2 : $1), v[1], v[2] } }' |
    sort >"$work/witness"
awk -F, 'NR > 1 && $6 == "" { print $3, $4, $5, $7 }' "$work/host.csv" | sort >"$work/taken"
[ "$(wc -l <"$work/taken")" -eq 30 ] && cmp -s "$work/taken" "$work/witness"
ok $? "each counter of the log is in the table"
[ "$(grep -c ',halt_poll_success,17,600$' "$work/host.csv")" -eq 3 ]
ok $? "and each bucket"
exits 0 "export --host of a log without them" "$tool" export --host "$work/plain.log"
says "it is said" "no host records"

# compare looks at the guest alone.
"$tool" compare --force "$work/plain.log" "$work/plain.log" >"$work/plain.cmp" 2>&1
exits 0 "compare" "$tool" compare --force "$work/host.log" "$work/plain.log"
sed "s/host\.log/plain.log/g" "$work/out" | cmp -s - "$work/plain.cmp"
ok $? "host records change nothing in it"
echo "1..$number"
exit "$failed"
