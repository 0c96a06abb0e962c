/* SPDX-License-Identifier: MIT */
#include "experiments/kit/kinds.h"

#include "arch/x86/cpu/features.h"
#include "experiments/kit/experiment.h"
#include "lib/text.h"

enum { WORDS_BYTES = 1024 };

/* The features that `has` lists and `lacks` does not. */
static void list_more(const struct cpu_snapshot *has, const struct cpu_snapshot *lacks, char words[WORDS_BYTES])
{
    const struct cpu_feature *feature;

    words[0] = '\0';
    for (uint32_t i = 0; (feature = cpu_feature_at(i)) != NULL; i++)
        if (cpu_has(has, feature->field) && !cpu_has(lacks, feature->field))
            text_list(words, WORDS_BYTES, " ", feature->name);
}

static uint32_t count_of(const struct machine *machine, const struct cpu_snapshot *kind)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < machine->cpu_count; i++)
        count += machine_cpuid(machine, machine->cpus[i]) == kind;
    return count;
}

static void report_kind(struct step *step, const struct percpu *first)
{
    const struct machine *machine = step->machine;
    const struct cpu_snapshot *kind = machine_cpuid(machine, first);
    const char *type = cpu_core_type(kind);
    char more[WORDS_BYTES], less[WORDS_BYTES];

    list_more(kind, &machine->snapshot, more);
    list_more(&machine->snapshot, kind, less);
    result_say(step, "cpu_kind", CONFIDENCE_NONE,
               "CPU %u and those like it (%u%s%s) have another CPUID than CPU 0; features more: %s; less: %s",
               first->index, count_of(machine, kind), type ? ", type " : "", type ? type : "", *more ? more : "none",
               *less ? less : "none");
}

void kinds_report(struct step *step)
{
    const struct machine *machine = step->machine;

    for (uint32_t k = 1; k < machine->kind_count; k++)
        report_kind(step, machine->kinds[k]);
    if (machine->kinds_lost)
        result_say(step, "cpu_kind", CONFIDENCE_NONE,
                   "%u CPUs whose CPUID could not be kept are taken for CPU 0's kind", machine->kinds_lost);
}
