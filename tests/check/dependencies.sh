#!/bin/bash
# SPDX-License-Identifier: MIT
# The rooms' rule: who may include whom. Reads the compiler's dependency files for what is compiled, and the #include lines of
# those files for the edges. Arrows never turn back: run -> lib; engine -> kit; experiment -> kit -> arch -> lib; boot -> lib.
# Of arch/linux only experiments/linux knows, which is the engine's part inside Linux; these two alone have the C library's headers.
# NEEDS: image host linux
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

# All project files that any object was made from, and that are still there.
compiled_files()
{
    find "$build" -path "$build/test" -prune -o -name '*.d' -print0 | xargs -0 -r cat | tr -s ' \\:\n' '\n' |
        sed -e "s,^$root/,," | grep -E '^(boot|arch|lib|experiments|run)/.*\.(c|h|S)$' | sort -u |
        while read -r file; do [ ! -e "$file" ] || echo "$file"; done
}

# "FROM TO" for each #include "TO" of the files on stdin; an include by relative path shows as `relative`.
edges()
{
    # shellcheck disable=SC2016 # awk expands it
    xargs -r awk '
        /^[[:space:]]*#[[:space:]]*include[[:space:]]*"/ {
            to = $0; sub(/^[^"]*"/, "", to); sub(/".*/, "", to)
            print FILENAME, (to ~ /^(boot|arch|lib|experiments|run|tests)\// ? to : "relative:" to)
        }
        /^[[:space:]]*#[[:space:]]*include[[:space:]]*</ {
            to = $0; sub(/^[^<]*/, "", to); sub(/>.*/, ">", to); print FILENAME, to
        }'
}

# Prints the edges on stdin that the rule forbids.
forbidden()
{
    awk '
    # The folder of an experiment, or its one file: wake, noise. Not kit and engine, which serve them all.
    function experiment(path) {
        if (path !~ /^experiments\//) return ""
        sub(/^experiments\//, "", path); sub(/[\/.].*/, "", path)
        return path ~ /^(kit|engine|linux)$/ ? "" : path
    }
    function freestanding(to) { return to ~ /^<std(int|def|bool|arg|align|noreturn)\.h>$|^<limits\.h>$/ }
    function allowed(from, to) {
        if (to ~ /^relative:/) return 0
        # The reader of logs is below launcher and host tool, which know nothing of each other.
        if (from ~ /^run\/log\//) return to ~ /^</ || to ~ /^(run\/log|lib)\//
        if (from ~ /^run\/launch\//) return to ~ /^</ || to ~ /^(run\/(log|launch)|lib)\//
        # It reads the descriptors of the image, which it loads: types alone, no symbol of them is linked.
        if (from ~ /^run\/tool\/plan\// && to ~ /^(arch\/x86\/(cpu\/cpuid|idle\/idle)|experiments\/(kit\/experiment|engine\/builtin_scripts))\.h$/)
            return 1
        if (from ~ /^run\/tool\//) return to ~ /^</ || to ~ /^(run\/(log|tool)|lib)\//
        if (from ~ /^run\//) return to ~ /^</ || to ~ /^(run|lib)\//
        # The one header that stands for the C library in both worlds.
        if (from == "lib/cstring.h") return to ~ /^</ || to ~ /^lib\//
        if (from ~ /^(arch|experiments)\/linux\// && to ~ /^</) return 1
        if (to ~ /^</) return freestanding(to)
        if (to ~ /^lib\//) return 1
        if (from ~ /^lib\//) return 0
        if (from ~ /^arch\/linux\//) return to ~ /^arch\//
        if (from !~ /^experiments\/linux\// && to ~ /^arch\/linux\//) return 0
        if (from ~ /^arch\//) return to ~ /^arch\//
        if (from ~ /^boot\//)
            return to ~ /^boot\// || to ~ /^arch\/x86\/.*_regs\.h$/ || to ~ /^arch\/x86\/(insn|cpu\/paging)\.h$/
        # What the descriptor is built from is shared by model.h and parts.h; nobody includes a .c file.
        if (to ~ /\.c$/) return 0
        if (from ~ /^experiments\/[a-z0-9_]+\/model\.h$/ && experiment(to)) return 0
        if (from ~ /^experiments\/linux\//) return to ~ /^arch\// || to ~ /^experiments\/(engine|kit|linux)\//
        if (from ~ /^experiments\/engine\//)
            return to ~ /^arch\// || to ~ /^experiments\/(engine|kit)\// || to == "boot/lab_main.h"
        if (from ~ /^experiments\/kit\//) return to ~ /^arch\// || to ~ /^experiments\/kit\//
        if (experiment(from))
            return to ~ /^arch\// || to ~ /^experiments\/kit\// || experiment(to) == experiment(from)
        return 0
    }
    !allowed($1, $2) { print $1 " includes " $2 }'
}

# The judge itself, on edges whose verdict is known.
known_bad='lib/fmt.c arch/x86/insn.h
lib/fmt.c <stdio.h>
arch/x86/irq/idt.c experiments/kit/experiment.h
arch/x86/irq/idt.c boot/boot_info.h
boot/entry.S experiments/engine/lab.h
boot/boot_main.c arch/x86/irq/apic.h
experiments/wake/wake.c experiments/cost/parts.h
experiments/wake/wake.c experiments/engine/runner.h
experiments/wake/wake.c experiments/wake/keys.c
experiments/wake/model.h experiments/wake/parts.h
experiments/noise.c experiments/engine/guard.h
experiments/kit/step.c experiments/engine/runner.h
experiments/kit/step.c experiments/wake/model.h
experiments/engine/lab.c boot/boot_info.h
experiments/engine/lab.c experiments/wake/parts.h
run/launch/main.c arch/x86/insn.h
run/tool/main.c experiments/kit/experiment.h
run/tool/plan/plan.c experiments/engine/runner.h
run/launch/main.c run/tool/model/model.h
run/log/reader.c run/launch/verdict.h
arch/x86/cpu/smp.c arch/linux/os.h
arch/x86/cpu/smp.c <signal.h>
arch/linux/machine.c experiments/kit/experiment.h
experiments/wake/wake.c arch/linux/os.h
experiments/engine/runner.c experiments/linux/survey.h
experiments/linux/main.c experiments/wake/parts.h
arch/x86/irq/idt.c relative:idt.h'
known_good='lib/fmt.c lib/fmt.h
lib/fmt.c <stdint.h>
arch/x86/irq/idt.c arch/x86/insn.h
boot/entry.S arch/x86/cr_regs.h
experiments/wake/wake.c experiments/kit/experiment.h
experiments/wake/parts.h experiments/wake/model.h
experiments/wake/model.h experiments/kit/calibrate.h
experiments/noise.c experiments/kit/experiment.h
experiments/kit/step.c experiments/kit/experiment.h
experiments/engine/lab.c experiments/kit/experiment.h
arch/linux/machine.c arch/x86/machine.h
arch/linux/machine.c <signal.h>
experiments/linux/main.c <stdio.h>
experiments/linux/main.c experiments/engine/runner.h
experiments/linux/survey.c arch/linux/os.h
run/launch/main.c <stdio.h>
run/launch/run_log.c lib/crc.h
run/tool/plan/plan.c experiments/kit/experiment.h
run/tool/main.c run/log/reader.h'

missed=$(comm -23 <(sort <<<"$known_bad") <(forbidden <<<"$known_bad" | sed 's/ includes / /' | sort))
result dependencies_judge_sees_bad_edges "$missed"
result dependencies_judge_takes_good_edges "$(forbidden <<<"$known_good")"

files=$(compiled_files)
rooms=$(cut -d/ -f1 <<<"$files" | sort -u | tr '\n' ' ')
result dependencies_rooms_seen "$([ "$rooms" = 'arch boot experiments lib run ' ] || echo "rooms compiled: $rooms")"
result dependencies_no_forbidden_include "$(edges <<<"$files" | sort -u | forbidden)"
results_end
