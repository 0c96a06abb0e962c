#!/bin/bash
# SPDX-License-Identifier: MIT
# The pages against the image: what the descriptors say stands there as they say it, each script line on a page would run, and each
# finding that the image can make is explained. `make docs` writes the generated parts.
# NEEDS: image BUILD/fill
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -n "${TESTS_BUILT:-}" ] || make -s BUILD="$build" "$build/fill" "$build/link/pvh.elf" >&2
mapfile -t pages < <(git ls-files -co --exclude-standard -- README.md 'docs/*.md')

stale_page()
{
    if ! "$build/fill" "$build/link/pvh.elf" "$1" >"$work/page" 2>"$work/wordless"; then
        cat "$work/wordless"
    elif ! cmp -s "$work/page" "$1"; then
        echo 'the descriptors say otherwise; "make docs" writes it:'
        diff "$1" "$work/page" | head -n 10
    fi
}

# "PLACE<tab>SCRIPT" for what looks like a script: code that begins with an experiment's name and has a key. Not in comments, where the
# scripts that are to be wrong stand, and not where something is left out or has a placeholder.
scripts()
{
    local names
    # shellcheck disable=SC2016 # these are backticks
    names=$(grep -oE '^\| `[a-z0-9_]+`' docs/scripts.md | tr -d '|` ' | paste -sd '|')

    # shellcheck disable=SC2016 # awk expands it
    awk -v names="$names" '
        function offer(text) {
            gsub("\\\\[|]", "|", text)
            sub("^.*(SCRIPT=|--script )\047", "", text); sub("\047.*", "", text)
            if (text ~ "^(" names ") [a-z_0-9]+=" && text !~ /[.][.][.]|…|[A-Z][A-Z][A-Z]|=[ ,;]|=$/) print place "\t" text
        }
        function spans(text,    from) {
            while ((from = index(text, "`")) > 0) {
                text = substr(text, from + 1); from = index(text, "`")
                if (!from) return
                offer(substr(text, 1, from - 1)); text = substr(text, from + 1)
            }
        }
        FNR == 1 { spans(paragraph); paragraph = ""; code = comment = 0 }
        /^<!-- generated: errors/ { errors = 1 }
        /^<!-- end/ { errors = 0 }
        errors { next }
        /^<!--/ { comment = !/-->/; next }
        comment { if (/-->/) comment = 0; next }
        /^```/ { spans(paragraph); paragraph = ""; code = !code; next }
        code { place = FILENAME ":" FNR; offer($0); next }
        /^$/ || /^[|]/ { spans(paragraph); paragraph = "" }
        { if (paragraph == "") place = FILENAME ":" FNR; paragraph = paragraph " " $0 }
        END { spans(paragraph) }' "${pages[@]}"
}

# The ids of findings on stdin, a program's text: the first words in quotes of a call that makes one, both of "a" : "b"; and members .id.
finding_ids()
{
    perl -0777 -ne '
        while (/\b(?:result_finding|result_say|record_finding|say)\(([^";{}]*)"(\w+)"(?:\s*:\s*"(\w+)")?/g) {
            print "$2\n", defined $3 ? "$3\n" : "" }
        print "$1\n" while /\.id = "(\w+)"/g' | sort -u
}

unexplained_findings()
{
    git ls-files -co --exclude-standard -- 'experiments/*.c' 'arch/*.c' 'lib/*.c' | xargs cat | finding_ids |
        while read -r id; do
            [[ $id =~ ^[a-z0-9_]+$ ]] || echo "found the finding $id, expected a to z, 0 to 9 and _"
            grep -qE "\`${id}[\` (]" "${pages[@]}" || echo "no page explains the finding $id"
        done
}

if [ ! -x "$build/fill" ]; then
    result docs_builds "$build/fill is not there"
    results_end
fi
while read -r page; do
    result "docs_$(tr -c 'a-z0-9\n' _ <<<"${page%.md}")_is_fresh" "$(stale_page "$page")"
done < <(grep -l '^<!-- generated: ' "${pages[@]}")
result docs_nested_is_fresh "$(tests/docs/nested 2>&1 >"$work/nested"; diff docs/virtualisation.md "$work/nested" | head -n 10)"
scripts >"$work/scripts"
result docs_scripts_are_seen "$([ "$(wc -l <"$work/scripts")" -gt 50 ] || echo "only $(wc -l <"$work/scripts") script lines were found")"
result docs_scripts_are_right "$("$build/fill" "$build/link/pvh.elf" --scripts <"$work/scripts")"
planted='result_say(step,
    "two_lines", CONFIDENCE_NONE, "text"); say(a, ok ? "one_way" : "other_way", "text"); {.id = "in_table"}; other("none")'
result docs_findings_are_seen "$(finding_ids <<<"$planted" | diff <(printf '%s\n' in_table one_way other_way two_lines) -)"
result docs_findings_are_explained "$(unexplained_findings)"
results_end
