#!/bin/bash
# SPDX-License-Identifier: MIT
# `idlelab cstates` on logs that model machines make with the image's own code: verdicts on the tables, the page before the numbers, and the
# measured table fed to `idlelab replay`. awk takes the figures apart a second time.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
maker=$build/tool/mkmachine

show() { # show MODEL ARGUMENTS...: makes its log and prints it into $work/out
    local model=$1
    shift
    "$maker" "$model" "$@" >"$work/log" && "$tool" check "$work/log" >"$work/err" &&
        "$tool" cstates "$work/log" >"$work/out" 2>"$work/err"
    ok $? "$model $*: a whole log is shown"
}
never_says() { # never_says NAME PATTERN
    ! grep -qE -- "$2" "$work/out"
    ok $? "$1"
}

echo "TAP version 13"
# The model leaves C6 after 60 us, its package after 40 more: Linux says 133. C1E takes 2.5 us, Linux says 10.
show skylake_x
says "the table and its source" "^Table: skx \(Linux 6.2"
says "C6 is safe, by its slowest source" "^  C6 +timer\* .* 133  safe \(measured\)"
says "C1E is pessimistic" "^  C1E .*\* .* 10  pessimistic"
says "only one source is judged" "^  C6 +ipi  .* 133 +entered"
says "where C6 pays, with its error" "^  C6 +C1E +3[0-9][0-9] \(3[0-9][0-9] to 3[0-9][0-9]\)"
says "the table's residency is too long" "^  C6 .* 600  long"
says "the page before the numbers" "^  ok +bare machine"
says "a line that not all CPUs share" "^  ok +no SMI while it was watched +smi on CPU 0$"
says "what cannot be told" "^  cannot tell +clock without turbo"

# p99 of C6 as awk takes it from the log: the figure to paste is that in us, rounded up.
p99=$(sed -nE 's/.*"row":"cstate","state":"mwait:0x20".*"p99":([0-9]+).*/\1/p' "$work/log" | sort -n | tail -n 1)
want=$(awk -v ticks="$p99" 'BEGIN { ns = int(ticks / 2 + 0.5); print int((ns + 999) / 1000) }')
"$tool" cstates --c "$work/log" >"$work/c"
ok $? "an initialiser is printed"
awk -v want="$want" '/MWAIT 0x20/ { in_c6 = 1 } in_c6 && /exit_latency/ { exit $3 + 0 != want }' "$work/c"
ok $? "its exit latency is the p99 of the log, $want us"
grep -q 'target residency at most this, by energy' "$work/c" && grep -q 'target residency by energy' "$work/c"
ok $? "a bound by energy is not called a figure"
{ printf '%s\n' '#include <stddef.h>' '#define __initdata' '#define MWAIT2flg(x) ((x) << 24)' '#define CPUIDLE_FLAG_TLB_FLUSHED 1' \
    'struct cpuidle_state { const char *name, *desc; unsigned flags, exit_latency, target_residency;' \
    'int (*enter)(void); int (*enter_s2idle)(void); };' 'int intel_idle(void); int intel_idle_s2idle(void);'
    cat "$work/c"; echo 'struct cpuidle_state *kept(void) { return measured_cstates; }'; } >"$work/paste.c"
"${HOST_CC:-gcc}" -Wall -Werror -c -o "$work/paste.o" "$work/paste.c"
ok $? "a compiler takes it"

# The measured table is one that replay reads, and its decisions are those of the same states typed by hand.
"$tool" cstates --csv "$work/log" >"$work/t.csv"
ok $? "a table is printed"
"$tool" replay --governor menu --table "$work/t.csv" --trace tests/golden/governors/traces/mixed.csv >"$work/d.csv" 2>"$work/err"
ok $? "replay takes it"
awk -F, 'NR > 1 && $4 < last { bad = 1 } { last = $4 } NR == 1 { last = 0 } END { exit bad || NR != 5 }' "$work/t.csv"
ok $? "polling and three states, residencies rising"
[ "$(wc -l <"$work/d.csv")" -ge 100 ]
ok $? "and decides"

# Woken by its timer alone.
show skylake_x "cstate state=mwait:0x20 by=timer samples=1000 budget=1000s"
says "one source alone, and what it may hide" "C6 was woken by its own timer only"
says "no energy in this log" "No target residency"
show sapphire_rapids "cstate samples=1000 budget=1000s"
says "Sapphire Rapids has its table" "^Table: spr "
show haswell
says "C1E promotion will spoil" "^  WILL SPOIL +C1 is C1"
says "C7s pays later than the table says" "^  C7s .* 500  too short: entered where it loses"
show zen2
says "AMD's figures are the firmware's" "^Table: zen \(what ACPI _CST usually states\)"
says "its C2 is twenty times too high" "^  C2 .* 400  pessimistic \(likely\)"
says "its C2 pays from 192 us on" "^  C2 +C1 +19[0-9] \("

# Few samples: the interval of p99 is missing, and so is the confidence.
show skylake_x "cstate state=mwait:0x20 by=ipi samples=50 budget=1000s"
says "few samples" "few samples"

# Under a hypervisor no verdict is given, whatever was measured.
show skylake_x guest
says "unverified, emulated" "unverified, emulated"
never_says "no verdict under a hypervisor" "safe|pessimistic|optimistic|tight|too short|entered later"
says "its page says so" "^  WILL SPOIL +bare machine"
"$tool" cstates --c "$work/log" | grep -q "UNVERIFIED"
ok $? "the initialiser says so too"

# rewrite ROW PATTERN TEXT...: $work/log as $work/new.log, in whose rows that have ROW the PATTERN is TEXT; with the CRC of each record.
rewrite() {
    python3 - "$work/log" "$@" >"$work/new.log" <<'PYTHON'
import re, sys, zlib
row, changes = sys.argv[2], list(zip(sys.argv[3::2], sys.argv[4::2]))
out, texts = [], []
for line in open(sys.argv[1]):
    found = re.match(r"# IL (\S+) (.*) \*[0-9a-f]{8}$", line)
    if found:
        seq, json = found.groups()
        if row in json:
            for pattern, change in changes:
                json = re.sub(pattern, change, json)
        text = f"{seq} {json}"
        if '"t":"sum"' in json:
            crc = 0
            for t in texts:
                crc = zlib.crc32((t + "\n").encode(), crc)
            json = re.sub(r'"crc":"[0-9a-f]+"', f'"crc":"{crc:08x}"', json)
            text = f"{seq} {json}"
        elif text not in texts:
            texts.append(text)
        line = f"# IL {text} *{zlib.crc32(text.encode()):08x}\n"
    out.append(line)
sys.stdout.write("".join(out))
PYTHON
}
# quantiles P50 P99 HALF: those of C6, each with an interval that is twice HALF wide.
quantiles() {
    rewrite '"row":"cstate","state":"mwait:0x20"' '"p50":\d+' "\"p50\":$1" '"p99":\d+' "\"p99\":$2" \
        '"p50_ci":\[\d+,\d+\]' "\"p50_ci\":[$(($1 - $3)),$(($1 + $3))]" '"p99_ci":\[\d+,\d+\]' "\"p99_ci\":[$(($2 - $3)),$(($2 + $3))]"
}

# 133 us are 266000 ticks.
for case in "270000 300000 optimistic" "200000 280000 tight" "200000 210000 safe" "90000 100000 pessimistic"; do
    read -r p50 p99 verdict <<<"$case"
    "$maker" skylake_x "cstate state=mwait:0x20 by=ipi samples=1000 budget=1000s" >"$work/log"
    quantiles "$p50" "$p99" 9
    "$tool" cstates "$work/new.log" >"$work/out"
    ok $? "rewritten for $verdict: a whole log"
    says "133 us against these figures: $verdict" "^  C6 .* 133  $verdict \(measured\)"
done

# The slowest of three sources has an interval of 99 % for all of them, 1.498 times as wide as one of 95 %, a single source 1.314 times (R:
# qnorm(1 - 0.005 / k) / qnorm(0.975)); between the two lies the end of the table's 266000 ticks.
for case in "by=ipi/measured" "/low"; do
    "$maker" skylake_x "cstate state=mwait:0x20 ${case%/*} samples=1000 budget=1000s" >"$work/log"
    quantiles 100000 252000 10000
    "$tool" cstates "$work/new.log" >"$work/out"
    says "${case%/*} safe, ${case#*/}" "^  C6 .* 133  safe \(${case#*/}\)"
done

# Residencies that no energy says: C1's latency, three times a deeper one's, and never less than that of the state above.
"$maker" skylake_x "cstate by=ipi samples=1000 budget=1000s" >"$work/log"
"$tool" cstates --csv "$work/log" >"$work/t.csv"
awk -F, '$2 == "C1" || $2 == "C1E" { bad += $4 != $3; n++ } $2 == "C6" { bad += $4 != 3 * $3; n++ } END { exit bad || n != 3 }' "$work/t.csv"
ok $? "a residency by the exit latency"
quantiles 900 1000 9
"$tool" cstates --csv "$work/new.log" >"$work/t.csv"
awk -F, '$2 == "C1E" { above = $4 } $2 == "C6" { exit $3 != 500 || $4 != above || above <= 1500 }' "$work/t.csv"
ok $? "one that would fall is that of the state above"
rewrite '"row":"cstate_verdict","state":"mwait:0x20"' '"verdict":"entered"' '"verdict":"requested"'
"$tool" cstates "$work/new.log" >"$work/out"
says "no verdict on what was not shown to be entered" "^  C6 .* unverified: not shown to be entered"
never_says "whatever its latency" "^  C6 .* (safe|pessimistic|tight|optimistic)"

# A hybrid: what E-cores measured is no P-core's.
show alder_lake hybrid 'cstate samples=20 by=ipi state=mwait:0x20' 'cstate samples=20 by=ipi state=mwait:0x20 cpu=2'
awk '/^P-cores$/ {p = 1} /^E-cores$/ {e = p} /^  C6/ {n[p + e]++} END {exit !(e && n[1] == 1 && n[2] == 1)}' "$work/out"
ok $? "each type of core has a table of its own"
"$tool" cstates --csv "$work/log" >/dev/null 2>"$work/err"
[ $? -eq 2 ] && grep -q "expected --core P or --core E" "$work/err"
ok $? "of a hybrid it must be said whose table is wanted"
"$tool" cstates --csv --core E "$work/log" >"$work/out" 2>"$work/err" && grep -q C6 "$work/out"
ok $? "and E-cores have one"
"$tool" show "$work/log" >"$work/out"
grep -q "E-core" "$work/out"
ok $? "show says which step was an E-core's"

"$tool" cstates >/dev/null 2>&1
[ $? -eq 2 ]
ok $? "no log: usage"
"$tool" cstates --csv tests/golden/logs/whole.log >/dev/null 2>"$work/err"
[ $? -eq 1 ] && grep -q "needs 1 to 9 measured states" "$work/err"
ok $? "a log without states makes no table"
echo "1..$number"
exit $failed
