#!/bin/bash
# SPDX-License-Identifier: MIT
# What clang-format 14 does not hold: one kind of comment, the line length inside comments and in assembler files, sizeof(x).
# NEEDS: nothing
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
columns=$(sed -n 's/^ColumnLimit: //p' .clang-format)

# "FILE:LINE: what" for each comment that begins with two slashes, and for each line that is too long. Lines for make (UNIT_EXTRA) hold
# wildcards, which in the other kind of comment would open one; tables that clang-format is told to leave alone may be long.
faults()
{
    awk -v columns="$columns" '
    FNR == 1 { free = 0; inside = 0; assembler = FILENAME ~ /\.S$/ }
    /clang-format off/ { free = 1 }
    /clang-format on/ { free = 0 }
    /^\/\/ UNIT_EXTRA: / { next }
    {
        line = $0
        if (length(line) > columns && !free)
            print FILENAME ":" FNR ": " length(line) " columns, expected at most " columns
        # Strings, characters and comments in the order in which they come.
        code = ""
        for (rest = line; rest != "";) {
            if (inside) {
                if (!match(rest, /\*\//)) break
                inside = 0
            } else if (match(rest, /"([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047|\/\*|\/\//)) {
                mark = substr(rest, RSTART, 2)
                code = code substr(rest, 1, RSTART - 1) " "
                if (mark == "//") { print FILENAME ":" FNR ": a comment by //, expected /* */"; break }
                inside = mark == "/*"
            } else {
                code = code rest
                break
            }
            rest = substr(rest, RSTART + RLENGTH)
        }
        if (!assembler && code ~ /(^|[^[:alnum:]_])sizeof [^.]/) print FILENAME ":" FNR ": sizeof x, expected sizeof(x)"
    }' "$@"
}

# "FILE:LINE: what" for each pipe whose reader ends before its writer: SIGPIPE ends the writer, and under pipefail the pipe is false although
# the reader found what it looked for. Where errors end the script a reader that takes the first line is as bad.
early_readers()
{
    awk '
    FNR == 1 { joined = ""; ends = FILENAME ~ /^run\/|planted/ }
    {
        line = $0
        sub(/^[ \t]*#.*/, "", line)
        joined = joined line
        if (line ~ /[|\\]$/) next
        if (joined ~ /[^|]\|&? *grep (-[a-zA-Z]+ )*-[a-zA-Z]*q/ || ends && joined ~ /[^|]\|&? *(head|grep [^|]*-m|awk [^|]*exit|sed [^|]*[0-9]q)/)
            print FILENAME ":" FNR ": a pipe into a reader that ends early, expected <<<, < <( or a reader of all"
        joined = ""
    }' "$@"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%s\n' 'int a; // no' '/* yes // yes */ char b[] = "// yes"; /* yes' ' * // yes' ' */' "char c = '/'; // no" 'int d = sizeof a;' "/* it's */ int q; // isn't" 'char e[] = "/*"; int f; // no' >"$work/planted.c"
found=$(faults "$work/planted.c" | cut -d: -f2 | tr '\n' ' ')
result style_judge_sees_slashes "$([ "$found" = '1 5 6 7 8 ' ] || echo "lines found: $found")"
mapfile -t files < <(git ls-files -co --exclude-standard -- '*.c' '*.h' '*.S' ':!tests/golden')
result style_comments_and_columns "$(faults "${files[@]}")"
printf '%s\n' 'a | grep -q b' 'a |' 'grep -vqE b' 'a || grep -q b c' 'a | head -n1' "a | awk '{ exit }'" "grep -q b <<<\"\$(a)\"" 'a | sed 1q' 'a | sed s/q//' \
    'a | grep -c b' >"$work/planted"
found=$(early_readers "$work/planted" | cut -d: -f2 | tr '\n' ' ')
result style_judge_sees_early_readers "$([ "$found" = '1 3 5 6 8 ' ] || echo "lines found: $found")"
mapfile -t files < <(git ls-files -co --exclude-standard -- run boot tests ':!tests/golden' ':!tests/check/style.sh' | xargs grep -lE 'pipefail|^# shellcheck shell=bash|tests/boot/cases.sh')
result style_no_early_readers "$(early_readers "${files[@]}")"
results_end
