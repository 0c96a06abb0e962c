#!/bin/bash
# SPDX-License-Identifier: MIT
# Each header compiles alone, has its guard, and has its licence line.
# NEEDS: nothing
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

warnings=(-std=gnu11 -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wundef -Wvla -I. -fsyntax-only -x c -)
image=(-ffreestanding -mno-red-zone -mgeneral-regs-only -fno-pic)

# compile_alone HEADER: prints what the compiler says.
compile_alone()
{
    case $1 in
    run/* | tests/*) echo "#include \"$1\"" | gcc -D_GNU_SOURCE "${warnings[@]}" 2>&1 ;;
    *) echo "#include \"$1\"" | gcc "${image[@]}" "${warnings[@]}" 2>&1 ;;
    esac
}

# The guard that a header must have: LAB_<ROOM>_<FILE>_H, the room being one of the folders that it lies in.
has_guard()
{
    local file rooms

    rooms=$(dirname "$1" | tr '[:lower:]/' '[:upper:]|')
    file=$(basename "$1" .h | tr '[:lower:]' '[:upper:]')
    grep -qE "^#ifndef LAB_(${rooms})_([A-Z0-9]+_)*${file}_H$" "$1"
}

while IFS= read -r header; do
    name=header_${header%.h}
    name=${name//[!a-z0-9]/_}
    wanted "$name" || continue
    says=$(compile_alone "$header" | head -n 5)
    has_guard "$header" || says="$says no guard LAB_<ROOM>_<FILE>_H"
    [ "$(head -n 1 "$header")" = '/* SPDX-License-Identifier: MIT */' ] || says="$says no licence line"
    result "$name" "$says"
done < <(git ls-files -co --exclude-standard -- 'boot/*.h' 'arch/*.h' 'lib/*.h' 'experiments/*.h' 'run/*.h' \
    'tests/*.h' | sort)
results_end
