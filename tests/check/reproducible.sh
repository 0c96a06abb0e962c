#!/bin/bash
# SPDX-License-Identifier: MIT
# The same commit built in two folders of different names gives the same bytes. A working tree with changes is copied instead.
# NEEDS: host
# LONG: 20 s
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/idlelab.XXXXXX")
trap 'rm -rf "$work"' EXIT
outputs=(idlelab.elf idlelab64.elf idlelab.iso)

copy_to()
{
    if [ -z "$(git status --porcelain)" ]; then
        git clone --quiet "$root" "$1"
    else
        mkdir -p "$1"
        git ls-files -co --exclude-standard -z | xargs -0 cp --parents -t "$1"
    fi
}

# A second clone; or a copy of the copy, since somebody may be working in the tree.
copy_second()
{
    if [ -d "$first/.git" ]; then
        copy_to "$second"
    else
        cp -r "$first" "$second"
    fi
}

build_in()
{
    if ! env -u BUILD -u MAKEFLAGS -u MAKELEVEL make -C "$1" -j2 image iso >"$work/make.log" 2>&1; then
        tail -n 20 "$work/make.log" | sed 's/^/# /'
        return 1
    fi
}

first=$work/one
second="$work/a folder with blanks and a longer name/two"
mkdir -p "$(dirname "$second")"
copy_to "$first" && copy_second && build_in "$first" && build_in "$second"
for output in "${outputs[@]}"; do
    result "reproducible_${output//./_}" "$(cmp "$first/build/$output" "$second/build/$output" 2>&1)"
done
# The second folder's name has blanks in it: its image boots from there, and its log goes there.
boots()
{
    cp "$build/launch" "$second/build/" && mkdir "$work/with blanks" &&
        BUILD=$second/build "$second/run/qemu" --accel tcg --smp 1 --quiet --boot "$1" --script "$second/run/scripts/smoke.lab" \
            --log "$work/with blanks/$1.log" 2>&1 && grep -q 'result=PASS' "$work/with blanks/$1.log" || echo 'it did not pass'
}
result folder_with_blanks_boots "$(boots mb1)"
results_end
