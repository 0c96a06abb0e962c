/* SPDX-License-Identifier: MIT */
/*
 * The keys of `cstate`, which combinations make no sense, and what a step will cost. The help is in comments and in
 * docs/experiments/cstate.md, because the image never prints it.
 */
#include "experiments/cstate/parts.h"

enum {
    OVERHEAD_NS = 100 * 1000, /* a guess: what a nap costs beside its interval */
    TYPICAL_STATES = 6,       /* a guess: the machine is not known when the plan is made */
};

static const char *const state_words[] = {"all", "hlt", "mwait:0..0xff", "ioport:1..0xffff", NULL};
static const char *const by_words[] = {"all", "timer", "ipi", "store", NULL};
static const char *const others_words[] = {"same", "hlt", "awake", NULL};
static const char *const turn_words[] = {"as_is", "on", "off", NULL};
static const char *const freq_words[] = {"as_is", "min", "base", "max", NULL};

const struct param_spec cstate_params[KEY_COUNT] = {
    /* All that are listed, or one */
    [KEY_STATE] = {"state", PARAM_METHOD, state_words, "all", 0, 0, .list = true},
    /* What wakes it */
    [KEY_BY] = {"by", PARAM_CHOICE, by_words, "all", 0, 0, .list = true},
    /* All other CPUs: in the same state, in HLT, awake */
    [KEY_OTHERS] = {"others", PARAM_CHOICE, others_words, "same", 0, 0, .list = true},
    /* Distance of the event; a sweep's first, 1us if not given */
    [KEY_INTERVAL] = {"interval", PARAM_TIME, NULL, "2ms", 1000, 1000000000, .list = true},
    /* Many intervals */
    [KEY_SWEEP] = {"sweep", PARAM_FLAG, NULL, "no", 0, 0, .list = false},
    /* A sweep's last */
    [KEY_TO] = {"to", PARAM_TIME, NULL, "100ms", 1000, 1000000000, .unnamed = true},
    /* Intervals of a sweep, evenly by ratio */
    [KEY_POINTS] = {"points", PARAM_COUNT, NULL, "21", 4, CSTATE_POINTS, .unnamed = true},
    /* The CPU that sleeps */
    [KEY_CPU] = {"cpu", PARAM_COUNT, NULL, "0", 0, CPU_MAX - 1, .list = true, .unnamed = true},
    /* Waking ahead of the timer */
    [KEY_PREWAKE] = {"prewake", PARAM_CHOICE, turn_words, "as_is", 0, 0, .list = true},
    /* Promotion to C1E */
    [KEY_C1E] = {"c1e", PARAM_CHOICE, turn_words, "as_is", 0, 0, .list = true},
    /* To shallower states, by hardware */
    [KEY_DEMOTION] = {"demotion", PARAM_CHOICE, turn_words, "as_is", 0, 0, .list = true},
    /* Package limit as in MSR E2h; 15 = as is */
    [KEY_LIMIT] = {"limit", PARAM_COUNT, NULL, "15", 0, 15, .list = true},
    /* Core clock */
    [KEY_FREQ] = {"freq", PARAM_CHOICE, freq_words, "as_is", 0, 0, .list = true},
    /* One more state: by this port */
    [KEY_IOPORT] = {"ioport", PARAM_COUNT, NULL, "0", 0, UINT16_MAX, .unnamed = true},
    /* Naps of each state, source and interval */
    [KEY_SAMPLES] = {"samples", PARAM_COUNT, NULL, "100", 1, 100000, .unnamed = true},
    /* Time after which the step ends */
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "20s", 1000000, UINT64_C(3600000000000), .unnamed = true},
    /* Only list what would be written */
    [KEY_DRY_RUN] = {"dry_run", PARAM_FLAG, NULL, "no", 0, 0, .list = false},
    /* Write under a hypervisor too */
    [KEY_GUEST_WRITES] = {"guest_writes", PARAM_FLAG, NULL, "no", 0, 0, .unnamed = true},
    /* States that are not listed too */
    [KEY_FORCE] = {"force", PARAM_FLAG, NULL, "no", 0, 0, .unnamed = true},
};

const char *cstate_check(const struct plan_step *plan)
{
    const struct plan_value *values = plan->values;
    bool sweep = values[KEY_SWEEP].flag;

    if (!sweep && (values[KEY_TO].given || values[KEY_POINTS].given))
        return "to= and points= need sweep=yes";
    if (sweep && values[KEY_INTERVAL].given && values[KEY_INTERVAL].time.value >= values[KEY_TO].time.value)
        return "to= must be longer than interval=";
    if (values[KEY_IOPORT].given && values[KEY_STATE].method.word != STATE_ALL)
        return "ioport= needs state=all";
    return NULL;
}

static uint64_t cells_of(const struct plan_step *plan, uint64_t states)
{
    uint64_t sources = plan->values[KEY_BY].choice == BY_ALL ? NAP_SOURCES : 1;
    uint64_t points = plan->values[KEY_SWEEP].flag ? plan->values[KEY_POINTS].count : 1;

    if (plan->values[KEY_STATE].method.word != STATE_ALL)
        states = 1;
    return states * sources * points;
}

uint64_t cstate_estimate_ns(const struct plan_step *plan)
{
    /* The mean of values evenly spread by ratio is some fifth of the largest where they span five decades. */
    uint64_t mean_ns =
        plan->values[KEY_SWEEP].flag ? plan_time_ns(plan, "to", 0) / 5 : plan_time_ns(plan, "interval", 0);
    uint64_t samples = plan_count(plan, "samples", 0);
    uint64_t naps = samples + (samples / CSTATE_ROUND + 1) * CSTATE_WARMUP;

    if (plan_flag(plan, "dry_run"))
        return OVERHEAD_NS;
    return cells_of(plan, TYPICAL_STATES) * naps * (mean_ns + OVERHEAD_NS);
}

uint64_t cstate_memory_bytes(const struct plan_step *plan)
{
    uint64_t latencies_bytes = plan_count(plan, "samples", 0) * sizeof(int64_t); /* of one cell, and once in a copy */

    return sizeof(struct cstate) + latencies_bytes +
           cells_of(plan, CSTATE_STATES) * (sizeof(struct cstate_cell) + latencies_bytes);
}
