// SPDX-License-Identifier: MIT
#include "experiments/engine/resume.h"

#include "lib/json.h"

void resume_identity(struct record_stream *stream, const struct machine *machine)
{
    const struct cpu_snapshot *cpu = &machine->snapshot;
    const struct clock *clock = &machine->clock;
    char text[JSON_OBJECT_BYTES];
    struct json json;

    record_cpu(stream, "vendor", cpu->vendor_text);
    record_cpu(stream, "brand", cpu->brand);
    record_cpu_uint(stream, "family", cpu->family);
    record_cpu_uint(stream, "model", cpu->model);
    record_cpu_uint(stream, "stepping", cpu->stepping);
    if (cpu->microcode_known)
        record_cpu_uint(stream, "microcode", cpu->microcode);
    record_cpu_uint(stream, "cpus", machine->cpu_count);
    record_env(stream, "hypervisor", hv_name(machine->hv.kind));
    json_begin(&json, text, sizeof text);
    json_str(&json, "t", "cal");
    json_str(&json, "k", "tsc_hz");
    json_uint(&json, "v", clock->tsc_hz);
    json_str(&json, "src", tsc_source_name(clock->source));
    record_emit(stream, json_end(&json), true);
}
