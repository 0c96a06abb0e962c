/* SPDX-License-Identifier: MIT */
/* The keys of `wake`, which combinations make no sense, and what a step will cost. */
#include "experiments/wake/parts.h"

#include "lib/record/hdr.h"

enum { OVERHEAD_NS = 100 * 1000 }; /* a guess: what a sample costs beside its interval */

static const char *const others_words[] = {"asleep", "awake", NULL};
static const char *const irq_words[] = {"on", "masked", NULL};
static const char *const warmup_words[] = {"auto", NULL};
static const char *const from_words[] = {"any", "self", "sibling", "module", "package", "remote", NULL};

const struct param_spec wake_params[KEY_COUNT] = {
    /* how the CPU waits */
    [KEY_IDLE] = {"idle", PARAM_METHOD, __lab_method_words, NULL, 0, 0, .list = true},
    /* what wakes it */
    [KEY_BY] = {"by", PARAM_CHOICE, __lab_source_words, "timer", 0, 0, .list = true},
    /* interrupts during the wait: taken, or left pending */
    [KEY_IRQ] = {"irq", PARAM_CHOICE, irq_words, "on", 0, 0, .list = true},
    /* the CPU that waits */
    [KEY_CPU] = {"cpu", PARAM_COUNT, NULL, "0", 0, CPU_MAX - 1, .list = true, .unnamed = true},
    /* the CPU that wakes it, where it is another one */
    [KEY_FROM] = {"from", PARAM_CPU, from_words, "any", 0, CPU_MAX - 1, .list = true},
    /* what all other CPUs do meanwhile */
    [KEY_OTHERS] = {"others", PARAM_CHOICE, others_words, "asleep", 0, 0, .list = true},
    /* how all other CPUs sleep, with others=asleep */
    [KEY_ASLEEP] = {"asleep", PARAM_METHOD, __lab_method_words, "hlt", 0, 0, .list = true},
    /* distance of the event */
    [KEY_INTERVAL] = {"interval", PARAM_INTERVAL, NULL, "uniform:50us..1ms", 1000, UINT64_C(3000000000), .list = true,
                      .ticks = true},
    /* wakes to take */
    [KEY_SAMPLES] = {"samples", PARAM_COUNT, NULL, "2000", 1, 10000000, .unnamed = true},
    /* time after which the step ends */
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "5s", 1000000, UINT64_C(3600000000000), .unnamed = true},
    /* of the random distances and gaps */
    [KEY_SEED] = {"seed", PARAM_COUNT, NULL, "1", 0, 0, .unnamed = true},
    /* longest random time before an event is armed, at a fixed interval */
    [KEY_GAP] = {"gap", PARAM_TIME, NULL, WAKE_GAP_DEFAULT, 0, 100000000, .ticks = true, .unnamed = true},
    /* send every sample */
    [KEY_RAW] = {"raw", PARAM_FLAG, NULL, "no", 0, 0, .unnamed = true},
    /* first wakes, counted but not kept: until they have settled, or so many */
    [KEY_WARMUP] = {"warmup", PARAM_COUNT, warmup_words, "auto", 0, 100000, .unnamed = true},
    /* significant digits of the histograms */
    [KEY_DIGITS] = {"digits", PARAM_COUNT, NULL, "2", 2, 3, .unnamed = true},
    /* how much later than recorded the timer fires: shows that the lab sees it */
    [KEY_DELAY] = {"delay", PARAM_TIME, NULL, "0ns", 0, 1000000000, .ticks = true, .unnamed = true},
    /* do not send the wake of that number: shows that the lab sees it; 0 = all */
    [KEY_LOSE] = {"lose", PARAM_COUNT, NULL, "0", 0, 10000000, .unnamed = true},
    /* IA32_UMWAIT_CONTROL's limit for umwait and tpause, 0 = none */
    [KEY_CAP] = {"cap", PARAM_TIME, NULL, "0ns", 0, UINT64_C(4000000000), .ticks = true, .unnamed = true, .list = true},
    /* run a wait instruction whose CPUID bit is clear: its fault is the result */
    [KEY_FORCE] = {"force", PARAM_FLAG, NULL, "no", 0, 0, .unnamed = true},
};

const char *wake_check(const struct plan_step *plan)
{
    const struct idle_method *method = __lab_methods_start[plan->values[KEY_IDLE].method.word];
    const struct wake_source *source = __lab_sources_start[plan->values[KEY_BY].choice];
    bool from_self = plan->values[KEY_FROM].cpu.place == PLAN_CPU_SELF;
    bool masked = plan->values[KEY_IRQ].choice == IRQ_MASKED;
    uint32_t needs = masked ? source->needs_masked : source->needs;

    if (masked ? !method->wait_masked : !method->wait)
        return masked ? "this method cannot wait with interrupts masked"
                      : "this method waits with interrupts masked only (irq=masked)";
    if (needs && !(method->ends & needs))
        return masked ? "this wake source cannot end this method with interrupts masked"
                      : "this wake source cannot end this method";
    if (!source->remote && plan->values[KEY_FROM].given && !from_self)
        return "from= needs a wake source that is another CPU's";
    if (source->remote && from_self)
        return "a CPU that sleeps cannot send its own wake: it would come before";
    if (plan->values[KEY_ASLEEP].given && plan->values[KEY_OTHERS].choice != OTHERS_ASLEEP)
        return "asleep= needs others=asleep";
    if (plan->values[KEY_DELAY].given && (source->remote || !source->arm))
        return "delay= needs by=timer";
    if (plan->values[KEY_LOSE].given && !source->remote && !source->arm)
        return "lose= needs a wake that is sent, not the method's own limit";
    if (plan->values[KEY_GAP].given && plan->values[KEY_INTERVAL].interval.shape != PLAN_FIXED)
        return "gap= needs a fixed interval";
    if (plan->values[KEY_CAP].given && !method->begin)
        return "cap= needs a method that has a limit (umwait, tpause)";
    return NULL;
}

uint64_t wake_estimate_ns(const struct plan_step *plan)
{
    const struct plan_interval *interval = &plan->values[KEY_INTERVAL].interval;
    const struct units_time *gap = &plan->values[KEY_GAP].time;
    uint64_t mean = interval->low / 2 + interval->high / 2, warmup = plan->values[KEY_WARMUP].count;

    if (interval->shape == PLAN_FIXED && !gap->ticks)
        mean += gap->value / 2;
    if (warmup == PLAN_COUNT_WORD)
        warmup = WAKE_WARM_LEAST_NS / (mean + OVERHEAD_NS) + WARMUP_LEAST;
    return (plan_count(plan, "samples", 0) + warmup) * (mean + OVERHEAD_NS);
}

uint64_t wake_warmup_most(const struct plan_step *plan)
{
    uint64_t warmup = plan->values[KEY_WARMUP].count;

    return warmup == PLAN_COUNT_WORD ? WARMUP_MOST : warmup;
}

uint64_t wake_memory_bytes(const struct plan_step *plan)
{
    uint64_t samples = plan_count(plan, "samples", 0) + wake_warmup_most(plan);

    return samples * (sizeof(struct sample) + sizeof(int64_t) + sizeof(uint64_t)) + sizeof(struct wake) +
           WARMUP_MOST * 2 * sizeof(int64_t) + hdr_bytes(3, 4);
}
