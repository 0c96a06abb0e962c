#!/bin/bash
# SPDX-License-Identifier: MIT
# A log from anybody: escape sequences, newlines, formulas and quotes in each of its texts reach neither the terminal nor a cell.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
"$build/tool/mklog" samples=400 steps=4 raw=40 seed=5 >"$work/whole.log" || exit 1
# Each text member of the records gets them; steps have their names by the plan.
python3 - "$work/whole.log" >"$work/hostile.log" <<'END'
import re, sys, zlib
evil = r'=\u001b]0;x\u0007,\u009b2J\"\n# IH\u007f'
for line in open(sys.argv[1]):
    if line.startswith("# IL "):
        text = line[5:].rpartition(" *")[0]
        if not re.search(r'"t":"(sum|raw|stats|hist)"', text):
            for key in "name", "text", "v", "id", "args", "exp":
                longer = text.replace(f'"{key}":"', f'"{key}":"{evil}')
                text = longer if len(longer) <= 205 else text # with the sequence and a blank
        line = f"# IL {text} *{zlib.crc32(text.encode()):08x}\n"
    sys.stdout.write(line)
END
# clean NAME: what the last command printed holds no control character.
clean() {
    ! LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$work/out" "$work/err" >"$work/found"
    ok $? "$1"
    sed -n '1,3s/^/# /p' "$work/found" | cat -v
}
absolute=$(realpath "$tool")
echo "TAP version 13"
name=$'\e[31mevil\x9b.log' # a file's name is a text, too
cp "$work/hostile.log" "$work/$name"
for words in 'check --all' show 'show --width 100' cstates sweep 'export --csv' 'export --turbostat' 'export --host' 'export --junit' \
    'export --kcidb' 'export --hgrm' 'compare --force whole.log' 'db import' 'db list' 'db show ' 'report -o report.html'; do
    case $words in
    'db list') set -- db list ;;
    'db show '*) set -- db show "$(sed -n 's/^IDLELAB-BEGIN run=\([0-9a-f]*\).*/\1/p' "$work/whole.log")" ;;
    *)
        # shellcheck disable=SC2086 # words
        set -- $words "$name"
        ;;
    esac
    (cd "$work" && "$absolute" "$@" >"$work/out" 2>"$work/err")
    clean "$words prints no control character"
done
(cd "$work" && "$absolute" export --csv "$name" >"$work/out" 2>"$work/err")
/usr/bin/python3 -c 'import csv, sys
rows = list(csv.reader(open(sys.argv[1], newline=""), strict=True))
bad = [row for row in rows if len(row) != len(rows[0]) or any(cell[:1] in "=+@" and cell for cell in row)]
sys.exit(bool(bad) or len(rows) < 40 or not any("\"" in row[0] for row in rows))' "$work/out"
ok $? "export --csv: cells as they were, none a formula"
"$tool" show "$work/whole.log" >"$work/plain"
"$tool" show "$work/hostile.log" >"$work/out" 2>&1
[ "$(wc -l <"$work/out")" -le $(($(wc -l <"$work/plain") + 40)) ] && ! grep -q '^# IH' "$work/out"
ok $? "no text begins a line of its own"
printf 'caf\303\251 \342\226\210 \360\237\230\200 \302\233 \300\233 \355\240\200 \033[0m\n' >"$work/words"
(cd "$work" && "$absolute" check "$(tr -d '\n' <"$work/words")" >"$work/out" 2>"$work/err")
clean "no control character of a name"
says "and UTF-8 stays" "$(printf 'caf\303\251 \342\226\210 \360\237\230\200')"
# The first part of each histogram twice, and no second one: of 16 those are whole that have one part alone.
python3 - "$work/whole.log" >"$work/parts.log" <<'END'
import sys, zlib
for line in open(sys.argv[1]):
    if '"t":"hist"' in line:
        text = line[5:].rpartition(" *")[0].replace('"p":2,', '"p":1,')
        line = f"# IL {text} *{zlib.crc32(text.encode()):08x}\n"
    sys.stdout.write(line)
END
"$tool" export --hlog "$work/whole.log" >"$work/out" 2>"$work/err"
[ "$(grep -c '^Tag=' "$work/out")" -eq 16 ]
ok $? "a whole log has its histograms"
"$tool" export --hlog "$work/parts.log" >"$work/out" 2>"$work/err"
[ $? -eq 3 ] && [ "$(grep -c '^Tag=.*silent_time' "$work/out")" -eq 4 ] && ! grep '^Tag=' "$work/out" | grep -qv silent_time
ok $? "a part that comes twice stands for no other"
# An interval that has one bound is none.
python3 - "$work/whole.log" >"$work/bound.log" <<'END'
import re, sys, zlib
for line in open(sys.argv[1]):
    if '"q":[' in line:
        text = re.sub(r'(\["p50",\d+,\d+,)\d+', r'\1null', line[5:].rpartition(" *")[0])
        line = f"# IL {text} *{zlib.crc32(text.encode()):08x}\n"
    sys.stdout.write(line)
END
for log in whole bound; do
    "$tool" db --file "$work/$log.db" import "$work/$log.log" >"$work/out" 2>"$work/err" || true
    sqlite3 "$work/$log.db" "SELECT name, count(*), count(low), count(high) FROM quantile WHERE name IN ('p50', 'p90') GROUP BY name" >"$work/$log.rows"
done
[ "$(paste -sd' ' "$work/whole.rows")" = 'p50|16|16|16 p90|16|16|16' ] && [ "$(paste -sd' ' "$work/bound.rows")" = 'p50|16|0|0 p90|16|16|16' ]
ok $? "half of an interval is none"
echo "1..$number"
exit "$failed"
