/* SPDX-License-Identifier: MIT */
#include "experiments/engine/resume.h"

#include "experiments/kit/identity.h"

void resume_identity(struct record_stream *stream, const struct machine *machine)
{
    const struct clock *clock = &machine->clock;

    identity_emit(stream, machine);
    record_env(stream, "hypervisor", hv_name(machine->hv.kind));
    record_write(stream, true, "t:%s k:%s v:%lu src:%s", "cal", "tsc_hz", clock->tsc_hz,
                 tsc_source_name(clock->source));
}
