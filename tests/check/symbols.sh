#!/bin/bash
# SPDX-License-Identifier: MIT
# The rooms' rule on symbols: who may call whom, by `nm` over the objects. A prototype of one's own passes dependencies.sh and fails here.
# No files of one program need each other in a circle, and arrows never turn back: experiment -> kit -> arch -> lib; engine -> kit;
# boot -> lab_main() of the engine; run -> lib. Inside Linux a file of arch/linux or experiments/linux stands in another's place.
# NEEDS: image host linux
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
folder=${build#"$root"/} # make takes no path with a blank in it
kit_instead='pending|vitals' # of experiments/linux: they are the kit's

# The objects that make knows by these names; stale ones of files that are gone are not among them.
objects()
{
    make -s BUILD="$folder" "${@/#/print-}" | sed 's/^[A-Z_]* = //' | tr ' ' '\n' | sort -u
}

# "FROM TO SYMBOL" for each symbol that one of the objects on stdin takes from another; objects by their sources, without suffix.
edges()
{
    xargs -r nm -A | sed -nE "s,^$folder/(obj|host|tool|linux)/(.*)\.o:[0-9a-f]* *([A-Za-z]) ([^ ]*)\$,\2 \3 \4,p" |
        sed -E "s,^experiments/linux/($kit_instead) ,experiments/kit/\1 ," | awk '
        $2 ~ /[Uwv]/ { wanted[$1 " " $3] }
        $2 ~ /[A-TV-Z]/ { file[$3] = $1 }
        END {
            for (want in wanted) {
                split(want, part)
                if (part[2] in file && file[part[2]] != part[1]) print part[1], file[part[2]], part[2]
            }
        }' | sort
}

# Prints the edges on stdin that the rule forbids. Nobody uses the files in `descriptors`: each is where its experiment begins.
forbidden()
{
    awk -v descriptors=" $descriptors " '
    function experiment(path) {
        if (path !~ /^experiments\//) return ""
        sub(/^experiments\//, "", path); sub(/\/.*/, "", path)
        return path ~ /^(kit|engine|linux)$/ ? "" : path
    }
    function allowed(from, to, symbol) {
        if (from ~ /^run\/log\//) return to ~ /^(run\/log|lib)\//
        if (from ~ /^run\/tool\//) return to ~ /^(run\/(tool|log)|lib)\// || to == "gen/version"
        if (from ~ /^run\/launch\//) return to ~ /^(run\/(launch|log)|lib)\//
        if (index(descriptors, " " to " ")) return 0
        if (to ~ /^lib\//) return 1
        if (from ~ /^lib\//) return 0
        if (to == "gen/font") return from ~ /^arch\/x86\/console\//
        if (from ~ /^arch\//) return to ~ /^arch\//
        if (from ~ /^boot\//) return to ~ /^boot\// || symbol == "lab_main"
        if (from ~ /^experiments\/linux\//) return to ~ /^(arch|experiments\/(engine|kit|linux)|gen)\//
        if (from ~ /^experiments\/engine\//) return to ~ /^(arch|experiments\/(engine|kit)|gen)\//
        if (from ~ /^experiments\/kit\//) return to ~ /^(arch|experiments\/kit)\//
        if (experiment(from)) return to ~ /^(arch|experiments\/kit)\// || experiment(to) == experiment(from)
        return 0
    }
    !allowed($1, $2, $3) { print $1 " uses " $3 " of " $2 }'
}

# Prints the files of the edges on stdin that need each other in a circle.
circles()
{
    cut -d ' ' -f 1,2 | tsort 2>&1 >/dev/null | sed 's/^tsort: //'
}

# The judge itself, on edges whose verdict is known.
known_bad='lib/fmt arch/x86/exit exit_halt
lib/fmt run/tool/main command_usage
arch/x86/cpu/smp boot/ap_entry ap_entry32
arch/x86/irq/irq experiments/kit/step step_tsc
arch/x86/irq/irq experiments/wake/keys wake_check
boot/boot_main experiments/engine/runner runner_run
boot/boot_main arch/x86/exit exit_halt
experiments/kit/step experiments/engine/runner runner_run
experiments/kit/step experiments/wake/keys wake_check
experiments/engine/lab experiments/wake/keys wake_check
experiments/engine/lab boot/boot_main boot_main
experiments/wake/wake experiments/cost/eoi cost_sample_pv_eoi
experiments/wake/wake experiments/engine/guard guard_batch
experiments/wake/wake gen/build_id build_id
lib/fmt gen/font font_glyphs
experiments/engine/lab gen/font font_glyphs
experiments/wake/keys experiments/wake/wake wake_window
experiments/noise experiments/wake/keys wake_check
experiments/linux/main experiments/wake/keys wake_check
experiments/engine/runner experiments/linux/survey survey_all
run/launch/main run/tool/main command_usage
run/tool/main run/launch/verdict verdict_describe
run/tool/main arch/x86/cpu/cpuid cpuid_decode'
known_good='lib/fmt lib/text text_add
arch/x86/exit lib/fmt fmt
arch/x86/exit arch/x86/cpu/paging paging_map_mmio
boot/boot_main boot/boot_info boot_info_fill
boot/boot_main experiments/engine/lab lab_main
experiments/kit/step arch/x86/irq/watchdog watchdog_pet
experiments/engine/lab experiments/kit/step step_tsc
experiments/engine/lab gen/build_id build_id
arch/x86/console/framebuffer gen/font font_glyphs
experiments/wake/wake experiments/wake/keys wake_check
experiments/wake/wake experiments/kit/step step_tsc
experiments/noise arch/x86/time/delay delay_tsc
experiments/linux/main experiments/engine/runner runner_run
experiments/linux/survey arch/linux/files os_read_text
run/launch/main lib/crc crc32c
run/tool/main run/tool/command command_usage'
descriptors='experiments/wake/wake experiments/noise'
missed=$(comm -23 <(sort <<<"$known_bad") <(forbidden <<<"$known_bad" | sed -E 's/(.*) uses (.*) of (.*)/\1 \3 \2/' | sort))
result symbols_judge_sees_bad_edges "$missed"
result symbols_judge_takes_good_edges "$(forbidden <<<"$known_good")"
seen=$(printf 'a b f\nb c g\nc a h\nc d i\n' | circles)
result symbols_judge_sees_circles "$([ "$(grep -c '^[abc]$' <<<"$seen")" = 3 ] || echo "a circle of a, b and c: found '$seen'")"
result symbols_judge_takes_chains "$(printf 'a b f\nb c g\na c h\n' | circles)"

descriptors=$(grep -rl --include='*.c' '^LAB_EXPERIMENT(' experiments | sed 's/\.c$//' | tr '\n' ' ')

# inspect PROGRAM LEAST VARIABLE...: the objects of one program, which have at least so many edges.
inspect()
{
    local found

    found=$(objects "${@:3}" | edges)
    result "symbols_$1_seen" "$([ "$(wc -l <<<"$found")" -ge "$2" ] || echo "few symbols pass between its files: $(head -n 3 <<<"$found")")"
    result "symbols_$1_no_circle" "$(circles <<<"$found")"
    result "symbols_$1_no_forbidden_use" "$(forbidden <<<"$found")"
}

inspect image 1000 IMAGE_OBJECTS
inspect linux 1000 LINUX_OBJECTS
inspect lib 100 HOST_LIB
inspect launcher 100 LAUNCH_OBJECTS HOST_LIB
inspect tool 400 TOOL_OBJECTS TOOL_ROOM_OBJECTS
results_end
