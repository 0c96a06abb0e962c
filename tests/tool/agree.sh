#!/bin/bash
# SPDX-License-Identifier: MIT
# The launcher and the host tool on the same logs, whole and damaged in every way (agreement.sh).
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
# LONG: 15 s
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/tool/agreement.sh
. "$(dirname "$0")/agreement.sh"
damage=$build/tool/damage seeds=${DAMAGE_SEEDS:-2}

result() { # result NAME COMPLAINT
    [ -z "$2" ]
    ok $? "$1"
    [ -z "$2" ] || printf '%s\n' "$2" | sed 's/^/# /'
}

echo "TAP version 13"
for log in tests/boot/fixtures/*.log tests/golden/logs/*.log; do
    result "${log#tests/}" "$(disagreement "$log")"
done
# exits_of LOG: both exit codes.
exits_of() {
    local all
    all=$(tool_says "$1" && launcher_says "$1")
    grep -xE '[0-9]' <<<"$all" | paste -sd ' '
}
# The first character of each line, and END's word: what is protected is missed by both, and what is not is nothing that counts.
complaints=
for log in pass fail; do
    lines=$(wc -l <"tests/boot/fixtures/$log.log")
    for ((i = 1; i <= lines; i++)); do
        line=$(sed -n "${i}p" "tests/boot/fixtures/$log.log")
        sed "${i}s/^./~/" "tests/boot/fixtures/$log.log" >"$work/hurt.log"
        complaints+=$(disagreement "$work/hurt.log")
        case $line in # of two copies of the sum record one may be lost
        1..* | IDLELAB-* | *'# IL '*'"t":"'[!s]* | ok* | not*) [ "$(exits_of "$work/hurt.log")" = '3 3' ] || complaints+="green without '$line'" ;;
        esac
    done
    for word in PASS FAIL ERROR; do
        ! grep -q "result=$word" "tests/boot/fixtures/$log.log" || continue
        sed "s/^\(IDLELAB-END.*=\).*/\1$word/" "tests/boot/fixtures/$log.log" >"$work/hurt.log"
        complaints+=$(disagreement "$work/hurt.log")
        [ "$(exits_of "$work/hurt.log")" = '3 3' ] || complaints+="$log.log with END $word: $(exits_of "$work/hurt.log")"
    done
done
result "each line's first character, and END against the sum" "$complaints"
for how in exit half again exit-dies; do
    "$launcher" --quiet --log "$work/joined.log" --emulator-log "$work/emulator.log" --grace 1 --timeout 60 --silence 5 \
        --resume-argument 'exit=debugexit' -- tests/boot/dying_emulator tests/boot/fixtures "$how" 'exit=debugexit' 2>/dev/null
    result "joined of machines, $how" "$(disagreement "$work/joined.log")"
done
"$build/tool/mklog" seed=7 samples=100 steps=4 raw=50 >"$work/whole.log" || exit 1
for mode in drop flip dup interleave joins lines mixed; do
    for rate in 20 200 2000; do
        complaints=
        for seed in $(seq "$seeds"); do
            "$damage" "$mode" "$rate" "$seed" <"$work/whole.log" >"$work/hurt.log"
            complaints+=$(disagreement "$work/hurt.log")
        done
        result "$mode at $rate in a million bytes, $seeds seeds" "$complaints"
    done
done
for mode in crlf crcrlf; do
    "$damage" "$mode" 0 1 <"$work/whole.log" >"$work/hurt.log"
    result "$mode line ends" "$(disagreement "$work/hurt.log")"
done
echo "1..$number"
exit "$failed"
