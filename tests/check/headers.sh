#!/bin/bash
# SPDX-License-Identifier: MIT
# Each header compiles alone, has its guard, and has its licence line.
# NEEDS: nothing
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# compile_alone FLAG...: the headers on stdin, many in one call of the compiler; one line for each that does not compile, or warns.
compile_alone()
{
    xargs -r -n 20 -P "$(nproc)" gcc -std=gnu11 -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wundef -Wvla \
        -Wno-unused-const-variable -I. "$@" -fsyntax-only -x c
}

# faults HEADER: compiled once more, now on its own.
faults()
{
    case $1 in
    run/* | tests/*) compile_alone "${host[@]}" <<<"$1" 2>&1 | head -n 5 ;;
    *) compile_alone "${image[@]}" <<<"$1" 2>&1 | head -n 5 ;;
    esac
}

host=(-D_GNU_SOURCE)
image=(-ffreestanding -mno-red-zone -mgeneral-regs-only -fno-pic)
git ls-files -co --exclude-standard -- 'boot/*.h' 'arch/*.h' 'lib/*.h' 'experiments/*.h' 'run/*.h' 'tests/*.h' |
    while read -r header; do [ ! -e "$header" ] || echo "$header"; done | sort >"$work/headers"
all_compile=yes
grep -E '^(run|tests)/' "$work/headers" | compile_alone "${host[@]}" >/dev/null 2>&1 || all_compile=
grep -vE '^(run|tests)/' "$work/headers" | compile_alone "${image[@]}" >/dev/null 2>&1 || all_compile=
while IFS= read -r header; do
    name=header_${header%.h}
    says=
    [ -n "$all_compile" ] || says=$(faults "$header")
    mapfile -t lines <"$header"
    [ "${lines[0]}" = '/* SPDX-License-Identifier: MIT */' ] || says="$says no licence line"
    # The guard is LAB_<ROOM>_<FILE>_H, the room being one of the folders that it lies in.
    rooms=${header%/*}
    rooms=${rooms//\//|}
    file=${header##*/}
    file=${file%.h}
    [[ " ${lines[*]} " =~ " #ifndef LAB_"(${rooms^^})_([A-Z0-9]+_)*"${file^^}_H " ]] || says="$says no guard LAB_<ROOM>_<FILE>_H"
    result "${name//[!a-z0-9]/_}" "$says"
done <"$work/headers"
results_end
