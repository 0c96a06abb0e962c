/* SPDX-License-Identifier: MIT */
#include "experiments/engine/resume.h"

#include "experiments/kit/identity.h"
#include "lib/json.h"

void resume_identity(struct record_stream *stream, const struct machine *machine)
{
    const struct clock *clock = &machine->clock;
    char text[JSON_OBJECT_BYTES];
    struct json json;

    identity_emit(stream, machine);
    record_env(stream, "hypervisor", hv_name(machine->hv.kind));
    json_begin(&json, text, sizeof text);
    json_str(&json, "t", "cal");
    json_str(&json, "k", "tsc_hz");
    json_uint(&json, "v", clock->tsc_hz);
    json_str(&json, "src", tsc_source_name(clock->source));
    record_emit(stream, json_end(&json), true);
}
