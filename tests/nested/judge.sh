#!/bin/bash
# SPDX-License-Identifier: MIT
# The judge of the truth table on made-up records: what is right is right, what is false is wrong, and "don't know" is neither.
# NEEDS: nothing
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

fact()
{
    printf '{"t":"host","k":"%s","v":"%s"}\n' "$1" "$2"
}

# said ID TEXT: in step 2, in two parts where it has a bar, the second one first.
said()
{
    if [[ $2 == *'|'* ]]; then
        printf '{"t":"finding","step":2,"id":"%s","conf":"high","p":2,"of":2,"text":"%s"}\n' "$1" "${2#*|}"
    fi
    printf '{"t":"finding","step":2,"id":"%s","conf":"high","p":1,"of":2,"text":"%s"}\n' "$1" "${2%%|*}"
}

exits()
{
    printf '{"t":"hstat","step":1,"src":"exits","d":{%s}}\n' "$1"
}

knee()
{
    printf '{"t":"stats","step":2,"k":"knee_low","v":%s}\n{"t":"stats","step":2,"k":"knee_high","v":%s}\n' "$1" "$2"
}

polling()
{
    fact kvm.halt_poll_ns "$1"
    fact kvm.halt_poll_ns_grow "$2"
    fact kvm.halt_poll_ns_shrink "${3:-0}"
    fact kvm.halt_poll_ns_grow_start 10000
}

# judged NAME QUESTIONS ARGS WANTED: the records come on stdin; WANTED are QUESTION=VERDICT in their order.
judged()
{
    local found

    found=$(jq -r --slurp --arg questions "$2" --arg args "$3" -f tests/nested/judge.jq 2>&1 | cut -f 1,2 | tr '\t' '=' | paste -sd ' ')
    result "judge_$1" "$([ "$found" = "$4" ] || echo "found $found, expected $4")"
}

rule='grow 2, shrink 0, 70 of 70 trials explained; start 10.1 us (9.51 us to 10.3 us)'
judged poll_in_interval poll '' poll=right < <(polling 50000 2; knee 44000 56000; said halt_poll 'the host polls up to| 50 us')
judged poll_beside_interval poll '' poll=wrong < <(polling 50000 2; knee 50100 54400; said halt_poll 'the host polls up to 52.2 us')
judged poll_not_known poll '' poll=dont_know < <(polling 50000 2; said halt_poll "don't know| whether the host polls")
judged poll_denied poll '' poll=wrong < <(polling 50000 2; said halt_poll 'no halt polling seen, from 5 us up to 400 us')
judged poll_stays_at_start poll '' poll=right < <(polling 50000 1; knee 9000 11000; said halt_poll 'the host polls up to| 10 us')
judged poll_never_grows poll '' poll=right < <(polling 50000 0; said halt_poll 'no halt polling seen, from 5 us up to 400 us')
judged rule rule '' 'grow=right shrink=right start=right' < <(polling 50000 2; said halt_poll_rule "$rule")
judged rule_false rule '' 'grow=wrong shrink=right start=right' < <(polling 50000 3; said halt_poll_rule "$rule")
same='grow 2, shrink 0 or >= 5, 70 of 70 trials explained; start 10.1 us (9.51 us to 10.3 us)'
judged rule_same rule '' 'grow=right shrink=right start=right' < <(polling 50000 2 5; said halt_poll_rule "$same")
judged rule_same_false rule '' 'grow=right shrink=wrong start=right' < <(polling 50000 2 4; said halt_poll_rule "$same")
judged rule_missing rule '' 'grow=dont_know shrink=dont_know start=dont_know' < <(polling 50000 2)
# Of 10 us with a first budget of 10 us nothing but the limit shows; of 50 us from 20 us on by 3 only the start, and a divisor of 2.
judged rule_unseen rule '' '' < <(polling 10000 2; said halt_poll_rule 'grow ?, shrink ? (?: not known), 70 of 70 trials explained; start not known')
judged rule_unseen_false rule '' 'grow=wrong' < <(polling 10000 2; said halt_poll_rule 'grow 3, shrink ? (?: not known), 70 of 70 trials explained; start not known')
judged rule_half_seen rule '' 'start=dont_know' < <(polling 50000 3; fact kvm.halt_poll_ns_grow_start 20000)
judged rule_divisor rule '' 'shrink=dont_know start=dont_know' < <(polling 50000 3; fact kvm.halt_poll_ns_grow_start 20000; fact kvm.halt_poll_ns_shrink 2)
judged rule_all_seen rule '' 'grow=dont_know shrink=dont_know start=dont_know' < <(polling 50000 2; fact kvm.halt_poll_ns_shrink 4)
judged no_rule_of_none rule '' '' < <(polling 0 2)
judged intercepts intercepts '' 'leaves_cpuid=right leaves_hlt=wrong leaves_rdtsc=right leaves_pause=dont_know leaves_arm=right leaves_icr=right leaves_eoi=right' \
    < <(fact kvm_amd.avic N; exits '"cpuid":66,"hlt":2'; said intercepted "leave to a hypervisor: cpuid hlt arm icr eoi; stay inside: rdtsc; can't tell: pause")
judged intercepts_apicv intercepts '' 'leaves_cpuid=right leaves_hlt=right leaves_rdtsc=right leaves_pause=right leaves_arm=right leaves_icr=right leaves_eoi=wrong' \
    < <(fact kvm_intel.enable_apicv Y; fact kvm_intel.enable_ipiv N; exits '"cpuid":66,"hlt":64'
        said intercepted "leave to a hypervisor: cpuid hlt arm icr eoi; stay inside: rdtsc pause; can't tell: none")
judged mwait_nop mwait '' mwait=right < <(said mwait_is 'nop: the shortest wait')
judged mwait_native mwait '--disable-exits mwait' mwait=wrong < <(said mwait_is 'nop: the shortest wait')
judged ple ple '' 'ple_gap=right ple_window=wrong ple_growth=right ple_reset=right' \
    < <(fact kvm_intel.ple_gap 128; fact kvm_intel.ple_window 8192; fact kvm_intel.ple_window_grow 2; fact kvm_intel.ple_window_shrink 0
        said ple_gap 'PAUSEs 128 ticks apart are one loop, 130 are not'
        said ple_window 'PAUSE loop exits after about 4096 ticks, times 2 each exit; a rest resets it; 16 of 16 loops agree')
judged ple_off ple '' ple=wrong < <(fact kvm_intel.ple_gap 0; said ple_gap 'PAUSEs 128 ticks apart are one loop, 130 are not')
judged waitpkg_each waitpkg '' 'waitpkg=right waitpkg=wrong' \
    < <(fact kvm_intel.ple_gap 128; said waitpkg_is 'real: TPAUSE for 20094 ticks took 20104' | sed 's/"step":2/"step":1/'
        said waitpkg_is 'swallowed: TPAUSE for 20094 ticks took 29')
judged silence 'waitpkg cap intercepts mwait' '' 'waitpkg=dont_know cap=dont_know intercepts=dont_know mwait=dont_know' < <(fact kvm_intel.ple_gap 128)

# What is kept of rows: one that ran anew is replaced, the others stay.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/run/kvm_amd"
printf 'kvm_amd\tpoll_50\tpoll\twrong\nkvm_amd\tpoll_50\tgrow\tright\nkvm_intel\tcap\tcap\tright\n' >"$work/results"
printf 'poll\tright\tup to 50 us\t50000\n' >"$work/run/kvm_amd/poll_50.answers"
NESTED_RESULTS=$work/results tests/nested/keep "$work/run"
result judge_keeps "$(printf 'kvm_amd\tpoll_50\tpoll\tright\nkvm_intel\tcap\tcap\tright\n' | diff - "$work/results")"
result judge_table "$(grep -qF '| all | 1 / 0 / 0 | 1 / 0 / 0 |' < <(NESTED_RESULTS=$work/results tests/docs/nested) || echo 'no sums')"
# A row that failed is neither right nor wrong, and not left out; one that has not been run, or had nothing to answer, is said or gone.
printf 'kvm_amd\tfails\tpoll\tright\nkvm_amd\tquiet\tpoll\tright\nkvm_amd\tlater\tpoll\tright\n' >"$work/results"
mkdir -p "$work/half/kvm_amd"
echo 'the host had no high-resolution timers' >"$work/half/kvm_amd/fails.failed"
: >"$work/half/kvm_amd/quiet.answers"
printf '%s | | | |\n' fails quiet later | sed 's/ |/|/' >"$work/half/kvm_amd.rows"
NESTED_RESULTS=$work/results tests/nested/keep "$work/half" 2>"$work/keep.err"
result judge_keeps_failures "$(printf 'kvm_amd\tfails\t-\tfailed\nkvm_amd\tlater\tpoll\tright\n' | diff - "$work/results")"
result judge_says_failures "$(printf 'tests/nested/keep: %s\n' 'kvm_amd_fails failed, and its 1 kept answers go: the host had no high-resolution timers' \
    'kvm_amd_later has not been run, and what was kept of it stays' | diff - "$work/keep.err")"
NESTED_RESULTS=$work/results tests/docs/nested >"$work/page"
result judge_table_failures "$(grep -qxF '| settings whose run failed | 1 | 0 |' "$work/page" && grep -qF 'SVM, 2 settings |' "$work/page" || echo 'it is not on the page')"
printf 'kvm_amd\tpoll_50\tpoll\tright\nkvm_intel\tcap\tcap\tright\n' >"$work/results"
# A line that was cut off is kept by nobody; a table without a row, or none, is no pass.
printf 'poll\tri' >"$work/run/kvm_amd/torn.answers"
NESTED_RESULTS=$work/results tests/nested/keep "$work/run" 2>/dev/null
result judge_keeps_nothing_torn "$([ $? -eq 2 ] || echo 'it was kept')$(grep -c . "$work/results" | grep -vx 2)"
echo '# nothing' >"$work/no.table"
result judge_no_rows "$(tests/nested/run "$work/none" "$work/no.table" 2>/dev/null; [ $? -eq 2 ] || echo 'a table without a row passes')"
result judge_no_table "$(tests/nested/run "$work/none" "$work/nowhere" 2>/dev/null; [ $? -eq 2 ] || echo 'a table that is not there passes')"
# What a test did not make stays: a folder with a file, a file. One that it made begins anew.
mkdir "$work/others"
echo 'a letter' >"$work/others/.letter"
echo 'kvm_amd | none | | | | | | SKIP' >"$work/skip.table"
for program in run alike repeat sweep user_wait xen; do
    tests/nested/$program "$work/others" "$work/skip.table" >/dev/null 2>"$work/others.err"
    result "judge_${program}_leaves_others" "$([ $? -eq 2 ] || echo 'not refused'
        grep -q 'it stays as it is' "$work/others.err" || cat "$work/others.err"
        [ -s "$work/others/.letter" ] || echo 'the letter is gone')"
done
result judge_own_folder "$( (own_folder "$work/own" && : >"$work/own/old" && own_folder "$work/own" && [ ! -e "$work/own/old" ]) 2>&1 || echo 'it is not made anew')"
result judge_own_folder_no_file "$( (own_folder "$work/no.table") 2>/dev/null && echo 'a file is a folder'; [ -s "$work/no.table" ] || echo 'the file is gone')"
results_end
