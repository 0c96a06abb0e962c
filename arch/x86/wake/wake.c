/* SPDX-License-Identifier: MIT */
#include "arch/x86/wake/wake.h"

#include "arch/x86/cpu/percpu.h"
#include "lib/cstring.h"

const struct wake_source *wake_find(const char *name)
{
    const struct wake_source *const *at = __lab_sources_start;

    while (strcmp((*at)->name, name) != 0)
        at++;
    return *at;
}

const uint64_t *wake_watch(const struct percpu *cpu, enum wake_trace trace)
{
    if (trace == WAKE_TRACE_IRQ)
        return &cpu->wake_count;
    return trace == WAKE_TRACE_NMI ? &cpu->nmi_count : &cpu->wake_line;
}

uint64_t wake_stamp(const struct percpu *cpu, enum wake_trace trace)
{
    if (trace == WAKE_TRACE_IRQ)
        return percpu_count(&cpu->wake_tsc);
    return trace == WAKE_TRACE_NMI ? percpu_count(&cpu->nmi_tsc) : 0;
}
