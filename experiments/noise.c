/* SPDX-License-Identifier: MIT */
/*
 * Question: how often, and for how long, does something unasked take the CPU away?
 * Method: read the TSC in a tight loop with interrupts off, on one CPU or on all at once; every step over the threshold
 *   is a gap.
 * Expected: on quiet bare metal none but SMIs; under a hypervisor its timer ticks, exits and scheduling.
 * Confounders: the loop itself (one iteration is the resolution); a TSC that the hypervisor intercepts.
 * Every other figure depends on this one: a latency tail below the noise of the machine says nothing about the
 *   instruction.
 */
#include "arch/x86/cpu/smp.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"
#include "experiments/kit/experiment.h"

enum {
    GAPS_MAX = 16384, /* kept per CPU; more are only counted */
    BURST_US = 10000, /* one stretch; the watchdog is told between two */
    JOIN_US = 5000000,
};

enum noise_key {
    KEY_TIME,
    KEY_THRESHOLD,
    KEY_CPUS,
    KEY_BUDGET,
    KEY_COUNT,
};

static const char *const cpus_words[] = {"all", "self", NULL};
enum { CPUS_ALL, CPUS_SELF };

static const struct param_spec noise_params[KEY_COUNT] = {
    /* how long to watch */
    [KEY_TIME] = {"time", PARAM_TIME, NULL, "1s", 1000000, UINT64_C(3600000000000), .list = false},
    /* steps longer than this are gaps */
    [KEY_THRESHOLD] = {"threshold", PARAM_TIME, NULL, "1us", 0, 1000000000, .ticks = true},
    /* watch all CPUs at once, or CPU 0 alone */
    [KEY_CPUS] = {"cpus", PARAM_CHOICE, cpus_words, "all", 0, 0, .list = true},
    /* time after which the step ends */
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "60s", 1000000, UINT64_C(3600000000000), .unnamed = true},
};

/* What one CPU saw. */
struct observer {
    struct machine *machine;
    uint64_t burst_tsc;
    uint64_t threshold_tsc;
    uint64_t watched_tsc;
    uint64_t gap_count;
    uint64_t gap_total_tsc;
    uint64_t step_min_tsc;
    uint32_t kept;
    int64_t *gap_tsc; /* this CPU's GAPS_MAX of the array of all */
    uint64_t *at_tsc;
};

struct noise {
    uint32_t observer_count;
    uint64_t bursts;
    int64_t *gap_tsc; /* of all CPUs, one behind the other */
    uint64_t *at_tsc;
    struct observer *observers[CPU_MAX];
};

static void note_gap(struct observer *o, uint64_t gap_tsc, uint64_t at_tsc)
{
    o->gap_count++;
    o->gap_total_tsc += gap_tsc;
    if (o->kept < GAPS_MAX) {
        o->gap_tsc[o->kept] = (int64_t)gap_tsc;
        o->at_tsc[o->kept++] = at_tsc;
    }
}

static void burst(void *argument)
{
    struct observer *o = argument;
    uint64_t start_tsc = tsc_begin(), last_tsc = start_tsc;

    while (last_tsc - start_tsc < o->burst_tsc) {
        uint64_t now_tsc = rdtsc();
        uint64_t step_tsc = now_tsc - last_tsc;

        if (step_tsc > o->threshold_tsc)
            note_gap(o, step_tsc, last_tsc);
        if (step_tsc < o->step_min_tsc)
            o->step_min_tsc = step_tsc;
        last_tsc = now_tsc;
    }
    o->watched_tsc += last_tsc - start_tsc;
}

static uint64_t noise_memory_bytes(const struct plan_step *plan)
{
    (void)plan;
    return sizeof(struct noise) + sizeof(struct observer) + GAPS_MAX * (sizeof(int64_t) + sizeof(uint64_t));
}

static const char *noise_prepare(struct step *step)
{
    struct noise *noise = step->state;
    const struct plan_value *values = step->plan->values;

    noise->observer_count = values[KEY_CPUS].choice == CPUS_ALL ? step->machine->cpu_count : 1;
    noise->gap_tsc = step_alloc(step, noise->observer_count * GAPS_MAX * sizeof(*noise->gap_tsc));
    noise->at_tsc = step_alloc(step, noise->observer_count * GAPS_MAX * sizeof(*noise->at_tsc));
    if (!noise->gap_tsc || !noise->at_tsc)
        return step_no_memory;
    for (uint32_t i = 0; i < noise->observer_count; i++) {
        struct observer *o = step_alloc(step, sizeof(*o));

        if (!o)
            return step_no_memory;
        noise->observers[i] = o;
        o->gap_tsc = noise->gap_tsc + (size_t)i * GAPS_MAX;
        o->at_tsc = noise->at_tsc + (size_t)i * GAPS_MAX;
        o->machine = step->machine;
        o->burst_tsc = delay_tsc(step->machine, BURST_US);
        o->threshold_tsc = step_time_tsc(step, KEY_THRESHOLD);
        o->step_min_tsc = UINT64_MAX;
    }
    step->total = (uint32_t)(plan_time_ns(step->plan, "time", 0) / 1000 / BURST_US);
    if (!step->total)
        step->total = 1;
    return NULL;
}

static void noise_batch(struct step *step)
{
    struct noise *noise = step->state;
    uint64_t limit_tsc = delay_tsc(step->machine, JOIN_US);

    do {
        for (uint32_t i = 1; i < noise->observer_count; i++)
            smp_run(step->machine, step->machine->cpus[i], burst, noise->observers[i]);
        burst(noise->observers[0]);
        for (uint32_t i = 1; i < noise->observer_count; i++)
            smp_wait(step->machine->cpus[i], limit_tsc);
        step->done++;
    } while (step->done < step->total && !step_should_return(step));
    step->complete = step->done == step->total;
}

/* All CPUs' gaps as one series; per CPU the share of time taken. */
static void noise_finish(struct step *step)
{
    struct noise *noise = step->state;
    uint64_t worst_ppm = 0, gaps = 0, resolution_tsc = UINT64_MAX, step_tsc = step->machine->clock.step.step_tsc;
    size_t kept = 0;

    for (uint32_t i = 0; i < noise->observer_count; i++) {
        struct observer *o = noise->observers[i];
        uint64_t ppm = o->watched_tsc ? o->gap_total_tsc * 1000 / (o->watched_tsc / 1000 + 1) : 0;

        gaps += o->gap_count;
        if (ppm > worst_ppm)
            worst_ppm = ppm;
        if (o->step_min_tsc < resolution_tsc)
            resolution_tsc = o->step_min_tsc;
        /* The CPUs' gaps move together; none of them lies before its new place. */
        for (uint32_t k = 0; k < o->kept; k++) {
            noise->gap_tsc[kept] = o->gap_tsc[k];
            noise->at_tsc[kept++] = o->at_tsc[k];
        }
    }
    /* One iteration of the loop, but no less than the TSC's step: the least difference of two stamps may be a tick. */
    if (resolution_tsc < step_tsc)
        resolution_tsc = step_tsc;
    result_scalar(step, "gaps", (int64_t)gaps, "count");
    result_scalar(step, "gaps_not_kept", (int64_t)(gaps - kept), "count");
    result_scalar(step, "watched", (int64_t)noise->observers[0]->watched_tsc, "tsc");
    result_scalar(step, "resolution", (int64_t)resolution_tsc, "tsc");
    result_scalar(step, "taken_worst_cpu", (int64_t)worst_ppm, "ppm");
    result_metric(step, "taken", (int64_t)worst_ppm, "ppm");
    result_series(step, &(struct series){.metric = "gap",
                                         .unit = "tsc",
                                         .values = noise->gap_tsc,
                                         .at_tsc = noise->at_tsc,
                                         .count = kept,
                                         .has_floor = true,
                                         .floor = (int64_t)resolution_tsc,
                                         .floor_count = step->done});
}

static const struct experiment noise = {
    .spec = {.name = "noise", .params = noise_params, .param_count = KEY_COUNT, .memory_bytes = noise_memory_bytes},
    .ring3 = true,
    .state_bytes = sizeof(struct noise),
    .prepare = noise_prepare,
    .batch = noise_batch,
    .finish = noise_finish,
};
LAB_EXPERIMENT(noise);
