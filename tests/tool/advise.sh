#!/bin/bash
# SPDX-License-Identifier: MIT
# idlelab advise over an import: every candidate over the same periods, nobody below the least, limits kept, what a measured table changes,
# several CPUs. Prints TAP.
# NEEDS: host sanitized
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
tool=$build/sanitized/idlelab
golden=tests/golden/trace
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

"$tool" trace import "$golden/one" -o "$work/rows" >/dev/null
"$tool" advise "$work/rows" >"$work/out" 2>"$work/err"
result advises "$(cat "$work/err"; [ -s "$work/out" ] || echo nothing)"

# The columns of the table of latency and cost: mean, its interval, quantiles, cost.
trade()
{
    awk -v name="$1" '/^added latency/ { on = 1 } on && $1 == name { print $2, $7; exit }' "$work/out"
}
result oracle_is_the_least "$(awk '/^added latency/ { on = 1 } /^$/ { on = 0 } on && NF > 8 && $7 + 0 < 0.9995 && $7 + 0 > 0' "$work/out")"
read -r mean cost < <(trade oracle)
result oracle_costs_one "$([ "$cost" = 1.000 ] || echo "cost $cost, latency $mean")"
read -r shallow dear < <(trade 'menu-6.12<=C1')
read -r own cheap < <(trade menu-6.12)
mean_own=$own
result a_limit_wakes_sooner_and_costs_more "$(awk -v a="$shallow" -v b="$own" -v c="$dear" -v d="$cheap" \
    'BEGIN { if (!(a < b && c > d)) print a, b, c, d }')"
# What Linux did, by state, is what its sysfs says: 81.52 % in C4.
result linux_as_recorded "$(awk '/^Linux, as recorded/ { if ($8 < 81 || $8 > 82) print }' "$work/out")"
# Too deep and too shallow by the table, from Linux's own passes.
result linux_too_deep_and_shallow "$(awk -F, 'FNR == 1 { file++ } file == 1 && FNR > 1 { exit_ns[$1] = $3; pays[$1] = $4; last = $1 }
    file == 2 && FNR > 1 && $5 != "R" { n++; deep += $6 < pays[$3]; shallow += $6 >= pays[$3] && $3 < last && $6 - exit_ns[$3] >= pays[$3 + 1] }
    file == 3 && /^Linux, as recorded/ { split($0, w, / +/); want = sprintf("%.2f %.2f", 100 * deep / n, 100 * shallow / n); got = w[9] " " w[10]; if (got != want) print got ", wanted " want }' \
    "$work/rows/cpu0.table.csv" "$work/rows/cpu0.linux.csv" "$work/out")"
# The mean is replay's own; the quantiles hold the median of what each row added, within 4 %, and are no longer than the longest.
result latency_is_what_replay_says "$("$tool" replay --closed --governor menu-6.12,teo --table "$work/rows/cpu0.table.csv" --trace "$work/rows/cpu0.closed.csv" |
    awk -v mean="$mean_own" '$1 == "menu-6.12" && ($9 / 1000 - mean > 0.006 || mean - $9 / 1000 > 0.006) { print $9, mean }')"
"$tool" replay --closed --governor menu-6.12 --table "$work/rows/cpu0.table.csv" --trace "$work/rows/cpu0.closed.csv" |
    awk -F, 'NR > 1 { late[$1] = $9 } END { for (p in late) print late[p] }' | sort -n >"$work/late"
result quantiles_hold "$(awk 'NR == FNR { v[NR] = $1; n = NR; next } /^added latency/ { on = 1 }
    on && $1 == "menu-6.12" { p50 = v[int((n + 1) / 2)] / 1000; p99 = v[int(n * 0.99)] / 1000
        if (!($4 >= p50 - 0.01 && $4 <= 1.04 * p50 && $5 >= p99 && $5 <= 1.04 * p99 && $6 <= v[n] / 1000)) print $4, $5, $6, "wanted just above", p50, p99, "at most", v[n] / 1000; exit }' "$work/late" "$work/out")"
result polls_catch_what_is_short "$(awk -F, 'FNR == 1 { file++ } file == 1 && FNR > 1 { n++; short += $5 <= 50000 }
    file == 2 && / budget us/ { on = 1 } file == 2 && on && $1 ~ /^ +50 / { split($0, w, / +/); if (w[3] != sprintf("%.2f", 100 * short / n)) print w[3] ", wanted " 100 * short / n }' \
    "$work/rows/cpu0.closed.csv" "$work/out")"
result words_name_each "$(for name in menu teo ladder haltpoll poll; do grep -q "^- $name: " "$work/out" || echo "nothing of $name"; done)"
# Polling wakes at once, each time.
result what_is_certain_has_no_width "$(grep -q '^- poll: wakes sooner by 100.0 % (+-0.0) than' "$work/out" || grep '^- poll:' "$work/out")"
"$tool" trace import "$golden/one" -o "$work/whose" --governor unheard-of >/dev/null
result not_the_machines_own "$("$tool" advise "$work/whose" 2>&1 | grep "in words" | grep -vF "(against menu, for the machine's own is not known")"
result no_judgement_without_a_measured_table "$(grep -q 'cannot be said without a measured one' "$work/out" || echo 'it judges')"

# What the tick cut is one period again: the machine's own governor, over all of it, is where Linux was, and does not poll it away.
"$tool" trace import "$golden/two" -o "$work/two" >/dev/null
"$tool" advise "$work/two" >"$work/two.out" 2>&1
result own_governor_is_where_linux_was "$(awk '/^Linux, as recorded/ { for (i = 4; i <= NF; i++) was[i - 2] = $i; next }
    /^menu-6.12 / { n++; for (i = 2; i <= NF; i++) if ($i - was[i] > 1.5 || was[i] - $i > 1.5) print "column " i ": " $i ", Linux " was[i]; exit }
    END { if (!n) print "no menu-6.12" }' "$work/two.out")"

# A table whose residencies are far too long makes menu too shallow: with the measured one it would cost less.
sed 's/,266000,/,9000000,/; s/,800000,/,9000000,/' "$work/rows/cpu0.table.csv" >"$work/long.csv"
cp "$work/rows/cpu0.table.csv" "$work/right.csv"
cp "$work/long.csv" "$work/rows/cpu0.table.csv"
"$tool" advise "$work/rows" --table "$work/right.csv" >"$work/table" 2>&1
result a_wrong_table_hurts "$(grep -q '^- The table hurts: .*; the target residencies are what is wrong' "$work/table" || tail -n 14 "$work/table")"
cp "$work/right.csv" "$work/rows/cpu0.table.csv"
"$tool" advise "$work/rows" --table "$work/right.csv" >"$work/table" 2>&1
# One table judges all: the same passes are too deep whoever chose them; what a sleep's end takes is what the recording has paid.
sed 's/,800000,/,80000000,/; s/,C4,400000,/,C4,100000,/' "$work/right.csv" >"$work/truth.csv"
"$tool" advise "$work/rows" --table "$work/truth.csv" >"$work/judged" 2>&1
result one_table_judges_all "$(awk '/^Linux, as recorded/ { was = $9 } /^menu-6.12 / { n++; if ($7 - was > 1.5 || was - $7 > 1.5) print $7 ", Linux " was; exit } END { if (!n) print "none" }' "$work/judged")"
result the_oracle_knows_it "$(awk '/^added latency/ { on = 1 } on && $1 == "oracle" { n++; if ($7 != "1.000") print $7; exit } END { if (!n) print "none" }' "$work/judged")"
result exits_are_the_recorded_ones "$(awk '/^added latency/ { on = 1 } on && $1 == "menu-6.12+exits" { n++; if ($6 != "400.00") print $6; exit } END { if (!n) print "none" }' "$work/judged")"
result a_right_table_does_not "$(grep -q '^- The table does not hurt' "$work/table" || tail -n 14 "$work/table")"

# Five folders side by side; one of them sleeps a hundred times as long.
folders=()
for i in 1 2 3 4 5; do cp -r "$work/rows" "$work/m$i"; folders+=("$work/m$i"); done
awk -F, -v OFS=, -v CONVFMT=%.0f -v OFMT=%.0f 'NR > 1 { $2 = ($2 * 100) ""; $5 = ($5 * 100) "" } { print }' "$work/rows/cpu0.closed.csv" >"$work/m3/cpu0.closed.csv"
"$tool" advise "${folders[@]}" >"$work/many" 2>&1
result many_side_by_side "$(awk '/^m[1245] cpu0/ && /odd: idle length/ { print } /^m3 cpu0/ { n++; if (!/odd: idle length/) print } END { if (n != 1) print n " lines of m3" }' "$work/many")"

# refused NAME WORDS ARGUMENT...
refused()
{
    local name=$1 words=$2 rc
    shift 2
    "$tool" advise "$@" >/dev/null 2>"$work/err"
    rc=$?
    result "$name" "$([ $rc -eq 2 ] && grep -qF -- "$words" "$work/err" || echo "status $rc: $(cat "$work/err")")"
}
refused no_import 'expected a folder of' "$golden/one"
refused no_argument 'expected a folder of'
refused another_table 'another number of states' "$work/rows" --table tests/golden/governors/tables/haltpoll.csv
results_end
