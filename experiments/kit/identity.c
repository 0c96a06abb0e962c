/* SPDX-License-Identifier: MIT */
#include "experiments/kit/identity.h"

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
