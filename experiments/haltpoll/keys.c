/* SPDX-License-Identifier: MIT */
/* The keys of `haltpoll`, which combinations make no sense, and what a step will cost. */
#include "experiments/haltpoll/parts.h"

enum {
    OVERHEAD_NS = 60 * 1000, /* a guess: what a halt costs beside its interval */
    FINE_POINTS = 24,        /* curve.c takes no more */
};

static const char *const test_words[] = {"pending", "curve", "ladder", "control", "guest", NULL};
static const char *const host_words[] = {"on", "off", NULL};

/* All tests except pending. */
enum { CURVES = 1 << TEST_CURVE | 1 << TEST_LADDER | 1 << TEST_CONTROL | 1 << TEST_GUEST };

const struct param_spec haltpoll_params[KEY_COUNT] = {
    /* what is asked */
    [KEY_TEST] = {"test", PARAM_CHOICE, test_words, "pending,curve,ladder,control,guest", 0, 0, .list = true},
    /* what wakes it */
    [KEY_BY] = {"by", PARAM_CHOICE, __lab_source_words, "timer", 0, 0, .list = true, .with = CURVES},
    /* off: KVM's poll control 0 */
    [KEY_HOST] = {"host", PARAM_CHOICE, host_words, "on", 0, 0, .list = true, .unnamed = true, .with = CURVES},
    /* the CPU that halts */
    [KEY_CPU] = {"cpu", PARAM_COUNT, NULL, "0", 0, CPU_MAX - 1, .list = true, .unnamed = true},
    /* the first interval */
    [KEY_SHORTEST] = {"shortest", PARAM_TIME, NULL, "5us", 1000, 10000000, .unnamed = true, .with = CURVES},
    /* the last one */
    [KEY_LONGEST] = {"longest", PARAM_TIME, NULL, "50ms", 20000, UINT64_C(1000000000), .unnamed = true, .with = CURVES},
    /* intervals */
    [KEY_POINTS] = {"points", PARAM_COUNT, NULL, "40", 12, KNEE_POINTS_MAX, .unnamed = true, .with = CURVES},
    /* wakes at each one */
    [KEY_SAMPLES] = {"samples", PARAM_COUNT, NULL, "40", 8, 10000, .unnamed = true},
    /* of test=ladder */
    [KEY_TRIALS] = {"trials", PARAM_COUNT, NULL, "320", 100, HALT_TRIALS_MAX, .unnamed = true,
                    .with = 1 << TEST_LADDER},
    /* time of the step */
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "10s", 1000000, UINT64_C(3600000000000), .unnamed = true},
    /* of the trials */
    [KEY_SEED] = {"seed", PARAM_COUNT, NULL, "1", 0, 0, .unnamed = true},
};

const char *haltpoll_check(const struct plan_step *plan)
{
    const struct plan_value *values = plan->values;
    const struct wake_source *source = __lab_sources_start[values[KEY_BY].choice];

    if (source->trace != WAKE_TRACE_IRQ || source->is_guard)
        return "haltpoll is woken by the timer or by an IPI";
    if (values[KEY_SHORTEST].time.value * 4 > values[KEY_LONGEST].time.value)
        return "longest= must be four times shortest= at least";
    if (values[KEY_HOST].given && values[KEY_TEST].choice == TEST_CONTROL)
        return "test=control switches the host's polling itself: host= makes no sense";
    return NULL;
}

/* A sum of a geometric series: its last terms, which are thinned out, and as much again for the rest. */
uint64_t haltpoll_estimate_ns(const struct plan_step *plan)
{
    uint64_t samples = plan->values[KEY_SAMPLES].count, points = plan->values[KEY_POINTS].count;

    return samples * (points * 2 * OVERHEAD_NS + plan_time_ns(plan, "longest", 0));
}

uint64_t haltpoll_memory_bytes(const struct plan_step *plan)
{
    uint64_t samples = plan->values[KEY_SAMPLES].count, points = plan->values[KEY_POINTS].count;
    uint64_t sets = 2 * points + FINE_POINTS;

    return sizeof(struct haltpoll) + sizeof(struct halt_ladder) +
           sets * (3 * samples * sizeof(int64_t) + sizeof(struct haltpoll_guest));
}
