#!/bin/bash
# SPDX-License-Identifier: MIT
# `idlelab compare`: what is a change, what decides, and what cannot.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
mklog=$build/tool/mklog logs=tests/golden/logs

echo "TAP version 13"
"$mklog" samples=2000 steps=4 raw=2000 seed=5 >"$work/a.log"
"$mklog" samples=2000 steps=4 seed=6 scale=150 >"$work/b.log"

exits 0 "compare" "$tool" compare "$work/a.log" "$work/b.log"
says "the change is found" 'p50 .*\+50\.[0-9]%|\+49\.[0-9]%'
exits 4 "compare --fail-if of one boot against one" "$tool" compare --fail-if 'p50 > 5%' "$work/a.log" "$work/b.log"
says "and how many boots are needed" 'cannot decide p50 > 5%.*1\+1|At least 3\+3 boots'
says "for a spread that one boot a side does not tell" '^  To tell wake_[a-z0-9_]+ p50 \+(49|50)[.0-9]*% from \+5%, boots of one thing may scatter by [0-9.]+ % with 4\+4'
exits 1 "--few-boots decides by the medians alone" "$tool" compare --few-boots --fail-if 'p50 > 5%' "$work/a.log" "$work/b.log"
says "and says that no test stands behind it" '^FAIL: .* by 1\+1 boots alone, no test stands behind it'
exits 0 "within the limit it passes" "$tool" compare --few-boots --fail-if 'p50 > 500%' "$work/a.log" "$work/b.log"
says "the headline says what one boot a side cannot" '^[0-9]+ steps: 1\+1 boots cannot say whether one changed'
says "the question mark is explained" '^\?: it cannot be tested'
for boot in 1 2 3 4; do
    "$mklog" samples=900 steps=6 seed=1$boot scale=$((100 + boot)) >"$work/a$boot.log"
    "$mklog" samples=900 steps=6 seed=2$boot scale=$((130 + boot)) >"$work/b$boot.log"
    "$mklog" samples=90 steps=6 seed=3$boot scale=$((100 + boot)) >"$work/few$boot.log"
done
exits 1 "compare --fail-if" "$tool" compare --fail-if 'p50 > 5%' "$work"/a?.log --against "$work"/b?.log
ok $(($(head -n 1 "$work/out" | grep -cE '^[1-6] of [0-9]+ steps changed: wake_[a-z_0-9]+ p50 \+[23]') != 1)) "the headline comes first"
COLUMNS=40 "$tool" compare "$work"/a?.log --against "$work"/b?.log >"$work/narrow"
awk '/^ +A +B /{on = 1} /^$/ && on {bad = 1} /^~/ {on = 0} END {exit bad}' "$work/narrow"
ok $? "at 40 columns no line of the table is empty"
xz -dc tests/tool/logs/tcg_default.log.xz >"$work/timer.log"
python3 - "$work/timer.log" >"$work/timer2.log" <<'END'
import re, sys, zlib
for line in open(sys.argv[1]):
    if '"bound_ppb":' in line:
        text = re.sub(r'"bound_ppb":(\d)', r'"bound_ppb":9\1', line[5:].rpartition(" *")[0])
        line = f"# IL {text} *{zlib.crc32(text.encode()):08x}\n"
    sys.stdout.write(line)
END
"$tool" compare --force "$work/timer.log" "$work/timer2.log" >"$work/narrow" 2>&1
! cmp -s "$work/timer.log" "$work/timer2.log" && grep -qE '^[0-9]+ steps: ' "$work/narrow" && ! grep -q 'timer bound' "$work/narrow"
ok $? "what each boot measures anew of its timer is no difference of platforms"
says "the tilde is explained" '^~: the boots do not confirm it'
says "and how many boots its largest change takes" '^  To tell wake_[a-z0-9_]+ p99 [-+][0-9.]+%, about [0-9]+\+[0-9]+ boots are needed, as these scatter'
ok $(($(grep -E '^wake_' "$work/out" | head -n 1 | grep -cE '  \+[0-9.]+%') != 1)) "the first line is a change that is confirmed"
says "the step, the change and its p over all" '^FAIL: wake_hlt_timer_100us p50 changed by \+2[0-9].[0-9]%, beyond p50 > 5%: p 0.014 over all 6'
says "and what would have been seen" 'A rise of [0-9.]+% would have been seen in 80 % of such comparisons in half of the rows'
exits 0 "compare --fail-if with room" "$tool" compare --fail-if 'p50 > 80%' "$work"/a?.log --against "$work"/b?.log
exits 0 "a fall does not break a rule on rises" "$tool" compare --fail-if 'p50 > 5%' "$work"/b?.log --against "$work"/a?.log
exits 1 "but one on falls" "$tool" compare --fail-if 'p50 < -5%' "$work"/b?.log --against "$work"/a?.log
exits 0 "a change within the limit is held against the limit, not against none" \
    "$tool" compare --fail-if 'p50 > 27%' "$work"/a?.log --against "$work"/b?.log
says "though it is confirmed" 'p50 .* \+2[0-9].[0-9]% '
exits 4 "two boots a side cannot decide" "$tool" compare --fail-if 'p50 > 5%' "$work"/a[12].log --against "$work"/b[12].log
says "and say how many would" '^  To tell wake_[a-z0-9_]+ p50 \+[0-9.]+% from \+5%, about 3\+3 boots are needed, as these scatter \([0-9.]+ %\)'
exits 4 "nor where the change is near the limit" "$tool" compare --fail-if 'p50 > 28.5%' "$work"/a[12].log --against "$work"/b[12].log
needed=$(sed -nE 's/^  To tell .* from \+28.5%, about ([0-9]+)\+.*/\1/p' "$work/out")
ok $((${needed:-0} < 5)) "which takes more boots (${needed:-none})"
exits 1 "three boots a side can fail" "$tool" compare --fail-if 'p50 > 5%' "$work"/a[123].log --against "$work"/b[123].log
says "though the table confirms nothing" '3\+3 cannot confirm a change'
exits 0 "three against five can be confirmed" "$tool" compare "$work"/a[123].log --against "$work"/b?.log "$work/b.log" --force
! grep -q 'cannot confirm' "$work/out"
ok $? "and no note says otherwise"
exits 4 "a run that is there three times counts once" "$tool" compare --fail-if 'p50 > 5%' \
    "$work"/a1.log "$work"/a1.log "$work"/a1.log --against "$work"/b1.log "$work"/b1.log "$work"/b1.log
says "and it is said" 'a1.log: run [0-9a-f]+ is there 3 times and counts once'
ok $(($(grep -c 'counts once' "$work/out") != 2)) "once for each run"
for boot in 1 2 3 4; do
    "$mklog" samples=900 steps=3 seed=5$boot scale=$((100 + boot)) >"$work/lost$boot.log"
done
exits 1 "a step that the first boot of A lacks counts all the same" "$tool" compare --fail-if 'p50 > 5%' \
    "$work/lost1.log" "$work"/a[234].log --against "$work"/b?.log
says "all six do" '^p50 > 5%: 6 rows of 4\+4 boots, 6 beyond the limit'
exits 4 "steps that B has lost are no pass" "$tool" compare --fail-if 'p50 > 5%' "$work"/a?.log --against "$work"/lost?.log
says "they are counted" '^p50 is not compared in 3 places: only A has it \(wake_'
says "in the rule too" '^  It cannot decide in 3 places'
exits 4 "nor are steps of which one boot of B is left" "$tool" compare --fail-if 'p50 > 5%' \
    "$work"/a?.log --against "$work"/lost[123].log "$work/b4.log"
says "how many boots they take is said" '^  To tell wake_[a-z0-9_]+ p50 \+[0-9.]+% from \+5%, about [0-9]+\+[0-9]+ boots are needed'
exits 1 "--few-boots decides those by their medians" "$tool" compare --few-boots --fail-if 'p50 > 5%' \
    "$work"/a?.log --against "$work"/lost[123].log "$work/b4.log"
ok $(($(grep -c '^FAIL: .* by 4+1 boots alone, no test stands behind it' "$work/out") != 3)) "and only those"
exits 0 "steps that are new in B break no rule" "$tool" compare --fail-if 'p50 > 50%' "$work"/lost?.log --against "$work"/a?.log
says "and are named" '^p50 is not compared in 3 places: only B has it \(wake_'
exits 2 "a run on both sides" "$tool" compare "$work"/a?.log --against "$work"/a1.log "$work"/b?.log
exits 4 "a rule on p99.9 of 900 samples, their maximum" "$tool" compare --fail-if 'p99.9 > 5%' "$work"/a?.log --against "$work"/b?.log
says "is not held" 'p99.9 is not compared in 6 places: it is the outermost sample there'
"$mklog" samples=900 steps=1 seed=71 >"$work/one.log"
exits 4 "the same of one step" "$tool" compare --fail-if 'p99.9 > 5%' "$work/one.log" "$work/b1.log"
says "is one place" 'p99.9 is not compared in 1 place: it is the outermost sample there'
says "and the steps that only one side has are many" 'p99.9 is not compared in 5 places: only B has it'
exits 4 "a rule on p99 of 900 against 90 samples" "$tool" compare --fail-if 'p99 > 5%' "$work"/a?.log --against "$work"/few?.log
# Beyond p99 lie 2 of 101 and 2 of 150 samples, 4 of 300: of 102, 151 and 301 places.
for boot in 1 2 3 4; do
    for count in 101 150 300; do
        "$mklog" samples=$count steps=4 seed=$count$boot >"$work/n$count.$boot.log"
    done
done
exits 4 "a rule on p99 of 101 against 150 samples" "$tool" compare --fail-if 'p99 > 5%' "$work"/n101.?.log --against "$work"/n150.?.log
says "is not held" 'p99 is not compared in 4 places: the sides have too unlike numbers of samples'
"$tool" compare --fail-if 'p99 > 5%' "$work"/n300.?.log --against "$work"/n150.?.log >"$work/out" 2>"$work/err"
says "one of 300 against 150 is" '^p99 > 5%: 4 rows of 4\+4 boots|^FAIL: |^cannot decide p99 > 5% for'
# Kolmogorov and Smirnov's distance of what has no value in common is 1.
"$mklog" samples=500 steps=4 seed=9 scale=20000 >"$work/far.log"
exits 0 "compare of what has no value in common" "$tool" compare "$work/a.log" "$work/far.log"
ok $(($(grep -c ' (1\.000) ' "$work/out") != 4)) "the distributions are as far apart as can be"
exits 4 "a rule on them" "$tool" compare --fail-if 'p50 > 5%' "$work/a.log" "$work/far.log"
says "names spreads above 1000 % by all their digits" 'may scatter by .* [0-9]{4,} % with 20\+20'
! grep -qE '[0-9]e[+][0-9]+' "$work/out"
ok $? "and none as a power of ten"
# Of 20 steps of boots that are alike one is further apart than its own boots dealt anew; than any step's, none is.
for boot in 1 2 3 4; do
    "$mklog" samples=300 steps=20 seed=40$boot >"$work/like_a$boot.log"
    "$mklog" samples=300 steps=20 seed=41$boot >"$work/like_b$boot.log"
done
exits 0 "20 steps of boots that are alike" "$tool" compare "$work"/like_a?.log --against "$work"/like_b?.log
ok $(($(grep -cE '^wake_.* ~ \(0\.[0-9]{3}\) +4\+4$' "$work/out") != 20)) "no distribution is marked as another one"
exits 0 "what has changed" "$tool" compare "$work"/a?.log --against "$work"/b?.log
ok $(($(grep -cE '^wake_.* 0\.[0-9]{3} +4\+4$' "$work/out") != 6)) "is in its distributions, too"
exits 2 "compare --fail-if on a quantile that no log has" "$tool" compare --fail-if 'p98 > 5%' "$work/a.log" "$work/b.log"
exits 2 "compare --fail-if nonsense" "$tool" compare --fail-if 'p50 5' "$work/a.log" "$work/b.log"
exits 2 "compare of unlike platforms" "$tool" compare "$work/a.log" "$logs/failed.log"
says "what differs is said" "hypervisor differs: none | QEMU TCG"
exits 3 "compare with a damaged log" "$tool" compare "$work/a.log" "$logs/damaged.log"
echo "1..$number"
exit "$failed"
