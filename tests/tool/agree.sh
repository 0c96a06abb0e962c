#!/bin/bash
# SPDX-License-Identifier: MIT
# The launcher and the host tool on the same logs, whole and damaged in every way: the same number of problems, the same first one at
# the same line, the same end. One difference is meant (run/log/reader.h): a BEGIN that comes twice is a reboot to the launcher.
# NEEDS: host tool-tests
# shellcheck source=tests/tool/tap.sh
# LONG: 15 s
. "$(dirname "$0")/tap.sh"
damage=$build/tool/damage seeds=${DAMAGE_SEEDS:-2}

# tool_says LOG: the exit code, then "damaged: N problems, the first: line L: TEXT", "cut", "reboot" or nothing.
tool_says() {
    local code=0 count first
    "$tool" check --all "$1" >"$work/out" 2>"$work/err" || code=$?
    echo "$code"
    grep -q 'a second IDLELAB-BEGIN' "$work/err" && echo reboot && return
    grep -qE 'no IDLELAB-END|no line of idlelab' "$work/err" && echo cut && return
    count=$(sed -n 's/^NOT WHOLE:\(.*\)/\1/p' "$work/out" | grep -oE '[0-9]+' | paste -sd + | sed 's/^$/0/' | bc)
    [ "${count:-0}" -gt 0 ] || return
    first=$(sed -n -e '1{s/^[^:]*:\([0-9]*\):\([0-9]*:\)\{0,1\} [a-z]*: /line \1: /p;t' -e 's/^[^:]*: [a-z]*: //p;}' "$work/err")
    echo "damaged: $count problem$([ "$count" -eq 1 ] || echo s), the first: $first"
}

# launcher_says LOG: the same of the launcher; a script that was refused is a run that failed.
launcher_says() {
    local code=0
    "$build/launch" --name agree --quiet --log "$work/kept.log" --emulator-log "$work/emulator.log" --grace 1 --timeout 60 \
        -- cat "$1" 2>"$work/launch" || code=$?
    echo "${code/2/1}"
    sed -n -e 's/^agree: damaged log: \(.*\); serial log: .*/damaged: \1/p' -e 's/^agree: silent reboot.*/reboot/p' \
        -e 's/^agree: \(cut log\|the image cannot run here\): .*/cut/p' "$work/launch"
    cmp "$1" "$work/kept.log"
}

# disagreement LOG: in words, or nothing.
disagreement() {
    local theirs ours
    theirs=$(tool_says "$1") ours=$(launcher_says "$1")
    [ "$theirs" = "$ours" ] && return
    [ "$ours" = $'3\nreboot' ] && [ "$(grep -aEc 'IDLELAB-BEGIN run=[0-9a-f]{16} fmt=1' "$1")" -gt 1 ] && return
    printf '%s: the tool says\n%s\nthe launcher says\n%s\n' "$1" "$theirs" "$ours"
}

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
    "$build/launch" --quiet --log "$work/joined.log" --emulator-log "$work/emulator.log" --grace 1 --timeout 60 --silence 5 \
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
