/* SPDX-License-Identifier: MIT */
#include "arch/x86/wake/wake.h"

#include "arch/x86/cpu/percpu.h"

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
