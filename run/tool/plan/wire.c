/* SPDX-License-Identifier: MIT */
#include "run/tool/plan/wire.h"

#include <string.h>

enum {
    PART_CHARS = 79,              /* of a step's keys in one plan record, */
    PART_BYTES = 175,             /* which takes so many */
    COPIES = 2,                   /* summaries go out twice */
    RAW_BYTES = 26,               /* a raw sample, once */
    SKIP_BYTES = 600,             /* of a step that is skipped */
    STEP_BYTES = 8000,            /* of an experiment that is not listed */
    BYTES_A_SECOND = 115200 / 10, /* start bit, eight bits, stop bit */
};

/* Bytes of a step that ran: means over the scripts default, kvm and full under QEMU's emulator. */
static const struct {
    const char *experiment;
    uint64_t bytes;
} MEANS[] = {
    {"survey", 20000}, {"preflight", 8000}, {"noise", 7000},  {"cost", 4500},      {"wake", 22000},
    {"monitor", 1200}, {"deadline", 9000},  {"ipi", 16500},   {"neighbour", 5000}, {"ple", 7000},
    {"tick", 15000},   {"haltpoll", 12000}, {"after", 33000},
};

/* The samples that the step has time for: each takes its interval at the least. */
static uint64_t samples_of(const struct plan_step *step)
{
    const struct plan_value *value = plan_find(step, "interval");
    uint64_t samples = plan_count(step, "samples", 0), most = UINT64_MAX;

    if (value && !value->interval.ticks && value->interval.low > 0)
        most = step->estimate_ns / value->interval.low;
    return samples < most ? samples : most;
}

uint64_t wire_step_bytes(const struct plan_step *step, bool skipped)
{
    uint64_t bytes = skipped ? SKIP_BYTES : STEP_BYTES, samples, raw;

    for (size_t m = 0; m < sizeof(MEANS) / sizeof(MEANS[0]) && !skipped; m++)
        if (strcmp(MEANS[m].experiment, step->spec->name) == 0)
            bytes = MEANS[m].bytes;
    bytes += COPIES * PART_BYTES * (1 + strlen(step->args) / PART_CHARS);
    samples = plan_flag(step, "raw") && !skipped ? samples_of(step) : 0;
    return __builtin_mul_overflow(samples, RAW_BYTES, &raw) || __builtin_add_overflow(bytes, raw, &bytes) ? UINT64_MAX
                                                                                                          : bytes;
}

uint64_t wire_seconds(uint64_t bytes)
{
    return bytes / BYTES_A_SECOND + 1;
}
