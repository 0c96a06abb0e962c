#!/bin/bash
# SPDX-License-Identifier: MIT
# What the built image must look like: segments, the library's symbols, sizes.
# NEEDS: image iso
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/limits.sh
. tests/limits.sh

# The loadable segments of an image, one a line, as flags in readelf's letters.
segments()
{
    readelf -lW "$1" | awk '$1 == "LOAD" { flags = ""; for (i = 7; i < NF; i++) flags = flags $i; print flags }'
}

check_segments()
{
    local flags

    if [ ! -r "$1" ]; then
        echo "$1 is not there"
        return
    fi
    flags=$(segments "$1" | sort -u | tr '\n' ' ')
    case $flags in
    'R RE RW ') ;;
    *) echo "$1 has segments with flags '$flags', expected R, RE and RW" ;;
    esac
}

# Symbols that an object of lib/ needs and no object of lib/ has.
foreign_symbols()
{
    find "$build/obj/lib" -name '*.o' | sort | xargs nm --format=posix | awk '
        NF >= 2 && $2 == "U" { needed[$1] = 1 }
        NF >= 2 && $2 ~ /^[A-TV-Z]$/ { defined[$1] = 1 }
        END {
            if (length(defined) == 0) print "no object of lib/ was found"
            # The linker bounds the section in which the governors of lib/ register themselves.
            for (name in needed) if (!(name in defined) && name !~ /^__(start|stop)_lab_governors$/) print name
        }'
}

# over_limit FILE KIB
over_limit()
{
    local bytes

    if [ ! -r "$1" ]; then
        echo "$1 is not there"
        return
    fi
    bytes=$(stat -c %s "$1")
    [ "$bytes" -le $(($2 * 1024)) ] || echo "$1 has $bytes bytes, at most $2 KiB are wanted (tests/limits.sh)"
}

# Instructions that the image must not have: below the stack pointer an interrupt writes, and vector and x87 registers are never saved.
forbidden_code()
{
    objdump -d --no-show-raw-insn "$1" | awk '
        /^[0-9a-f]+ <.*>:$/ { name = $2; next }
        { code++ }
        /-0x[0-9a-f]+\(%rsp\)/ && !/\tlea / { print name, $0, "(red zone)" }
        /%([xyz]mm|mm|st|k)[0-9(]|%st$/ { print name, $0, "(vector or x87 register)" }
        END { if (code < 1000) print "found no code" }'
}

# uncalled_functions IMAGE: global functions in it that no code and no table names. The linker drops those where each function has a
# section of its own; it begins at boot_start.
uncalled_functions()
{
    find "$build/obj" -name '*.o' | sort | xargs objdump -r 2>/dev/null | awk -v image="$1" '
        /^RELOCATION RECORDS FOR / { loaded = !/\[\.(debug|eh_frame)/ }
        loaded && /R_X86_64_/ { sub(/[-+]0x[0-9a-f]+$/, "", $3); named[$3] = 1 }
        END {
            named["boot_start"] = 1
            while ((("readelf -sW " image) | getline) > 0)
                if ($4 == "FUNC" && $5 == "GLOBAL") {
                    functions++
                    if (!($8 in named)) print $8 " is in " image ", and nobody names it"
                }
            if (functions < 100) print "found no functions in " image
        }'
}

# Whoever is not at the machine must not have to press a key: the menu of the ISO image goes on by itself.
menu_waits()
{
    local seconds

    seconds=$(grep -aoE '^ *set timeout=.*' "$1" | sed 's/.*=//' | sort -u | tr '\n' ' ')
    [ "$seconds" = '0 10 ' ] || echo "the menu of $1 waits for '$seconds' seconds, expected 0 with words of a launcher, and 10 without"
}

result image_no_red_zone_no_vectors "$(forbidden_code "$build/link/pvh.elf")"
result image_no_uncalled_function "$(uncalled_functions "$build/link/pvh.elf")"
result image_menu_goes_on "$(menu_waits "$build/idlelab.iso")"
result image_segments_elf32 "$(check_segments "$build/idlelab.elf")"
result image_segments_elf64 "$(check_segments "$build/idlelab64.elf")"
result image_lib_needs_nobody "$(foreign_symbols)"
result image_size "$(over_limit "$build/idlelab.elf" $image_limit_kib)"
result image_saver_size "$(over_limit "$build/save.efi" $saver_limit_kib)"
result image_iso_size "$(over_limit "$build/idlelab.iso" $iso_limit_kib)"
results_end
