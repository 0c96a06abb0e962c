/* SPDX-License-Identifier: MIT */
#include "experiments/kit/identity.h"

#include "experiments/kit/results.h"
#include "lib/fmt.h"

void identity_emit(struct record_stream *stream, const struct machine *machine)
{
    const struct cpu_snapshot *cpu = &machine->snapshot;

    record_cpu(stream, "vendor", cpu->vendor_text);
    record_cpu(stream, "brand", cpu->brand);
    record_cpu_uint(stream, "family", cpu->family);
    record_cpu_uint(stream, "model", cpu->model);
    record_cpu_uint(stream, "stepping", cpu->stepping);
    if (cpu->microcode_known)
        record_cpu_uint(stream, "microcode", cpu->microcode);
    record_cpu_uint(stream, "cpus", machine->cpu_count);
}

void identity_report_leaves(struct step *step)
{
    const struct cpu_snapshot *cpu = &step->machine->snapshot;

    for (uint32_t i = 0; i < cpu->leaf_count; i++) {
        const struct cpuid_leaf *leaf = &cpu->leaves[i];
        char name[24], regs[33];

        fmt(name, sizeof(name), "%08x.%u", leaf->leaf, leaf->subleaf);
        fmt(regs, sizeof(regs), "%08x%08x%08x%08x", leaf->regs.eax, leaf->regs.ebx, leaf->regs.ecx, leaf->regs.edx);
        result_write(step, "t:%s leaf:%s r:%s", "cpu", name, regs);
    }
}
