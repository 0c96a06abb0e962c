#!/bin/bash
# SPDX-License-Identifier: MIT
# `make compdb`: every C file of the tree is in compile_commands.json, once, and its command compiles it.
# NEEDS: nothing
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
made=$(make compdb COMPDB="$work/compile_commands.json" 2>&1) || made+=' failed'
result compdb_is_made "$made"
/usr/bin/python3 -c '
import json, sys
for entry in json.load(open(sys.argv[1])):
    print(entry["file"], entry["directory"], entry["command"], sep="\t")' "$work/compile_commands.json" >"$work/entries" 2>"$work/err"
result compdb_is_json "$(cat "$work/err")"
git ls-files -co --exclude-standard -- '*.c' | while read -r file; do [ ! -e "$file" ] || echo "$file"; done | sort >"$work/files"
cut -f1 "$work/entries" | grep '\.c$' | sort >"$work/said"
result compdb_has_every_file_once "$(diff "$work/files" "$work/said")"

# One of each room: the flags are those of the room. (-o: nothing is left behind.)
for file in arch/x86/idle/hlt.c arch/linux/idle/futex.c run/launch/main.c run/tool/main.c tests/unit/test_fmt.c; do
    name=compdb_compiles_${file//[!a-z0-9]/_}
    wanted "$name" || continue
    IFS=$'\t' read -r _ folder command <<<"$(grep "^$file	" "$work/entries")"
    result "$name" "$( (cd "$folder" && bash -c "$command -fsyntax-only -MMD -MF $work/depends") 2>&1 || echo "failed: $command")"
done
results_end
