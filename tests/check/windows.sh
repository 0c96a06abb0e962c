#!/bin/bash
# SPDX-License-Identifier: MIT
# The timed windows, on the disassembly of the linked image: what stands between two time stamps, that STI and HLT are never parted,
# and that each vector's stub takes its stamp at once. The second half plants errors into a small image, which the same check must find.
# The windows of the lab inside Linux are held against the same table, without STI, and one of their own.
# NEEDS: image linux
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
image=$build/link/pvh.elf
work=$build/test/windows
table=tests/check/windows.table
rm -rf "$work"
mkdir -p "$work"

# inspect FILE METHODS TABLE [TWINS [PROGRAM]]: what windows.awk says about an ELF file, with TWINS also of windows with a fence.
inspect()
{
    objdump -d --no-show-raw-insn "$1" >"$work/disassembly" 2>&1
    awk -v methods="$2" -v table="$3" -v twins="${4:-}" -v program="${5:-}" -f tests/check/windows.awk "$work/disassembly"
}

# method_words FILE...: the words of all idle methods, from the macro that makes a method known.
method_words()
{
    sed -nE 's/^IDLE_METHOD\([a-z0-9_]+, "([a-z0-9_]+)[["[:punct:]].*/\1/p' "$@" | tr '\n' ' '
}

# planted_says WHAT [METHOD]: assembles the small image with one error (NOTHING: without) and says what the check finds wrong when the
# image is to have one more method.
planted_says()
{
    gcc -I. "-DPLANT_$1=1" -c -o "$work/planted.o" tests/check/windows_planted.S 2>&1 &&
        inspect "$work/planted.o" "hlt spin ioport ${2:-}" "$work/planted.table" | grep -v '^ok '
}

# planted WHAT NAME PATTERN [METHOD]: with that error, the check NAME and no other finds it, for a reason that matches.
planted()
{
    local wrong

    wrong=$(planted_says "$1" "${4:-}")
    if [ "$(wc -l <<<"$wrong")" -eq 1 ] && [[ $wrong =~ ^bad\ $2\ .*$3 ]]; then
        result "planted_${1,,}" ''
    else
        result "planted_${1,,}" "expected '$2' to fail with '$3'; found '${wrong:-nothing wrong}'"
    fi
}

if [ -r "$image" ]; then
    while read -r verdict name reason; do
        [ "$verdict" = ok ] && reason=
        result "$name" "$reason"
    done < <(inspect "$image" "$(method_words arch/x86/idle/*.c)" "$table" 1 | sort -k 2)
else
    result windows_image "$image is not there"
fi
[ -n "$(method_words arch/x86/idle/*.c)" ] || result window_methods 'no IDLE_METHOD was found in arch/x86/idle'

grep -v '^hlt_nop ' "$table" | sed 's/ sti / /; s/ sti$//' | cat - tests/check/windows_linux.table >"$work/linux.table"
if [ -r "$build/idlelab-linux" ]; then
    while read -r verdict name reason; do
        [ "$verdict" = ok ] && reason=
        result "linux_$name" "$reason"
    done < <(inspect "$build/idlelab-linux" "$(method_words arch/{x86,linux}/idle/*.c)" "$work/linux.table" 1 1 | sort -k 2)
else
    result windows_linux "$build/idlelab-linux is not there"
fi

grep -v '^umwait_masked_fenced ' "$table" >"$work/twins.table"
result planted_no_twin "$(grep -q '^bad window_umwait_masked_twin ' < <(inspect "$image" 'umwait' "$work/twins.table" 1) || echo 'not found')"
grep -E '^(hlt|spin|ioport_masked) ' "$table" >"$work/planted.table"
result planted_nothing "$(planted_says NOTHING)"
planted OTHER_MOVE window_hlt 'does not save its first stamp'
planted LATE_LABEL window_hlt 'opens behind .nop'
planted LATE_STAMP window_hlt 'closes with .cli'
planted CALL window_hlt 'has .call .* where the table has sti'
planted NOP window_hlt 'has .nop. more than the table'
planted NO_STI window_spin 'has .cmp .* where the table has sti'
planted LOAD window_ioport_masked 'touches memory: .mov'
planted LEAVE window_hlt 'has .je .* more than the table'
planted LEAVE_LOOP window_spin 'a jump leaves the window'
planted ENTER window_spin 'a jump comes in from elsewhere'
planted METHOD window_of_method_more 'has no window' more
planted UNKNOWN window_new 'has no line in the table'
planted SPLIT_ELSEWHERE sti_hlt_never_split 'HLT stands behind .nop., not STI'
planted SKIP_STI sti_hlt_never_split 'passes by its STI'
planted SLOW_WAKE vector_wake_x2apic_stamp 'RDTSC is not among the first 3'
planted SLOW_VECTOR vector_stubs_stamp 'vector 77: .cld. stands before RDTSC'
planted SLOW_COMMON vector_stubs_stamp 'vector 0: RDTSC is not among the first 6'
results_end
