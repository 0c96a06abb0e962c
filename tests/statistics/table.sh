#!/bin/bash
# SPDX-License-Identifier: MIT
# The tables of docs/verdicts.md are what the campaigns say: each block between `<!-- campaign: PROGRAM -->` and
# `<!-- end -->` has the rows of build/statistics/PROGRAM --table, the one of `summary` a row for each verdict of them.
# With --write it makes them anew. Each verdict must be tried on ten kinds of hosts.
# LONG: 150
# NEEDS: statistics
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2
build=${BUILD:-build}
page=docs/verdicts.md
kinds_least=10
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

while IFS= read -r program; do
    "$build/statistics/$program" --table >"$work/$program" </dev/null || exit 2
    cat "$work/$program" >>"$work/all"
done < <(sed -nE 's/^<!-- campaign: (verdict_[a-z]+) -->$/\1/p' "$page")

# One row a verdict, in the page's order: its kinds, how many of them got such an answer, answers and wrong ones.
awk -F ' *[|] *' '
    !($2 in kinds) { order[++count] = $2 }
    {
        split($5, high, " / "); split($6, medium, " / ")
        kinds[$2]++
        high_kinds[$2] += high[1] > 0; high_said[$2] += high[1]; high_wrong[$2] += high[2]
        medium_kinds[$2] += medium[1] > 0; medium_said[$2] += medium[1]; medium_wrong[$2] += medium[2]
        few[$2] += $8 != ""
    }
    END {
        for (i = 1; i <= count; i++) {
            v = order[i]
            printf "| %s | %d | %d: %d / %d | %d: %d / %d | %d |\n", v, kinds[v], high_kinds[v], high_said[v],
                high_wrong[v], medium_kinds[v], medium_said[v], medium_wrong[v], few[v]
        }
    }' "$work/all" >"$work/summary"

while IFS= read -r line; do
    [ "${inside:-}" ] && [ "$line" != '<!-- end -->' ] && continue
    inside=
    printf '%s\n' "$line"
    [[ $line =~ ^'<!-- campaign: '(verdict_[a-z]+|summary)' -->'$ ]] || continue
    inside=yes
    if [ "${BASH_REMATCH[1]}" = summary ]; then
        echo '| verdict | kinds of hosts | high: on so many kinds, answers / wrong | medium: kinds, answers / wrong | kinds with too few to decide |'
        echo '|---|---|---|---|---|'
    else
        echo '| verdict | host | hosts | high / of these wrong | medium / wrong | unsure | too few to decide: wrong may be, by 95 % |'
        echo '|---|---|---|---|---|---|---|'
    fi
    cat "$work/${BASH_REMATCH[1]}"
done <"$page" >"$work/new"

if [ "${1:-}" = --write ]; then
    cmp -s "$work/new" "$page" || cp "$work/new" "$page"
    exit
fi
echo '1..2'
if diff "$page" "$work/new" >"$work/diff"; then
    echo 'ok 1 - the tables of docs/verdicts.md are fresh'
else
    head -n 20 "$work/diff" | sed 's/^/# /'
    echo 'not ok 1 - the tables of docs/verdicts.md are fresh: tests/statistics/table.sh --write'
fi
few=$(awk -F ' *[|] *' -v least=$kinds_least '$3 < least { print $2 " has " $3 }' "$work/summary")
if [ -z "$few" ]; then
    echo "ok 2 - each verdict is tried on $kinds_least kinds of hosts or more"
else
    printf '%s\n' "$few" | sed 's/^/# /'
    echo "not ok 2 - each verdict is tried on $kinds_least kinds of hosts or more"
fi
