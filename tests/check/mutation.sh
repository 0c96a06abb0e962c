#!/bin/bash
# SPDX-License-Identifier: MIT
# The tables of mutants against the source: each row's text stands where it says, and its tests are there. Then the runner itself, in a
# tree of its own: it tells what is killed from what survives, and a row that no longer matches ends it.
# NEEDS: nothing
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/mutation/rows.sh
. tests/mutation/rows.sh
unset MAKEFLAGS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

wrong_rows()
{
    local row problem='' mutant='' mutant_line=0 LC_ALL=C

    read_rows tests/mutation/*.rows 2>&1
    for row in "${!row_at[@]}"; do
        check_row "$row" || echo "${row_at[$row]}: $problem"
    done
}

result mutants_match_the_source "$(wrong_rows)"

mkdir -p "$work/tests/mutation" "$work/tests/zoo" "$work/src"
cp tests/run tests/tap.sh "$work/tests/"
cp tests/mutation/run tests/mutation/rows.sh "$work/tests/mutation/"
git init -q "$work"
git -C "$work" -c user.name=zoo -c user.email=zoo@localhost commit -q --allow-empty -m zoo
echo build >"$work/.gitignore"
# The builder refuses a source with `broken`.
printf 'built: ; ! grep -q broken src/a\n' >"$work/Makefile"
printf 'good\ngood\nloved\n' >"$work/src/a"
{ printf '#!/bin/bash\n# %s: built\n' NEEDS && cat; } >"$work/tests/zoo/sees.sh" <<'END'
[ "$(head -n 1 src/a)" = good ] && echo 'ok 1 first' || echo 'not ok 1 first'
grep -q loved src/a && echo 'ok 2 third' || echo 'not ok 2 third'
echo 1..2
END
{ printf '#!/bin/bash\n# %s: nothing\n' NEEDS && cat; } >"$work/tests/zoo/slow.sh" <<'END'
[ "$(head -n 1 src/a)" = good ] && echo 'ok 1 first' || { echo 'not ok 1 first' && sleep 60; }
echo 1..1
END
chmod +x "$work"/tests/zoo/*.sh

# run_mutants NAME STATUS ROWS ARGUMENT...: leaves $work/NAME.
run_mutants()
{
    local name=$1 status=$2 rc=0

    printf '%s\n' "$3" >"$work/tests/mutation/zoo.rows"
    shift 3
    env -u BUILD -u TESTS_BUILT "$work/tests/mutation/run" "$@" >"$work/$name" 2>&1 || rc=$?
    result "mutation_status_$name" "$([ "$rc" -eq "$status" ] || { echo "exit status $rc" && cat "$work/$name"; })"
}

# says NAME OUTPUT PATTERN
says()
{
    result "mutation_$1" "$(grep -qE -- "$3" "$work/$2" || { echo "no line matches $3 in:" && cat "$work/$2"; })"
}

killed='src/a zoo/sees
-1 good
+ bad
- loved
+'
others='-2 good
+ bad
- loved
+ loved broken
-2 good
+ fine
= nobody reads the second line'
run_mutants killed 0 "$killed"
says 'all_are_killed' killed '^src +2 +0 +0 +0 +100$'
result mutation_copy_knows_its_commit "$(git -C "$work" rev-parse --short=12 HEAD | diff - "$work/build/mutation/tree.1/.build_id" 2>&1)"
run_mutants again 0 "$killed"
result mutation_results_are_kept "$(grep '^# ' "$work/again")"
run_mutants survived 1 "$killed"$'\n'"$others"
says 'survivor_by_name' survived '^survived: src/a:2 - good \+ bad \(zoo.rows:6: zoo/sees\)$'
says 'kinds_apart' survived '^src +2 +1 +1 +1 +66$'
says 'closing_line' survived '^66.6 % of 3 were killed; the goal is 95 %$'
result mutation_tree_is_as_it_was "$([ "$(head -n 2 "$work/src/a" | tr '\n' ' ')" = 'good good ' ] || cat "$work/src/a")"
run_mutants slow 0 $'src/a zoo/slow\n-1 good\n+ bad'
result mutation_first_failure_ends_a_test "$(grep -q ' killed .* zoo/slow$' "$work/build/mutation/results" || cat "$work/build/mutation/results")"
run_mutants chosen 0 "$killed"$'\n'"$others" 'loved \+  zoo'
says 'only_what_matches' chosen '^1 mutants: 1 killed'
run_mutants stale 2 $'src/a zoo/sees\n- gone\n+ bad'
says 'stale_row_is_named' stale '^zoo.rows:2: the text stands in src/a at 0 places: gone$'
run_mutants twice 2 $'src/a zoo/sees\n- good\n+ bad'
says 'place_must_be_said' twice 'at 2 places: good$'
run_mutants no_test 2 $'src/a zoo/none\n-1 good\n+ bad'
says 'missing_test_is_named' no_test 'there is no test tests/zoo/none.sh$'
echo bad >"$work/src/a"
run_mutants unsound 2 $'src/a zoo/sees\n- bad\n+ worse'
says 'test_that_fails_without_a_mutant' unsound '^not tried: .*unsound zoo/sees'
results_end
