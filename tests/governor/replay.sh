#!/bin/bash
# SPDX-License-Identifier: MIT
# idlelab replay from the command line: every golden case, what it says of bad input, and that a long trace needs no more memory
# than a short one. Prints TAP.
# NEEDS: host
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
tool=$build/idlelab
golden=tests/golden/governors
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# The CRC-32 that gzip puts behind its data.
crc_of()
{
    gzip -1 | tail -c 8 | od -An -tx4 -N4 | tr -d ' '
}

# The counters of a metrics file in the form of the golden files.
counters_of()
{
    awk -F, '/^#/ { gsub(/# |[a-z_]+=/, ""); print "totals " $0; next }
             NR > 1 { print "state", $3, $4, $6, $7, $8 }' "$1"
}

# check_governor NAME: all cases of a golden file.
check_governor()
{
    local mode table trace passes crc bad='' cases=0 options name=golden_${1//[-.]/_}

    wanted "$name" || return 0
    grep '^case ' "$golden/decisions/$1.txt" >"$work/cases"
    while read -r _ mode table trace passes crc; do
        options=()
        [ "$mode" = open ] || options+=(--closed)
        [ "$mode" != nohzoff ] || options+=(--nohz=off)
        cases=$((cases + 1))
        if [ "$("$tool" replay --governor "$1" --table "$golden/tables/$table.csv" \
            --trace "$golden/traces/$trace.csv" --metrics "$work/metrics" "${options[@]}" | crc_of)" != "$crc" ]; then
            bad+="decisions differ: $mode $table $trace ($passes passes)"$'\n'
        fi
        if ! counters_of "$work/metrics" | cmp -s - <(awk -v want="case $mode $table $trace" \
            '/^case/ { here = index($0, want " ") == 1 } here && /^(state|totals)/' "$golden/decisions/$1.txt"); then
            bad+="counters differ: $mode $table $trace"$'\n'
        fi
    done <"$work/cases"
    [ "$cases" -gt 0 ] || bad='no cases'
    result "$name # $cases cases" "$bad"
}

replay()
{
    "$tool" replay --governor menu --table "$golden/tables/spr.csv" --trace "$golden/traces/mixed.csv" "$@"
}

# refused NAME STATUS TEXT COMMAND...: fails with that status, and says that.
refused()
{
    local name=$1 status=$2 text=$3 rc wrong=
    shift 3
    "$@" >"$work/out" 2>"$work/err"
    rc=$?
    if [ $rc -ne "$status" ] || ! grep -qF -- "$text" "$work/err"; then
        wrong="status $rc, wanted $status and '$text'; it said: $(cat "$work/err")"
    fi
    result "$name" "$wrong"
}

# bad_trace NAME TEXT ROW: the row as the second of a trace.
bad_trace()
{
    { sed -n 1,2p "$golden/traces/mixed.csv"; printf '%s\n' "$3"; } >"$work/bad.csv"
    refused "$1" 2 "bad.csv:3:$2" replay --trace "$work/bad.csv"
}

# bad_table NAME TEXT ROW: the row as the second state of a table.
bad_table()
{
    { sed -n 1,2p "$golden/tables/spr.csv"; printf '%s\n' "$3"; } >"$work/bad.csv"
    refused "$1" 2 "bad.csv:$2" replay --table "$work/bad.csv"
}

for file in "$golden"/decisions/*.txt; do
    check_governor "$(basename "$file" .txt)"
done

bad_trace trace_number "3: expected next_timer_ns, a whole number from -2147483647000 to 2147483647000, found '5x'" \
    '1,5x,3,4,5,T,1,0,50'
bad_trace trace_range '22: expected exit_pct, a whole number from 0 to 100' '1,500,300,4,55,T,1,0,101'
bad_trace trace_cause "13: expected cause, 'T' or 'O' or 'W', found 'X'" '1,50,30,4,5,X,1,0,50'
bad_trace trace_short '15: expected resched' '1,50,30,4,5,T,'
bad_trace trace_cut '8: expected latency_ns' '1,50,30'
bad_trace trace_cut_before_a_row '18: expected exit_pct' $'1,50,30,4,5,T,1,0\n50,50,30,4,5,T,1,0,50'
bad_trace trace_long "21: expected the end of the line, found ',6'" '1,50,30,4,5,T,1,0,50,6'
bad_trace trace_huge '3: expected next_timer_ns' '1,99999999999999999999,30,4,5,T,1,0,50'
bad_table table_index "3:1: expected index, a whole number from 1 to 1, found '2'" '2,C1,1000,1000,-,0'
bad_table table_flags "3:16: expected flags, '-' or 'POLL', found 'poll'" '1,C1,1000,1000,poll,0'
bad_table table_name '3:3: expected name, 1 to 15 printable characters' '1,,1000,1000,-,0'
bad_table table_one_state '4:1: expected at least two states, found 1' '# nothing'
sed 's/^2,C1E,2000,4000/2,C1E,2000,999/' "$golden/tables/spr.csv" >"$work/falls.csv"
refused table_falls 2 'falls.csv:4:12: expected target_residency_ns, a whole number from 1000' replay --table "$work/falls.csv"
{ sed -n 1p "$golden/tables/spr.csv"; seq 0 10 | sed 's/.*/&,S&,&000,&000,-,0/'; } >"$work/eleven.csv"
refused table_eleven_states 2 'eleven.csv:12:1: expected the end of the table (at most 10 states)' replay --table "$work/eleven.csv"
sed 12d "$work/eleven.csv" >"$work/ten.csv"
result table_ten_states "$(replay --governor menu --table "$work/ten.csv" 2>&1 >/dev/null)"
refused trace_header 2 "spr.csv:1:1: expected the header 'period," replay --trace "$golden/tables/spr.csv"
: >"$work/empty.csv"
refused trace_empty 2 "empty.csv:1:1: expected the header 'period," replay --trace "$work/empty.csv"
bad_trace trace_line_too_long '1: expected a line of at most 254 characters' "$(printf '1,%0253d,3,4,5,T,1,0,50' 2)"
refused trace_missing 2 'No such file' replay --trace "$work/none.csv"
refused unknown_governor 2 "governor 'best': there is no such governor" replay --governor best
refused fixed_disabled 2 'that state is disabled' \
    replay --governor fixed:C3 --table "$golden/tables/skl_dis.csv"
refused unknown_option 2 'unknown option' replay --fast
refused nohz_word 2 '--nohz=on or --nohz=off' replay --nohz=maybe

tr -d '\r' <"$golden/traces/mixed.csv" | sed 's/$/\r/' >"$work/crlf.csv"
result line_ends_do_not_matter "$(replay --trace "$work/crlf.csv" | cmp - <(replay) 2>&1)"

# No choice with an exit latency above 1 us is left: state 0 or 1.
result limit_holds "$(replay --limit 1000 | awk -F, 'NR > 1 && $3 > 1')"
result nobody_costs_less_than_the_least "$(replay --closed --governor all 2>/dev/null | awk 'NR > 2 && $11 + 0 < 1')"

# A million periods in 64 MiB of address space.
periods()
{
    sed -n 1p "$golden/traces/mixed.csv"
    for _ in $(seq 500); do sed 1d "$golden/traces/mixed.csv"; done
}
if wanted long_trace_in_little_memory; then
    sum=$(periods | (ulimit -v 65536 && replay --governor menu,teo,oracle --trace -) | awk 'NR > 2 { sum += $2 } END { print sum }')
    result long_trace_in_little_memory "$([ "$sum" = 3000000 ] || echo "decisions: $sum")"
fi
results_end
