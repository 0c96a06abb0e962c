#!/bin/bash
# SPDX-License-Identifier: MIT
# idlelab trace import: recordings of running kernels become rows, and the governors here choose what Linux chose. Then gaps, cut files,
# other clocks, other tools' text, much text in little memory. Prints TAP.
# NEEDS: host sanitized
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
tool=$build/sanitized/idlelab
golden=tests/golden/trace
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# import NAME INPUT OPTION...: into $work/NAME, its words into $work/NAME.out.
import()
{
    local name=$1 input=$2

    shift 2
    "$tool" trace import "$input" -o "$work/$name" "$@" >"$work/$name.out" 2>"$work/$name.err"
}

menu=(--hz 250 --governor menu --table "$golden/table.csv")

# agrees NAME LEAST PASSES: the import of that name has so many passes, of which at least LEAST % are chosen as Linux did.
agrees()
{
    awk -v least="$2" -v passes="$3" '/^of .* passes Linux chose in/ {
            found = 1; if ($2 != passes || $7 + 0 < least) print "passes " $2 ", agreement " $7 ", wanted " passes ", " least }
        END { if (!found) print "no agreement was printed" }' "$work/$1.out"
    cat "$work/$1.err"
}

# What replay says of the rows of CPU $2 of import $1, against what Linux did.
replayed()
{
    "$tool" replay --governor "$3" --table "$work/$1/cpu$2.table.csv" --trace "$work/$1/cpu$2.open.csv" | cut -d, -f3 |
        paste -d, - "$work/$1/cpu$2.linux.csv" | awk -F, 'NR > 1 && $1 != $8 { bad++ } END { if (NR < 10 || bad) print bad " of " NR " differ" }'
}

if wanted plain; then
    import one "$golden/one"
    result plain "$(agrees one 98 722)"
    result plain_sysfs_counts_the_same "$(awk '$1 == 0 && NF == 10 && $3 != "+0"' "$work/one.out")"
    result plain_bias_is_found "$(awk '$1 == 0 && NF == 10 && ($10 < 600 || $10 > 750)' "$work/one.out")"
    # A pass that ended while the counters were read is in one account alone.
    cp -r "$golden/one" "$work/off"
    chmod -R u+w "$work/off"
    awk '$2 == "state4" { $7++; $11 += 4000 } { print }' "$golden/one/states.after" >"$work/off/states.after"
    import off "$work/off"
    result plain_bias_without_a_state_that_differs "$(awk '$1 == 0 && NF == 10 && ($3 != "+1" || $10 < 600 || $10 > 750)' "$work/off.out")"
    result rows_are_what_was_replayed "$(replayed one 0 menu-6.12)"
    result closed_rows_can_be_replayed "$("$tool" replay --closed --governor menu,teo,oracle --table "$work/one/cpu0.table.csv" \
        --trace "$work/one/cpu0.closed.csv" 2>&1 >"$work/closed.out"; awk 'NR > 2 && $11 < 1' "$work/closed.out")"
fi
if wanted probes; then
    cp -r "$golden/one" "$work/told"
    chmod -R u+w "$work/told"
    cp -f "$golden/probes.txt.gz" "$work/told/trace.txt.gz"
    import probes "$work/told"
    result probes "$(agrees probes 99.6 722)"
    # What the trace says of timers, against what the governor was told.
    result probes_timers_are_found "$(awk '/^the next timer is found/ { found = 1; if ($10 < 94.5) print } END { if (!found) print "nothing is said" }' \
        "$work/probes.out")"
fi
# Two CPUs, as record-idle has recorded them; then without what its probes say.
if wanted two; then
    import two "$golden/two"
    result two_with_probes "$(agrees two 99.2 4279)"
    cp -r "$golden/two" "$work/plain"
    chmod -R u+w "$work/plain"
    zcat "$golden/two/trace.txt.gz" | grep -vE ' (latency|sleep_length|reflect): ' | gzip -1 >"$work/plain/trace.txt.gz"
    import two_plain "$work/plain"
    result two_plain "$(agrees two_plain 97 4279)"
    result two_rows_are_what_was_replayed "$(replayed two_plain 0 menu-6.12; replayed two_plain 1 menu-6.12)"
fi
if wanted formats; then
    import perf "$golden/perf.txt.gz" "${menu[@]}" --kernel 6.12.117
    result formats_perf "$(agrees perf 98.5 89)"
    import cmd "$golden/trace-cmd.txt.gz" "${menu[@]}" --kernel 6.12.117
    result formats_trace_cmd "$(agrees cmd 95 90; [ -s "$work/cmd/cpu1.open.csv" ] || echo 'no CPU 1')"
fi
if wanted disk; then
    import disk "$golden/disk-6.1.txt.gz" "${menu[@]}" --kernel 6.1.0-47-amd64
    result disk_6_1 "$(agrees disk 98.5 353)"
    # Without its divisor for tasks that wait it would agree less.
    import disk12 "$golden/disk-6.1.txt.gz" "${menu[@]}" --kernel 6.12.1
    result disk_6_1_is_not_6_12 "$(grep -q agreement <<<"$(agrees disk12 95 353)" || echo 'menu-6.12 agrees as well')"
fi
if wanted nearest; then
    import near "$golden/perf.txt.gz" "${menu[@]}" --kernel 6.8.0
    result nearest_version_is_said "$(grep -q 'menu-6.1 here, the nearest' "$work/near.out" || cat "$work/near.out")"
    for kernel in 6.2.16 6.3.0; do
        import teo "$golden/perf.txt.gz" --hz 250 --table "$golden/table.csv" --governor teo --kernel "$kernel"
        grep -oE 'teo-[0-9.]+[0-9] here' "$work/teo.out"
    done >"$work/teos"
    result nearest_teo "$([ "$(xargs <"$work/teos")" = 'teo-6.1 here teo-6.12 here' ] || cat "$work/teos")"
    import none "$golden/perf.txt.gz" --hz 250 --table "$golden/table.csv"
    result nearest_needs_a_kernel "$(grep -q 'nothing is replayed' "$work/none.out" || cat "$work/none.out")"
fi

zcat "$golden/one/trace.txt.gz" >"$work/whole.txt"
if wanted missing; then
    grep -vE ' (sched_switch|hrtimer_start): ' "$work/whole.txt" >"$work/missing.txt"
    import missing "$work/missing.txt" "${menu[@]}" --kernel 6.12.117
    result missing_events_are_said "$([ "$(grep -oE '^no event of [a-z_]+' "$work/missing.out" | xargs)" = \
        'no event of sched_switch no event of hrtimer_start' ] || cat "$work/missing.out")"
fi
# Events are lost in the middle: the row before ends, the count is said.
if wanted lost; then
    { sed -n 1,3000p "$work/whole.txt"; echo 'CPU:0 [LOST 77 EVENTS]'; sed -n '3300,$p' "$work/whole.txt"; } >"$work/lost.txt"
    import lost "$work/lost.txt" "${menu[@]}" --kernel 6.12.117
    result lost_is_counted "$(grep -q '^cpu0=.* lost:77 gaps:1 ' "$work/lost/import.txt" || cat "$work/lost/import.txt")"
    result lost_leaves_unknown "$(awk -F, '$2 == "?" || $3 == "?" { found = 1 } END { if (!found) print "nothing is unknown" }' "$work/lost/cpu0.open.csv")"
    result lost_all_the_same_agrees "$(agrees lost 90 "$(($(wc -l <"$work/lost/cpu0.linux.csv") - 1))")"
fi
# Two recordings in one text.
if wanted twice; then
    cat "$work/whole.txt" "$work/whole.txt" >"$work/twice.txt"
    import twice "$work/twice.txt" "${menu[@]}" --kernel 6.12.117
    result twice_is_said "$(grep -q '^time goes backwards at 1 events' "$work/twice.out" || cat "$work/twice.out")"
    result twice_has_a_gap "$(grep -q ' gaps:1 ' "$work/twice/import.txt" || cat "$work/twice/import.txt")"
    result twice_only_then "$(import once "$work/whole.txt" "${menu[@]}"; grep backwards "$work/once.out")"
fi
# A time stamp that cannot be, and a handful of passes.
if wanted few; then
    head -n 400 "$work/whole.txt" >"$work/few.txt"
    import few "$work/few.txt" "${menu[@]}" --kernel 6.12.117
    result few_are_not_sure "$(awk '$1 == 0 && NF == 10 && $8 != "-"' "$work/few.out"; cat "$work/few.err")"
    awk '/cpu_idle: state=42949/ && ++n == 300 { sub(/ [0-9]+\.[0-9]+: /, " 999999999.999999: ") } { print }' "$work/whole.txt" >"$work/far.txt"
    import far "$work/far.txt" "${menu[@]}" --kernel 6.12.117
    result a_time_far_away "$(cat "$work/far.err"; grep -q '^time goes backwards at 1 events' "$work/far.out" || cat "$work/far.out")"
fi
# The ring was written over.
if wanted overwritten; then
    sed 's,entries-written: 11368/11368,entries-written: 11368/99999,; s,\(entries-written: [0-9]*\)/.*,\1/99999,' "$work/whole.txt" >"$work/over.txt"
    import over "$work/over.txt" "${menu[@]}"
    result overwritten_is_said "$(grep -q 'overwritten before' "$work/over.out" || cat "$work/over.out")"
fi

# refused NAME TEXT INPUT...: exit code 2, one line of words.
refused()
{
    local name=$1 words=$2 wrong=
    shift 2
    import bad "$@"
    [ $? -eq 2 ] && grep -qF -- "$words" "$work/bad.err" || wrong="wanted '$words', it said: $(cat "$work/bad.err" "$work/bad.out")"
    result "$name" "$wrong"
}

head -c 300000 "$work/whole.txt" >"$work/cut.txt"
refused cut_file "$(printf 'cut.txt:%d: the file is cut within this line' "$(($(wc -l <"$work/cut.txt") + 1))")" "$work/cut.txt" "${menu[@]}"
head -c 30000 "$golden/one/trace.txt.gz" >"$work/cut.gz"
refused cut_packed 'cut' "$work/cut.gz" "${menu[@]}"
refused another_tools_text 'no event of a trace' README.md "${menu[@]}"
refused not_text 'no line of text' "$build/idlelab" "${menu[@]}"
sed 's/ \( *\)\([0-9]*\)\.\([0-9]*\): / \1\2\3.000000: /' "$work/whole.txt" | sed 's/ \([0-9]\)\([0-9]\{6\}\)\.000000: / 1\1.\2: /' >"$work/clock.txt"
refused another_clock 'is not CLOCK_MONOTONIC' "$work/clock.txt" "${menu[@]}"
sed '1500,$s/ expires=[0-9]*/ expires=x/' "$work/whole.txt" >"$work/field.txt"
refused a_field_is_missing 'the event hrtimer_start has no expires' "$work/field.txt" "${menu[@]}"
refused no_table 'no table of idle states for CPU 0' "$work/whole.txt" --hz 250
refused no_hz '--hz N' "$work/whole.txt" --table "$golden/table.csv"
refused no_such_file 'No such file' "$work/none.txt" "${menu[@]}"
mkdir "$work/empty"
refused an_empty_folder 'holds none of' "$work/empty" "${menu[@]}"
grep -v ',C4,' "$golden/table.csv" >"$work/short.csv"
refused a_state_that_the_table_lacks 'CPU 0 was in state 4, and its table has 4 states' "$work/whole.txt" --hz 250 --table "$work/short.csv"
mkdir -p "$work/x" "$work/y"
cp "$work/whole.txt" "$work/x/same.txt"
cp "$work/whole.txt" "$work/y/same.txt"
refused inputs_of_one_name 'their last names must differ' "$work/x/same.txt" "$work/y/same.txt" "${menu[@]}"
refused inputs_without_a_name 'their last names must differ' "$work/x/same.txt" "$work/y/.." "${menu[@]}"
cp -r "$golden/one" "$work/named"
chmod -R u+w "$work/named"
sed -i 's/ C3 / C,3é /' "$work/named/states.before"
import named "$work/named"
result a_name_that_no_cell_holds "$("$tool" advise "$work/named" 2>&1 >/dev/null; grep -q '^3,C_3__,' "$work/named/cpu0.table.csv" || cat "$work/named/cpu0.table.csv")"
cp -r "$golden/one" "$work/states"
chmod -R u+w "$work/states"
sed -i '3s/40/x/' "$work/states/states.before"
refused bad_states 'states.before:3: expected' "$work/states"

# Half a million events in 300 MB of address space; a sanitizer takes terabytes of it.
if wanted much; then
    tool=$build/idlelab
    { head -n 12 "$work/whole.txt"; for _ in $(seq 70); do sed 1,12d "$work/whole.txt"; done; } >"$work/much.txt"
    result much_text_in_little_memory "$(ulimit -v 300000; import much "$work/much.txt" "${menu[@]}" || cat "$work/much.err")"
fi
results_end
