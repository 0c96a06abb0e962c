# SPDX-License-Identifier: MIT
# What the tests of `wake` share: a run, and what its log must say of each sample. Sourced by bash, after tests/boot/cases.sh.
# shellcheck shell=bash disable=SC2154 # build and work are set by cases.sh

# on_bochs STATUS NAME MODEL CPUS SCRIPT [RUN-ARGUMENTS...]: leaves $work/NAME.log and $work/NAME.err, the log complete.
on_bochs()
{
    local status=$1 name=$2 model=$3 cpus=$4 script=$5

    shift 5
    expect_status "$status" run/bochs --quiet --cpu "$model" --smp "$cpus" --script "$script" --log "$work/$name.log" \
        --timeout 300 "$@" 2>"$work/$name.err" &&
        expect_status "$status" "$build/idlelab" check "$work/$name.log"
}

# on_tcg STATUS NAME CPUS SCRIPT [RUN-ARGUMENTS...]: the same under QEMU.
on_tcg()
{
    local status=$1 name=$2 cpus=$3 script=$4

    shift 4
    expect_status "$status" run/qemu --quiet --accel tcg --smp "$cpus" --script "$script" --log "$work/$name.log" \
        --timeout 120 "$@" 2>"$work/$name.err" &&
        expect_status "$status" "$build/idlelab" check "$work/$name.log"
}

# wake_rows LOG (whose result may be FAIL): one line a raw sample, in ticks of the TSC, - for a stamp that was not taken:
# step-name reject cause silent_time interrupt_latency return_latency
wake_rows()
{
    { "$build/idlelab" export --csv "$1" || [ $? -eq 1 ]; } | awk -F, -v hz="$(json_tsc_hz "$1")" '
        function ticks(us) { return us == "" ? "-" : sprintf("%.0f", us * hz / 1e6) }
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        {
            reject = $column["Reject"]
            print $column["Step"], reject == "" ? "kept" : reject, $column["Cause"], ticks($column["SilentTime"]),
                ticks($column["IntrLatency"]), ticks($column["ReturnLatency"])
        }'
}

json_tsc_hz()
{
    sed -nE 's/.*"t":"cal","k":"tsc_hz","v":([0-9]+).*/\1/p' "$1" | head -n 1
}

# accounted LOG WARMUP: in each step that ran to its sample count, no sample is lost: the kept ones of the summary and the rejected ones by
# reason are all that were taken, and so many raw samples arrived.
accounted()
{
    wake_rows "$1" >"$1.rows" || return 1
    sort -u "$1" | awk -v warmup="$2" -v rows="$1.rows" '
        function member(name, rest) {
            if (!match($0, "\"" name "\":"))
                return ""
            rest = substr($0, RSTART + RLENGTH)
            sub(/^"/, "", rest)
            sub(/[",}].*/, "", rest)
            return rest
        }
        BEGIN { while ((getline line < rows) > 0) { split(line, word, " "); raw[word[1]]++ } }
        /"t":"plan".*"exp":"wake"/ { name[member("step")] = member("name"); asked[member("step")] = member("n") }
        /"t":"stats".*"m":"wake_latency","u"/ { kept[member("step")] = member("n") }
        /"t":"stats".*"rej":\{/ {
            list = $0
            sub(/.*"rej":\{/, "", list)
            sub(/\}.*/, "", list)
            count = split(list, reasons, ",")
            for (i = 1; i <= count; i++) { sub(/.*:/, "", reasons[i]); rejected[member("step")] += reasons[i] }
        }
        /"t":"exp".*"end":"samples"/ { done[member("step")] = member("n"); said[member("step")] = member("rej") }
        END {
            for (step in name) {
                if (!(step in done))
                    continue
                steps++
                if (kept[step] + rejected[step] != done[step] || done[step] != asked[step] + warmup ||
                    said[step] != rejected[step] || raw[name[step]] != done[step]) {
                    printf "step %s %s: asked %d + %d, took %d, kept %d, rejected %d (said %d), %d raw\n", step, name[step],
                        asked[step], warmup, done[step], kept[step], rejected[step], said[step], raw[name[step]]
                    bad = 1
                }
            }
            if (!steps) { print "no step ran to its sample count"; bad = 1 }
            exit bad
        }'
}

# expect_wakes LOG STEPS COUNT CAUSE LOW HIGH SPREAD: in every step whose name matches STEPS, COUNT samples were kept and none rejected but
# for the warm-up, each ended by CAUSE, the first stamp after the event between LOW and HIGH ticks behind it, and all of a step within
# SPREAD of each other. Reads LOG.rows of accounted().
expect_wakes()
{
    awk -v steps="$2" -v count="$3" -v cause="$4" -v low="$5" -v high="$6" -v spread="$7" '
        $1 !~ steps { next }
        $2 == "warmup" { next }
        {
            late = $5 != "-" && $5 + 0 < $6 + 0 ? $5 + 0 : $6 + 0
            n[$1]++
            if (!($1 in least) || late < least[$1]) least[$1] = late
            if (!($1 in most) || late > most[$1]) most[$1] = late
            if ($2 != "kept" || $3 != cause || late < low || late > high) {
                if (wrong[$1]++ < 3) print "expected kept " cause " " low ".." high ": " $0
                bad = 1
            }
        }
        END {
            for (step in n) {
                found = 1
                if (n[step] != count) { print step ": " n[step] " samples, expected " count; bad = 1 }
                if (most[step] - least[step] > spread) { print step ": from " least[step] " to " most[step] " ticks"; bad = 1 }
            }
            if (!found) { print "no sample of a step " steps; bad = 1 }
            exit bad
        }' "$1.rows"
}

# expect_ok LOG STEP METRIC, expect_not_ok, expect_skip LOG STEP REASON
expect_ok() { expect_text "$1" "^ok [0-9]+ $2 # $3"; }
expect_not_ok() { expect_text "$1" "^not ok [0-9]+ $2 # $3"; }
expect_skip() { expect_text "$1" "^ok [0-9]+ $2 # SKIP $3"; }
