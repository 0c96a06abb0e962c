#!/bin/bash
# SPDX-License-Identifier: MIT
# Power by idle state from made-up recordings whose powers are known (energy.py): the intervals hold the truth, wraps, perf's counts and
# lost events change nothing; what cannot be told is said. Prints TAP.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
echo 'TAP version 13'

# recorded SEED KIND: imported into $work/SEED.KIND, its truth into $work/truth, its words into $work/out.
recorded() {
    /usr/bin/python3 tests/tool/energy.py "$1" "$2" "$work/$1.$2.in" >"$work/truth" || exit 1
    "$tool" trace import "$work/$1.$2.in" -o "$work/$1.$2" >"$work/out" 2>"$work/err" || cat "$work/err"
}

# held FOLDER: how many of the powers that are told lie in their interval, and how many are told.
held() {
    awk -F, 'NR == FNR { split($0, of, " "); for (i = 2; i <= 6; i++) truth[of[1], i] = of[i]; next }
        FNR == 1 { next } $2 == "all" { n = 1; next } { n++ }
        $4 != "" { told++; good += $4 <= truth[$1, n] && truth[$1, n] <= $5 } END { print good + 0, told + 0 }' "$work/truth" "$1/power.csv"
}

good=0
told=0
for seed in 1 2 3 4 5 6; do
    recorded $seed plain
    read -r one all < <(held "$work/$seed.plain")
    good=$((good + one)) told=$((told + all))
done
# Of 60 at 95 % fewer than 52 is one case in 200.
[ $told -eq 60 ] && [ $good -ge 52 ]
ok $? "the powers lie in their intervals: $good of $told, of 60"
for kind in wraps perf gap; do
    recorded 1 $kind
    read -r good told < <(held "$work/1.$kind")
    [ "$told" -eq 10 ] && [ "$good" -ge 9 ]
    ok $? "$kind: $good of $told"
done
says 'intervals within a gap are left out' 'package 0: .*\((14[0-9]|15[0-2]) intervals'
recorded 1 noise
says 'noise is no power of a state' 'package 0: .*explain too little'
recorded 1 coarse
says 'a coarse counter cannot tell' 'package 1: .*too coarse'
says 'the mean is told' 'power of package 0: 5\.[45]'
recorded 1 still
says 'shares that stand still cannot tell' "package 0: .*shares of the time do not vary"
recorded 1 dies
says 'unknown packages cannot tell' 'package 1: .*which CPUs are of it is not known'
sed -i 's/^cpus=.*//; $a cpus=0-2' "$work/1.plain.in/about"
exits 0 'some CPUs' "$tool" trace import "$work/1.plain.in" -o "$work/some"
says 'of some CPUs nothing is told' 'not all CPUs were recorded'
exits 0 'the report' "$tool" report -o "$work/power.html" "$work/2.plain" "$work/1.coarse"
grep -q '<td>2.plain, package 1</td><td>C3</td><td class="number">[0-9.]* W</td><td class="number">[0-9.]* to [0-9.]* W</td><td></td>' "$work/power.html"
ok $? 'it has the powers'
grep -q "can't tell: the counter" "$work/power.html"
ok $? 'and what cannot be told'
# A recording without counters has no power, whatever stood there before.
cp -r tests/golden/trace/one "$work/none"
exits 0 'no counter' "$tool" trace import "$work/none" -o "$work/2.plain"
[ ! -e "$work/2.plain/power.csv" ] && ! grep -q '^power' "$work/out"
ok $? 'nothing is said of power'
echo "1..$number"
exit $failed
