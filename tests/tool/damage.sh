#!/bin/bash
# SPDX-License-Identifier: MIT
# Damage tests of the log reader: for every kind of damage, rate and seed
# - every record that `export --jsonl` lets through stands in the undamaged log,
# - every record that is still whole in the damaged one is let through, and no more,
# - `check` counts exactly the others as missing, and exits 3 when there are any.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
damage=$build/tool/damage
seeds=${DAMAGE_SEEDS:-4}

"$build/tool/mklog" seed=7 samples=300 steps=6 raw=300 >"$work/whole.log" || exit 1
"$tool" export --jsonl "$work/whole.log" | sort -u >"$work/whole.jsonl"

# Says what is wrong with one damaged log, or nothing.
verify() {
    local total intact taken missing code
    read -r total intact < <("$damage" count "$work/whole.log" "$work/hurt.log")
    "$tool" export --jsonl "$work/hurt.log" 2>/dev/null >"$work/hurt.jsonl"
    taken=$(wc -l <"$work/hurt.jsonl")
    sort -u "$work/hurt.jsonl" | comm -23 - "$work/whole.jsonl" >"$work/forged"
    [ -s "$work/forged" ] && echo "accepted what nobody wrote: $(head -n1 "$work/forged")"
    [ "$taken" -eq "$intact" ] || echo "took $taken records, $intact are whole"
    "$tool" check --all "$work/hurt.log" >"$work/out" 2>"$work/err"
    code=$?
    missing=$(sed -n 's/.*; \([0-9]*\) missing.*/\1/p' "$work/out")
    # Without its sum record a log does not say how many records it had.
    if grep -q '"t":"sum"' "$work/hurt.jsonl"; then
        [ "$missing" -eq $((total - intact)) ] || echo "counted $missing missing, $((total - intact)) are"
    fi
    if [ "$intact" -lt "$total" ] && [ "$code" -ne 3 ]; then echo "exit $code, not 3"; fi
    return 0
}

echo "TAP version 13"
number=0
result() { # result NAME COMPLAINT
    number=$((number + 1))
    if [ -z "$2" ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
        touch "$work/failed"
    fi
}

for mode in drop flip dup interleave joins lines mixed; do
    for rate in 10 100 1000; do
        complaints=
        for seed in $(seq "$seeds"); do
            "$damage" "$mode" "$rate" "$seed" <"$work/whole.log" >"$work/hurt.log"
            complaints+=$(verify)
        done
        result "$mode at $rate in a million bytes, $seeds seeds" "$complaints"
    done
done
# The same behind time stamps, as programs that keep a serial line write them.
complaints=
for seed in $(seq "$seeds"); do
    awk '{ printf "[%d.%03d] %s\n", NR / 7, NR, $0 }' "$work/whole.log" | "$damage" mixed 100 "$seed" >"$work/hurt.log"
    complaints+=$(verify)
done
result "mixed at 100 in a million bytes behind time stamps, $seeds seeds" "$complaints"
for mode in crlf crcrlf; do
    "$damage" "$mode" 0 1 <"$work/whole.log" >"$work/hurt.log"
    complaints=$(verify)
    "$tool" check "$work/hurt.log" >/dev/null 2>&1 || complaints+="check did not pass"
    result "$mode line ends" "$complaints"
done
echo "1..$number"
[ ! -e "$work/failed" ]
