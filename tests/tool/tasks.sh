#!/bin/bash
# SPDX-License-Identifier: MIT
# docs/i-want-to.md: each line of it as far as it goes without a machine. Scripts go to `plan`; the host tool runs on a log of a model
# machine; of launchers the options must be those of their usage, of make the targets those that there are; the recipes run where their
# languages are installed.
# NEEDS: image host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
page=docs/i-want-to.md

echo "TAP version 13"
"$build/tool/mklog" samples=900 steps=6 raw=900 seed=5 >"$work/latest.log"
mkdir -p "$work/kernels"
for boot in 1 2 3 4; do
    "$build/tool/mklog" samples=900 steps=6 seed=1$boot >"$work/kernels/old-0$boot.log"
    "$build/tool/mklog" samples=900 steps=6 seed=2$boot >"$work/kernels/new-0$boot.log"
done
rm -f "$work/lab.db"

# The lines of the blocks without a language.
lines() {
    awk '/^```/ { on = !on && $0 == "```"; inside = !inside; if (!inside) on = 0; next } on' "$page"
}

# Says what is wrong with a line, or nothing.
try() {
    local line=$1 script words option options
    script=$(sed -nE "s/.*(--script |SCRIPT=)('([^']*)'|([^ ']+)).*/\3\4/p" <<<"$line")
    [ -z "$script" ] || "$tool" plan --quiet "$script" 2>&1
    case $line in
    build/idlelab\ *)
        words=${line#build/idlelab}
        words=${words//results\/latest\/serial.log/$work/latest.log}
        words=${words//results\/kernels/$work/kernels}
        words=${words//results\/lab.db/$work/lab.db}
        # The model machine has other steps than the page's.
        words=$(sed -E "s/--step ('[^']*'|[a-z]+)/--step '*'/" <<<"$words")
        eval "'$tool' $words" >"$work/out" 2>"$work/err"
        [ $? -le 1 ] || { echo "exit code of: $tool $words"; cat "$work/err"; }
        ;;
    run/*)
        options=$("${line%% *}" --help 2>&1)
        while read -r option; do
            [[ $options == *"$option"* || $(run/qemu --help) == *"$option"* ]] || echo "${line%% *} has no $option"
        done < <(grep -oE -- '--[a-z-]+' <<<"${line%% -- *}")
        ;;
    make\ *)
        words=${line#make }
        grep -qE "^${words%% *}:" Makefile boot/room.mk run/developer.mk || echo "make has no target ${words%% *}"
        ;;
    mkdir\ *) ;;
    *) echo "who runs it?" ;;
    esac
}

count=0
while read -r line; do
    count=$((count + 1))
    wrong=$(try "$line")
    [ -z "$wrong" ] || printf '%s\n' "$wrong" | sed 's/^/# /'
    [ -z "$wrong" ]
    ok $? "$line"
done < <(lines)
ok $((count < 30)) "there are many ($count)"
ok $(($(grep -c '^## ' "$page") < 20)) "and twenty tasks"

# The recipes, on the samples that the page's line exports.
"$tool" export --csv "$work/latest.log" >"$work/samples.csv"
recipe() { # recipe LANGUAGE: its block of the page
    awk -v language="$1" '$0 == "```" language { on = 1; next } /^```/ { on = 0 } on' "$page"
}
run_recipe() { # run_recipe LANGUAGE MISSING COMMAND...: runs where the command can
    local language=$1 missing=$2
    shift 2
    if [ -n "$missing" ]; then
        number=$((number + 1))
        echo "ok $number - the recipe in $language # SKIP $missing"
        return
    fi
    recipe "$language" >"$work/recipe"
    (cd "$work" && "$@" recipe) >"$work/out" 2>&1
    ok $? "the recipe in $language runs"
    # The median that `show` prints, in nanoseconds.
    p50=$("$tool" show --step wake_hlt_timer_100us --width 200 "$work/latest.log" | awk '$1 == "p50" { print $2; exit }')
    says "and has show's median ($p50 ns)" "$(awk -v ns="$p50" 'BEGIN { printf "%.2f", int(ns / 10) / 100 }' | sed 's/\./\\./')"
}
missing=
/usr/bin/python3 -c 'import pandas' 2>/dev/null || missing='needs pandas'
run_recipe python "$missing" /usr/bin/python3
missing=
command -v Rscript >/dev/null || missing='needs R'
run_recipe r "$missing" Rscript
echo "1..$number"
exit "$failed"
