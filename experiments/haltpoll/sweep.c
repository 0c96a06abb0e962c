/* SPDX-License-Identifier: MIT */
/*
 * Sweeps of `haltpoll`: pass by pass over ascending intervals, at each one a halt that the host may learn from and one
 * that counts.
 *
 * Ascending, because a host's budget grows only by halts a little longer than it: from above it would never reach its
 * limit. Pass by pass, so that a passing disturbance affects all intervals alike. Sweeps under two settings take turns,
 * and chance says which comes first: else a neighbour with the period of a pass would meet the same one each time.
 */
#include "arch/x86/cpu/percpu.h"
#include "experiments/haltpoll/parts.h"
#include "lib/stats.h"

enum {
    TRAINING_HALTS = 10, /* before each pass */
    LEAST_SAMPLES = 8,   /* of each interval, of those beyond HALTPOLL_LONG_NS as well */
    RATIO_PERCENT = 125, /* a value this much higher is another level */
    GUEST_TRAINING = 8,
};

bool haltpoll_sweeps_begin(struct step *step, struct haltpoll_sweeps *sweeps, uint32_t point_count, uint32_t passes)
{
    uint64_t bytes = passes * sizeof(int64_t);

    sweeps->point_count = point_count;
    sweeps->passes = passes;
    for (uint32_t s = 0; s < sweeps->count; s++) {
        for (uint32_t i = 0; i < point_count; i++) {
            struct haltpoll_point *point = &sweeps->sweep_list[s].points[i];

            point->latency_tsc = step_alloc(step, bytes);
            point->silent_tsc = step_alloc(step, bytes);
            point->training_tsc = step_alloc(step, bytes);
            if (!point->latency_tsc || !point->silent_tsc || !point->training_tsc)
                return false;
        }
    }
    return true;
}

void haltpoll_spread(struct step *step, struct haltpoll_sweeps *sweeps, uint64_t low_ns, uint64_t high_ns)
{
    uint64_t low = log2_q32(low_ns), high = log2_q32(high_ns), last = sweeps->point_count - 1;

    for (uint32_t s = 0; s < sweeps->count; s++)
        for (uint64_t i = 0; i <= last; i++)
            sweeps->sweep_list[s].points[i].at_tsc = step_tsc(step, exp2_q32(low + (high - low) / last * i));
}

/*
 * Poll control is per CPU; it goes back at the end of each batch. Boot value is 1 (msr.rst). No sweep has it off where
 * there is none.
 */
static void set_host(struct step *step, const struct haltpoll_sweep *sweep)
{
    struct haltpoll *hp = step->state;

    if (!sweep->host_off)
        hp->host_refused |= msr_restore(&step->cpu->msr_saves) != 0;
    else
        hp->host_refused |= !msr_change(&step->cpu->msr_saves, MSR_KVM_POLL_CONTROL, 0);
}

/*
 * Lets the host's budget come up to a little below where the pass begins, from the shortest of all intervals: where
 * wakes are slow, only the shortest halts make a budget grow.
 */
static void train(struct step *step, const struct haltpoll_sweep *sweep)
{
    const struct haltpoll *hp = step->state;
    uint64_t first_tsc = hp->coarse.sweep_list[0].points[0].at_tsc, to_tsc = sweep->points[0].at_tsc;
    uint64_t from_tsc = first_tsc < to_tsc ? first_tsc : to_tsc, more_tsc = to_tsc - from_tsc;

    for (unsigned i = 1; i <= TRAINING_HALTS && !sweep->points[0].guest; i++)
        haltpoll_take(step, (from_tsc + more_tsc * i / TRAINING_HALTS) * 3 / 4, NULL);
}

static bool is_thinned_out(const struct haltpoll_sweeps *sweeps, uint64_t at_tsc, uint64_t long_tsc)
{
    uint64_t stride = 1 + at_tsc / long_tsc, most = sweeps->passes / LEAST_SAMPLES;

    stride = stride < most ? stride : most;
    return stride > 1 && sweeps->pass % stride != 0;
}

static void take_guest(struct step *step, struct haltpoll_point *point, struct sample *halt)
{
    struct haltpoll_guest *guest = point->guest;

    for (; guest->trained < GUEST_TRAINING; guest->trained++) {
        haltpoll_take(step, point->at_tsc, guest);
        guest->polled = 0;
        guest->halts = 0;
        guest->burned_tsc = 0;
    }
    *halt = haltpoll_take(step, point->at_tsc, guest);
}

static void take_host(struct step *step, struct haltpoll_point *point, bool is_long, struct sample *halt)
{
    if (!is_long) {
        *halt = haltpoll_take(step, point->at_tsc, NULL);
        if (halt->reject == REJECT_NONE)
            point->training_tsc[point->training_count++] = sample_wake_latency(halt);
    }
    *halt = haltpoll_take(step, point->at_tsc, NULL);
}

static void take_point(struct step *step, const struct haltpoll_sweeps *sweeps, struct haltpoll_point *point)
{
    uint64_t long_tsc = step_tsc(step, HALTPOLL_LONG_NS);
    struct sample halt;

    if (is_thinned_out(sweeps, point->at_tsc, long_tsc))
        return;
    if (point->guest)
        take_guest(step, point, &halt);
    else
        take_host(step, point, point->at_tsc > long_tsc, &halt);
    point->rejects[halt.reject]++;
    if (halt.reject != REJECT_NONE) {
        step->rejected++;
        return;
    }
    point->latency_tsc[point->count] = sample_wake_latency(&halt);
    point->silent_tsc[point->count++] = sample_silent_time(&halt);
}

/* The next point, sweep, pass. */
static void advance(struct haltpoll_sweeps *sweeps, struct prng *prng)
{
    if (++sweeps->point < sweeps->point_count)
        return;
    sweeps->point = 0;
    if (++sweeps->sweep < sweeps->count)
        return;
    sweeps->sweep = 0;
    sweeps->pass++;
    if (sweeps->count > 1)
        sweeps->first = (uint32_t)prng_below(prng, 2);
}

bool haltpoll_sweeps_go(struct step *step, struct haltpoll_sweeps *sweeps)
{
    struct haltpoll *hp = step->state;
    bool fresh = true;

    while (sweeps->pass < sweeps->passes) {
        struct haltpoll_sweep *sweep = &sweeps->sweep_list[sweeps->sweep ^ sweeps->first];

        if (fresh || !sweeps->point) {
            set_host(step, sweep);
            train(step, sweep);
            fresh = false;
        }
        take_point(step, sweeps, &sweep->points[sweeps->point]);
        advance(sweeps, &hp->prng);
        step->done++;
        if (step_should_return(step))
            break;
    }
    return sweeps->pass == sweeps->passes;
}

static int64_t sorted_median(int64_t *values, uint32_t count)
{
    stats_sort(values, count);
    return values[count / 2];
}

void haltpoll_find_knees(struct step *step, const struct haltpoll_sweeps *sweeps, uint32_t index, uint64_t from_ns,
                         struct knees *knees)
{
    const struct haltpoll_sweep *sweep = &sweeps->sweep_list[index];
    struct knee_limits limits = {.least_ratio_percent = RATIO_PERCENT,
                                 .least_value = (int64_t)haltpoll_ns(step, (int64_t)step->machine->clock.read_min_tsc),
                                 .least_count = LEAST_SAMPLES,
                                 .most = KNEES_MAX};
    struct knee_point points[KNEE_POINTS_MAX];
    uint64_t last_ns = from_ns;
    size_t count = 0;

    for (uint32_t i = 0; i < sweeps->point_count; i++) {
        const struct haltpoll_point *point = &sweep->points[i];
        int64_t silent_tsc, latency_tsc;

        if (!point->count)
            continue;
        silent_tsc = sorted_median(point->silent_tsc, point->count);
        latency_tsc = sorted_median(point->latency_tsc, point->count);
        if (haltpoll_ns(step, silent_tsc) <= last_ns)
            continue;
        last_ns = haltpoll_ns(step, silent_tsc);
        points[count].at = last_ns;
        points[count].value = (int64_t)haltpoll_ns(step, latency_tsc);
        points[count].count = point->count;
        count++;
    }
    knees_find(points, count, &limits, knees);
}
