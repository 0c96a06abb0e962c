#!/bin/bash
# SPDX-License-Identifier: MIT
# The pages: each relative link and each anchor leads somewhere, and each file that pages or comments name is there.
# NEEDS: nothing
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "${1:-$root}" || exit 1 # another tree: the test of this test
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mapfile -t pages < <(git ls-files -co --exclude-standard -- '*.md')

# The anchors of a page's headings, as GitHub makes them.
anchors()
{
    awk '/^```/ { code = !code } !code && /^#+ / { sub(/^#+ +/, ""); print tolower($0) }' "$1" |
        sed -E 's/\[([^]]*)\]\([^)]*\)/\1/g; s/[^a-z0-9 _-]//g; s/ /-/g'
}

# "PAGE:LINE TARGET" for each link of a page that leads to this repository.
links()
{
    awk '/^```/ { code = !code }
        !code {
            text = $0; gsub(/`[^`]*`/, "", text)
            while (match(text, /\]\([^) ]+\)/)) {
                target = substr(text, RSTART + 2, RLENGTH - 3); text = substr(text, RSTART + RLENGTH)
                if (target !~ /^[a-z]+:/) print FILENAME ":" FNR, target
            }
        }' "$@"
}

broken_links()
{
    local place target page file anchor

    while read -r place target; do
        page=${place%:*} file=${target%%#*} anchor=
        case $target in *'#'*) anchor=${target#*#} ;; esac
        if [ -n "$file" ]; then file=$(dirname "$page")/$file; else file=$page; fi
        if [ ! -e "$file" ]; then
            echo "$place: $target: there is no such file"
        elif [ -n "$anchor" ] && ! grep -qxF -- "$anchor" < <(anchors "$file"); then
            echo "$place: $target: the page has no such heading"
        fi
    done < <(links "${pages[@]}")
}

# Names of files in pages and in comments that no file of this repository has, nor one of those that they quote.
missing_files()
{
    git ls-files -co --exclude-standard >"$work/files"
    # shellcheck disable=SC2016 # awk expands it
    git ls-files -co --exclude-standard -- '*.md' '*.c' '*.h' '*.S' | grep -v '^tests/golden/' | xargs -r awk '
        BEGIN { foreign = "^(arch/x86/(events|include|kernel|kvm)|drivers|virt|include|hw|target|xen|arch-x86)/" \
                          "|^(build/)?gen/|^(inttypes|math|pvclock-abi|start_info|std[a-z]+|string|x86)[.]h$|^svm/svm[.]c$|NAME" }
        FILENAME == ARGV[1] {
            for (name = $0; name != ""; ) {
                have[name] = 1
                if (!sub("^[^/]*/", "", name)) break
            }
            next
        }
        FNR == 1 { is_page = FILENAME ~ /[.]md$/; inside = is_page }
        {
            text = $0; said = is_page ? text " " : ""
            while (!is_page && text != "") {
                if (inside) {
                    end = index(text, "*/")
                    said = said " " (end ? substr(text, 1, end - 1) : text)
                    text = end ? substr(text, end + 2) : ""
                    inside = !end
                } else {
                    begin = index(text, "/*")
                    text = begin ? substr(text, begin + 2) : ""
                    inside = begin > 0
                }
            }
            gsub("[A-Za-z0-9_/.-]*[*][A-Za-z0-9_/.*-]*", "", said)
            while (match(said, "[A-Za-z0-9/.-][A-Za-z0-9_/.-]*[.](c|h|S|sh|md|awk|pml|py)[^A-Za-z0-9_]")) {
                name = substr(said, RSTART, RLENGTH - 1); said = substr(said, RSTART + RLENGTH - 1)
                sub("^([.]+/)+", "", name)
                if (!(name in have) && name !~ foreign) print FILENAME ":" FNR ": there is no file " name
            }
        }' "$work/files"
}

result links_pages_are_seen "$([ ${#pages[@]} -gt 20 ] || echo "only ${#pages[@]} pages were found")"
result links_lead_somewhere "$(broken_links)"
result links_files_are_there "$(missing_files)"
results_end
