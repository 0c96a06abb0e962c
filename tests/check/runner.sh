#!/bin/bash
# SPDX-License-Identifier: MIT
# tests/run itself, in a tree of its own whose tests fail in each way that a test can: all are counted and named, what is ALONE runs when
# the others have ended, what is LONG begins first, no output stands inside another, CASES chooses, and the times stand at the end.
# NEEDS: nothing
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
unset MAKEFLAGS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tests/zoo" "$work/tests/boot"
cp tests/run tests/tap.sh "$work/tests/"
cp tests/boot/cases.sh "$work/tests/boot/"
echo 'built: ; touch built' >"$work/Makefile"

# test_file NAME COMMENT: stdin is its text.
test_file()
{
    { printf '#!/bin/bash\n%s\n' "$2" && cat; } >"$work/tests/zoo/$1.sh"
    chmod +x "$work/tests/zoo/$1.sh"
}

cases=''
# run_zoo NAME STATUS ARGUMENT...: leaves $work/NAME. `cases` is what CASES says.
run_zoo()
{
    local name=$1 status=$2 rc=0

    shift 2
    env -u BUILD -u TESTS_BUILT CASES="$cases" "$work/tests/run" "$@" >"$work/$name" 2>"$work/$name.err" || rc=$?
    result "runner_status_$name" "$([ "$rc" -eq "$status" ] || { echo "exit status $rc"; tail -n 3 "$work/$name.err"; })"
}

# says NAME OUTPUT PATTERN
says()
{
    result "runner_$1" "$(grep -qE -- "$3" "$work/$2" || { echo "no line matches $3 in:" && cat "$work/$2"; })"
}

nothing='# NEEDS: nothing'
# shellcheck disable=SC2016 # the test expands it
test_file talks "$nothing" <<<'for i in 1 2 3 4 5; do echo "ok $i talks_$i"; sleep 0.16; done; echo 1..5'
test_file fails '# NEEDS: built' <<<'touch running; sleep 1; rm running; echo "not ok 1 fails_here"; echo "# why"; echo 1..1'
test_file burns "$nothing" <<<'for ((i = 0; i < 100000; i++)); do :; done; echo "ok 1 burns"; echo 1..1'
test_file skips "$nothing" <<<'echo "ok 1 skips # SKIP no reason"; echo 1..1'
test_file dies "$nothing" <<<'echo "ok 1 dies_later"; exit 3'
test_file plans_more "$nothing" <<<'echo "ok 1 plans"; echo 1..2'
test_file is_mute "$nothing" <<<'exit 0'
test_file stops_early "$nothing" <<<'echo "ok 1 stops_early"; exit 0; echo 1..1'
test_file lone "$nothing"$'\n# ALONE: it looks whether others run' <<<'if [ -e running ]; then echo "not ok 1 lone"; else echo "ok 1 lone"; fi; echo 1..1'
test_file cases "$nothing" <<'END'
. tests/boot/cases.sh
case_first zoo_first touch "$work/first"
case_run zoo_one test -e "$work/first"
case_run zoo_two false
cases_end
END
# shellcheck disable=SC2016 # the test expands it
test_file vanishes "$nothing" <<'END'
. tests/boot/cases.sh
leaves() { echo 'last words' && exit 0; }
case_run zoo_good true
case_run zoo_leaves leaves
case_run zoo_killed sh -c 'kill -9 $PPID'
case_run zoo_good true
cases_end
END

run_zoo all 1 -j 4
says closing_line all '^13 passed, 9 failed, 1 skipped$'
result runner_last_line "$([[ $(tail -n 1 "$work/all") == '13 passed, 9 failed, 1 skipped' ]] || tail -n 1 "$work/all")"
says failure_by_name all '^# failed: zoo/fails: fails_here$'
result runner_says_why "$(grep -qx '#    why' < <(grep -A 1 '^# failed: zoo/fails: fails_here$' "$work/all") || tail -n 20 "$work/all")"
says bad_status_by_name all '^# failed: zoo/dies: ended with status 3$'
says broken_plan_by_name all '^# failed: zoo/plans_more: planned 2 results and printed 1$'
says no_plan_by_name all '^# failed: zoo/stops_early: printed no plan$'
says case_that_leaves all '^# failed: zoo/vanishes: zoo_leaves$'
says case_that_leaves_says all '^# last words$'
says case_that_is_killed all '^# failed: zoo/vanishes: zoo_killed$'
says case_of_one_name all '^# failed: zoo/vanishes: zoo_good$'
says no_result_by_name all '^# failed: zoo/is_mute: printed no result$'
says times all '^# [0-9]+ tests took [0-9]+ s and [0-9]+ s of processors, 4 at a time; the longest:$'
says processor_time all '^# zoo/burns took [0-9.]+ s, ([1-9]+\.[0-9]|0\.[1-9]) s of processors'
says longest_on_top all '^# +[1-9] s +[0-9]+ s  zoo/fails$'
says alone_runs_last all '^ok 1 lone$'
result runner_output_in_one_piece "$(grep -qE '^# zoo/talks (ok . talks_. ){5}1..5 $' \
    < <(grep -A 6 '^# zoo/talks$' "$work/all" | tr '\n' ' ') || grep -A 6 '^# zoo/talks$' "$work/all")"
result runner_builds_what_is_missing "$([ -e "$work/built" ] || echo 'the target of NEEDS was not made')"
run_zoo one 0 zoo/talks
says one_test one '^5 passed, 0 failed, 0 skipped$'
says only_that_test one '^# zoo/talks took [0-9]\.[0-9] s, [0-9]\.[0-9] s of processors \([0-9]\.[0-9] s in the kernel\)$'
for name in a b c; do
    test_file "begins_$name" "$nothing" <<<"echo $name >>began; sleep 0.5; echo 'ok 1 $name'; echo 1..1"
done
test_file begins_z "$nothing"$'\n# LONG: 5 s' <<<'echo z >>began; echo "ok 1 z"; echo 1..1'
run_zoo long 0 -j 2 'zoo/begins_*'
result runner_long_begins_first "$(grep -qx z < <(sed -n 1,2p "$work/began") || cat "$work/began")"
# Two that work stay until the first that waits has ended, which is when it has seen both; the second one must not see it.
waits="$nothing"$'\n# WAITS: it does nothing else'
for name in a b c; do
    test_file "beside_$name" "$nothing" <<<"touch works_$name; for ((i = 0; i < 50; i++)); do [ -e ended ] && break; sleep 0.1; done
        rm works_$name; echo 'ok 1 $name'; echo 1..1"
done
test_file beside_d "$waits" <<<'touch idles; for ((i = 0; i < 50; i++)); do [ -e works_a ] && [ -e works_b ] && touch saw_both && break; sleep 0.1; done
    sleep 0.7; rm idles; touch ended; echo "ok 1 d"; echo 1..1'
test_file beside_e "$waits" <<<'sleep 0.3; [ ! -e idles ] || touch saw_another; echo "ok 1 e"; echo 1..1'
run_zoo waits 0 -j 2 'zoo/beside_*'
result runner_one_waits_beside_two "$([ -e "$work/saw_both" ] || cat "$work/waits")"
result runner_of_those_that_wait_one "$([ ! -e "$work/saw_another" ] || cat "$work/waits")"
cases='_one$'
run_zoo chosen 0 zoo/cases
says chosen_case_and_the_first chosen '^2 passed, 0 failed, 0 skipped$'
test_file cases "$nothing" <<<'. tests/boot/cases.sh; case_run zoo_one true; cases_end'
cases=no_such
run_zoo none 1 zoo/cases
says no_such_case none '^# failed: no_such: ran nothing$'
run_zoo unknown 2 zoo/no_such
rm "$work"/tests/zoo/*
run_zoo empty 2 zoo
results_end
