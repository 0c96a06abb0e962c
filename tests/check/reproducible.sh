#!/bin/bash
# SPDX-License-Identifier: MIT
# The same commit built in two folders of different names gives the same bytes. A working tree with changes is copied instead.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
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

echo 1..${#outputs[@]}
first=$work/one
second=$work/a_folder_with_a_longer_name/two
count=0
status=0
built=yes
mkdir -p "$(dirname "$second")"
if ! { copy_to "$first" && copy_second && build_in "$first" && build_in "$second"; }; then
    built=
fi
for output in "${outputs[@]}"; do
    count=$((count + 1))
    name=reproducible_$(tr . _ <<<"$output")
    if [ -n "$built" ] && cmp "$first/build/$output" "$second/build/$output"; then
        echo "ok $count $name"
    else
        echo "not ok $count $name"
        status=1
    fi
done
exit $status
