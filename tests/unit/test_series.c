/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/kit/series.c
/*
 * What the kit says of a series of several CPUs: each one's values stand together, but their order of arrival is that
 * of their times. What delays all CPUs at once then makes neighbours alike.
 */
#include <stdlib.h>
#include <string.h>

#include "experiments/kit/experiment.h"
#include "experiments/kit/results.h"
#include "lib/prng.h"
#include "lib/record/record.h"
#include "tests/unit/tap.h"

enum { CPUS = 4, TICKS = 500, MEMORY = 1 << 20 };

const char step_no_memory[] = "no memory";
static struct machine machine;
static struct plan_step plan;
static struct record_stream stream;
static struct results results = {.stream = &stream};
static struct step step = {.machine = &machine, .plan = &plan, .results = &results};
static _Alignas(64) uint8_t memory[MEMORY];
static char written[1 << 16];
static size_t written_bytes;
static int64_t values[CPUS * TICKS];
static uint64_t at_tsc[CPUS * TICKS];

uint64_t mem_mark(const struct mem *mem)
{
    (void)mem;
    return 0;
}

void mem_release(struct mem *mem, uint64_t mark)
{
    (void)mem;
    (void)mark;
}

void *step_alloc(struct step *of, size_t bytes)
{
    (void)of;
    return bytes <= MEMORY ? memory : NULL;
}

uint64_t plan_count(const struct plan_step *of, const char *key, uint64_t otherwise)
{
    (void)of;
    (void)key;
    return otherwise;
}

void result_finding(struct step *of, const char *id, enum confidence confidence, const char *text)
{
    (void)of;
    (void)confidence;
    printf("# %s: %s\n", id, text);
}

static void keep(void *ctx, const char *text, size_t bytes)
{
    (void)ctx;
    if (written_bytes + bytes < sizeof(written)) {
        memcpy(written + written_bytes, text, bytes);
        written_bytes += bytes;
    }
}

/* Ticks of all CPUs, one CPU behind the other; each is as late as the host's stall of its time says, or its own. */
static struct dependence take(bool stall_of_all)
{
    struct prng prng;
    int64_t stall[TICKS];

    prng_seed(&prng, 1);
    for (size_t k = 0; k < TICKS; k++)
        stall[k] = (int64_t)prng_below(&prng, 20000);
    for (size_t cpu = 0; cpu < CPUS; cpu++)
        for (size_t k = 0; k < TICKS; k++) {
            size_t i = cpu * TICKS + k;

            at_tsc[i] = 1000000 * k + cpu;
            values[i] = (stall_of_all ? stall[k] : (int64_t)prng_below(&prng, 20000)) + (int64_t)prng_below(&prng, 100);
        }
    memset(written, 0, sizeof(written));
    written_bytes = 0;
    return result_series(
        &step,
        &(struct series){.metric = "jitter", .unit = "tsc", .values = values, .at_tsc = at_tsc, .count = CPUS * TICKS});
}

int main(void)
{
    struct dependence found;

    record_init(&stream, NULL, 0);
    record_add_sink(&stream, (struct record_sink){keep, NULL});
    found = take(false);
    TAP_OK(!dependence_mark(&found), "CPUs that are late by themselves have no mark");
    TAP_OK(found.effective[QUANTILE_P50] == CPUS * TICKS, "and each sample counts");
    found = take(true);
    TAP_OK(found.clustered, "what delays all at once makes a cluster");
    TAP_OK(found.lag_permille[0] > 500, "because neighbours in time are alike");
    TAP_OK(found.effective[QUANTILE_P50] <= TICKS * 5 / 4, "the samples are worth no more than the stalls");
    TAP_OK(strstr(written, "jitter") != NULL, "and the records are written");
    return tap_done();
}
