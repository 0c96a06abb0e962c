#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `after`: on Bochs, where nothing is ever cold, no work loses a tick behind any method or source, and what is planted is lost to the tick in
# its slice; on TCG every row comes; what makes no sense is refused, what the machine lacks is skipped, what does not wait is no figure.
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
# shellcheck source=tests/matrix/wake_log.sh
. "$(dirname "$0")/wake_log.sh"
step_ticks=17 # of a turn of 16 additions beside a halted CPU: (18 instructions + 16) / 2
jitter=1      # a stamp falls between two turns

# rows LOG STEP: work slice at spin p50 lost floor, one a line, as they came.
rows()
{
    sed -n 's/^# IL [0-9a-f]* \(.*\) \*[0-9a-f]\{8\}$/\1/p' "$1" | awk '!seen[$0]++' |
        jq -r "select(.row == \"after\" and .step == $2) | [.work, .slice, .at, .spin, .p50, .lost, .floor] | map(tostring) | join(\" \")"
}

# loses LOG STEP ROWS [SLICE TICKS]: so many rows in the order of time, which lose nothing, but for that slice.
loses()
{
    rows "$1" "$2" | awk -v rows="$3" -v slice="${4:-0}" -v ticks="${5:-0}" -v jitter="$jitter" -v step="$2" '
        { want = $2 == slice ? ticks : 0; off = $6 - want; if (off < 0) off = -off }
        off > jitter || $7 > jitter || ($2 > 1 && $3 <= at) { print "step " step ": " $0; bad = 1 }
        { at = $3 }
        END { if (NR != rows) print "step " step ": " NR " rows, expected " rows; exit bad || NR != rows }'
}

# Ways to wait and sources; the works all, and one at a time.
exact_on_bochs()
{
    local few='interval=60us slices=4 samples=6' # a line of GRUB's takes 512 bytes

    on_bochs 0 exact sapphire_rapids 2 "after idle=hlt interval=60us slices=5 samples=6; after idle=mwait:0x20,umwait:c02 by=store work=l2 $few; \
after idle=mwait:0x0 by=ipi work=tlb $few; after idle=tpause:c01 by=deadline work=code $few" &&
        loses "$work/exact.log" 2 35 && loses "$work/exact.log" 3 4 && loses "$work/exact.log" 4 4 &&
        loses "$work/exact.log" 5 4 && loses "$work/exact.log" 6 4 &&
        expect_text "$work/exact.log" '"id":"within_floor"'
}

planted()
{
    on_bochs 0 planted sapphire_rapids 2 'after idle=hlt,spin work=alu interval=60us slices=5 samples=6 extra=100 into=3' &&
        loses "$work/planted.log" 2 5 3 $((100 * step_ticks)) &&
        expect_text "$work/planted.log" "^ok 2 after_hlt_60us_alu # lost $((100 * step_ticks)) tsc" &&
        "$build/idlelab" show --width 200 "$work/planted.log" >"$work/planted.show" &&
        expect_text "$work/planted.show" ' +work +slice +at +spin +p50 +lost +lost_ci +floor$' &&
        expect_text "$work/planted.show" ' +alu +5 +6 +34.0 us +.34.0 us,34.0 us. +20.0 ns$'
}

# Every work runs on QEMU, too; its time is the host's, so that only the rows are held against what must be.
on_tcg_all()
{
    local script='after idle=hlt slices=4 samples=6 budget=60s'

    on_tcg 0 tcg 1 "$script" && on_tcg 0 again 1 "$script" && [ "$(rows "$work/tcg.log" 2 | wc -l)" -eq 28 ] &&
        "$build/idlelab" report -o "$work/tcg.html" "$work/tcg.log" && expect_text "$work/tcg.html" 'Time for each slice of a work' &&
        "$build/idlelab" compare "$work/tcg.log" "$work/again.log" >"$work/tcg.compare" && expect_text "$work/tcg.compare" '^after_hlt l1 '
}

# A machine that lacks it, a CPU that is not there, no sender, an event that comes before the sleep, an instruction that does not wait.
skipped()
{
    on_tcg 1 skipped 1 'after idle=tpause:c01 work=alu; after work=alu cpu=7 idle=hlt; after work=alu by=ipi idle=hlt
        after idle=hlt interval=1us work=alu samples=5; after idle=tpause:c01 work=alu force=yes' &&
        expect_skip "$work/skipped.log" after_tpause_c01_alu 'needs CPUID\.07H:ECX\[5\]' &&
        expect_skip "$work/skipped.log" after_hlt_alu 'that CPU does not run' &&
        expect_skip "$work/skipped.log" after_hlt_ipi_alu 'needs another CPU' &&
        expect_text "$work/skipped.log" '^(not )?ok 5 after_hlt_1us_alu # (early|kept|lost)' &&
        expect_text "$work/skipped.log" '^not ok 6 after_tpause_c01_alu_2 # not_real 1 count'
}

# wrong NAME PLACE REASON SCRIPT
wrong()
{
    expect_status 2 run/qemu --quiet --accel tcg --smp 1 --script "$4" --log "$work/$1.log" --timeout 60 2>"$work/$1.err" &&
        expect_text "$work/$1.err" "script:$2: .*$3"
}

refused()
{
    wrong source 1:1 'this wake source cannot end this method' 'after idle=hlt by=store' &&
        wrong guard 1:1 'this source is a guard' 'after idle=hlt by=none' &&
        wrong random 1:1 'takes one time, or a sweep' 'after idle=hlt interval=uniform:1us..1ms' &&
        wrong into 1:1 'into= is beyond slices=' 'after idle=hlt slices=4 into=5' &&
        wrong slices 1:23 '4 to 14' 'after idle=hlt slices=15'
}

case_run after_exact_on_bochs exact_on_bochs
case_run after_planted planted
case_run after_tcg on_tcg_all
case_run after_skipped skipped
case_run after_refused refused
cases_end
