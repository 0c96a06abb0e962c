#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `idlelab plan` against the image itself: one boot of a script, whose plan, skips and length must be those that it foretold.
# NEEDS: image host sanitized
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
tool=$build/sanitized/idlelab
cat >"$work/some.lab" <<'END'
noise time=20ms # a time of its own
wake idle=hlt,umwait:c01,mwaitx:0x0 by=timer interval=300us samples=20 warmup=4 budget=2s
wake idle=hlt by=timer interval=300us samples=20 cpu=7
wake idle=hlt by=ipi from=sibling,package,remote,0 interval=300us samples=20 budget=1s
monitor method=umwait:c01 test=real
monitor method=mwait test=cpuid
cost insn=rdtsc,pv_eoi,monitorx,arm,self_ipi n=50
ipi from=0 to=remote samples=20 budget=1s
ipi via=pv samples=20 budget=1s
haltpoll test=control
tick mode=periodic hz=1000 time=20ms cpus=5
policy governor=menu pattern=poisson:1000 time=20ms cpus=9
deadline idle=tpause:c01
neighbour idle=umwait:c01
cstate state=mwait:0x20 samples=20
selftest plant=msr_hang
quiet
END

boots()
{
    expect_status 0 run/qemu --accel tcg --smp 2 --script "$work/some.lab" --log "$work/run.log" --quiet &&
        "$tool" plan --cpu-facts "$work/run.log" "$work/some.lab" >"$work/plan.txt"
}

# "1 survey", ... of the log's plan records and of the table.
same_steps()
{
    diff <(sed -nE 's/.*"t":"plan","step":([0-9]+),"name":"([^"]*)".*/\1 \2/p' "$work/run.log" | sort -nu) \
        <(awk '$1 ~ /^[0-9]+$/ && $2 != "of" { print $1, $2 }' "$work/plan.txt")
}

# skips_of LOG PLAN: name and reason of each step that was skipped, and of each that was foretold, one way; of steps that both have, for a
# kept log may be older than the lists of its experiments.
skips_of()
{
    sed -nE 's/^(ok|not ok) [0-9]+ ([a-z0-9_]+).*/\2/p' "$1" | sort -u >"$work/ran"
    awk '$1 ~ /^[0-9]+$/ && $2 != "of" { print $2 }' "$2" | sort -u >"$work/planned"
    comm -12 "$work/ran" "$work/planned" >"$work/both"
    sed -nE 's/^ok [0-9]+ ([a-z0-9_]+) # SKIP (.*) ~[0-9a-f]{4}\r?$/\1 \2/p' "$1" | sort -u >"$work/all"
    awk 'NR == FNR { both[$1] = 1; next } $1 in both' "$work/both" "$work/all" >"$work/skips"
    awk 'NR == 1 { at = index($0, "skipped") } $1 ~ /^[0-9]+$/ && $2 != "of" && at && substr($0, at) { print $2, substr($0, at) }' "$2" |
        sort -u >"$work/all"
    awk 'NR == FNR { both[$1] = 1; next } $1 in both' "$work/both" "$work/all" >"$work/foretold"
    diff "$work/skips" "$work/foretold"
}

# `quiet` asks ports.
same_skips()
{
    skips_of "$work/run.log" "$work/plan.txt" && cat "$work/skips" && [ "$(wc -l <"$work/skips")" -eq 21 ] &&
        expect_text "$work/plan.txt" '^21 of them will be skipped there' &&
        expect_text "$work/plan.txt" '^not foretold: 1, by registers'
}

# Kept logs of KVM and Bochs, by the script that stands in each.
same_skips_elsewhere()
{
    local name all=0

    for name in kvm_smoke kvm_skips bochs_default bochs_kvm bochs_cstates bochs_full; do
        xz -dc "tests/tool/logs/$name.log.xz" >"$work/$name.log"
        sed -nE 's/.*"t":"plan","file":.*"text":"(.*)"\} \*.*/\1/p' "$work/$name.log" | awk '!seen[$0]++' >"$work/$name.lab"
        "$tool" plan --cpu-facts "$work/$name.log" "$work/$name.lab" >"$work/$name.txt" &&
            skips_of "$work/$name.log" "$work/$name.txt" || return 1
        all=$((all + $(wc -l <"$work/skips")))
    done
    [ "$all" -ge 20 ]
}

# Bytes within a factor of two of the log's.
same_length()
{
    local bytes said

    bytes=$(wc -c <"$work/run.log")
    said=$(sed -nE 's/^serial line: about ([0-9]+) kB.*/\1/p' "$work/plan.txt")
    if [ $((said * 2000)) -lt "$bytes" ] || [ $((said * 500)) -gt "$bytes" ]; then
        echo "the log has $bytes bytes, foretold were $said kB"
        return 1
    fi
}

# Ten million raw samples, 100 us apart at the least, have five seconds.
counts_what_there_is_time_for()
{
    "$tool" plan 'wake idle=hlt interval=100us samples=10M raw=yes budget=5s' >"$work/raw.txt" &&
        expect_text "$work/raw.txt" '^serial line: about 1[0-9]{3} kB, '
}

says_what_is_wrong()
{
    expect_status 2 "$tool" plan 'wake idel=hlt' 2>"$work/key.err" && expect_text "$work/key.err" "^script:1:6: found 'idel'" &&
        expect_status 2 "$tool" plan "$work/none.lab" 2>"$work/file.err" && expect_text "$work/file.err" 'none.lab: no such file' &&
        expect_status 3 "$tool" plan --image /dev/null smoke 2>"$work/image.err" &&
        expect_text "$work/image.err" '/dev/null cannot be read' &&
        expect_status 3 "$tool" plan --image "$tool" smoke 2>"$work/other.err" &&
        expect_text "$work/other.err" 'cannot lie at its addresses' &&
        expect_status 2 "$tool" plan --cpu-facts "$work/some.lab" smoke 2>"$work/facts.err" &&
        expect_text "$work/facts.err" 'has no CPUID leaves' && expect_status 0 "$tool" plan --quiet full >"$work/quiet.out" &&
        [ ! -s "$work/quiet.out" ]
}

case_first plan_boots boots
case_run plan_has_the_image_s_steps same_steps
case_run plan_foretells_skips same_skips
case_run plan_foretells_skips_elsewhere same_skips_elsewhere
case_run plan_foretells_length same_length
case_run plan_counts_what_there_is_time_for counts_what_there_is_time_for
case_run plan_says_what_is_wrong says_what_is_wrong
cases_end
