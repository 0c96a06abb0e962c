#!/bin/bash
# SPDX-License-Identifier: MIT
# The tables of docs/verdicts.md are what the campaigns say: each block between `<!-- campaign: PROGRAM -->` and
# `<!-- end -->` has the rows of build/statistics/PROGRAM --table. With --write it makes them anew.
# LONG: 65
# NEEDS: statistics
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2
build=${BUILD:-build}
page=docs/verdicts.md
new=$(mktemp) || exit 2
trap 'rm -f "$new"' EXIT

while IFS= read -r line; do
    [ "${inside:-}" ] && [ "$line" != '<!-- end -->' ] && continue
    inside=
    printf '%s\n' "$line"
    [[ $line =~ ^'<!-- campaign: '(verdict_[a-z]+)' -->'$ ]] || continue
    inside=yes
    echo '| verdict | host | hosts | high / of these wrong | medium / wrong | unsure |'
    echo '|---|---|---|---|---|---|'
    "$build/statistics/${BASH_REMATCH[1]}" --table || exit 2
done <"$page" >"$new"

if [ "${1:-}" = --write ]; then
    cmp -s "$new" "$page" || cp "$new" "$page"
    exit
fi
echo '1..1'
if diff "$page" "$new" >"$new.diff"; then
    echo 'ok 1 - the tables of docs/verdicts.md are fresh'
else
    head -n 20 "$new.diff" | sed 's/^/# /'
    echo 'not ok 1 - the tables of docs/verdicts.md are fresh: tests/statistics/table.sh --write'
fi
rm -f "$new.diff"
