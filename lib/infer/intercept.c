/* SPDX-License-Identifier: MIT */
#include "lib/infer/intercept.h"

#include "lib/fixed.h"

enum {
    DEAR_EXIT_CYCLES = 8000,
    MULTIPLY_CYCLES = 3,
    EXIT_CYCLES = 600,      /* no exit and re-entry is cheaper */
    YES_TIMES = 2,          /* a cost of that many native limits is no core's */
    FAST_EXIT_PERCENT = 70, /* of CPUID's: an exit that is handled early */
    DELIVERY_CYCLES = 1500, /* a core takes an interrupt and acknowledges it in less */
    DELIVERY_PERCENT = 80,  /* of CPUID's: the delivery includes an exit */
    SILICON_CPUID = 60,     /* CPUID serialises: no core is faster */
    LOAD_MAX_PERCENT = 400, /* the first cache answers in 4 or 5 cycles */
    SAMPLES_MIN = 8,
    HLT_EXIT_TIMES_MAX = 16,   /* of CPUID's exit: KVM's exits of HLT take one to five */
    MULTIPLY_MAX_MTSC = 64000, /* three core cycles at 400 MHz take less at any TSC rate */
};

/*
 * Native limits in core cycles, with room above the slowest cores known: RDTSC 18 to 45, PAUSE 4 to 160, CPUID 70 to
 * 300 (Agner Fog, Instruction tables); the writes to the local APIC are estimates, the ICR's with the fences before it.
 */
static const uint32_t native_limits[INTERCEPT_COUNT] = {
    [INTERCEPT_CPUID] = 500, [INTERCEPT_RDTSC] = 150, [INTERCEPT_PAUSE] = 250, [INTERCEPT_HLT] = 1000,
    [INTERCEPT_ARM] = 500,   [INTERCEPT_ICR] = 800,   [INTERCEPT_EOI] = 250,
};

uint64_t intercept_cycles(const struct intercept_host *host, int64_t cost_mtsc)
{
    int64_t multiply_mtsc = host->multiply.floor_mtsc;

    if (!host->multiply.n || multiply_mtsc <= 0 || cost_mtsc <= 0)
        return 0;
    return muldiv_u64((uint64_t)cost_mtsc, MULTIPLY_CYCLES, (uint64_t)multiply_mtsc);
}

/* HLT's own cost: the whole wait less the same with a NOP. */
static struct intercept_cost hlt_alone(const struct intercept_host *host)
{
    struct intercept_cost alone = host->insns[INTERCEPT_HLT];

    if (host->pending.n < alone.n)
        alone.n = host->pending.n;
    alone.floor_mtsc -= host->pending.floor_mtsc;
    alone.median_mtsc -= host->pending.median_mtsc;
    return alone;
}

static bool is_measured(const struct intercept_cost *cost)
{
    return cost->n >= SAMPLES_MIN;
}

/* The costs that fit no processor. A load may be too fast: cores predict. */
static enum intercept_software no_silicon(const struct intercept_host *host)
{
    const struct intercept_cost *cpuid = &host->insns[INTERCEPT_CPUID];
    int64_t multiply_mtsc = host->multiply.floor_mtsc, load_mtsc = host->load.floor_mtsc;

    if (host->hardware || !is_measured(&host->multiply) || multiply_mtsc <= 0)
        return INTERCEPT_SOFTWARE_NOT;
    if (multiply_mtsc > MULTIPLY_MAX_MTSC)
        return INTERCEPT_SOFTWARE_MULTIPLY;
    if (is_measured(cpuid) && intercept_cycles(host, cpuid->floor_mtsc) < SILICON_CPUID)
        return INTERCEPT_SOFTWARE_CPUID;
    return is_measured(&host->load) && load_mtsc * 100 > multiply_mtsc * LOAD_MAX_PERCENT ? INTERCEPT_SOFTWARE_LOAD
                                                                                          : INTERCEPT_SOFTWARE_NOT;
}

enum intercept_software intercept_software(const struct intercept_host *host)
{
    return host->emulator ? INTERCEPT_SOFTWARE_NAME : no_silicon(host);
}

static struct intercept_answer answer(enum intercept_verdict verdict, enum intercept_reason reason,
                                      enum confidence confidence)
{
    return (struct intercept_answer){verdict, reason, confidence};
}

/* CPUID's cost in cycles where it is so many native limits: at YES_TIMES it exits, at one it may; else 0. */
static uint64_t exit_cycles(const struct intercept_host *host, uint64_t times)
{
    const struct intercept_cost *cpuid = &host->insns[INTERCEPT_CPUID];
    uint64_t floor = intercept_cycles(host, cpuid->floor_mtsc);

    if (!is_measured(cpuid) || floor < times * native_limits[INTERCEPT_CPUID])
        return 0;
    return intercept_cycles(host, cpuid->median_mtsc);
}

/*
 * Decides by cost alone. A floor above the limit says that every sample was slow, a median below it that most were not.
 */
static struct intercept_answer decide(const struct intercept_host *host, enum intercept_what what,
                                      const struct intercept_cost *cost)
{
    uint64_t limit = native_limits[what], maybe = exit_cycles(host, 1);
    uint64_t floor = intercept_cycles(host, cost->floor_mtsc);
    uint64_t median = intercept_cycles(host, cost->median_mtsc);
    uint64_t surely = limit * YES_TIMES > EXIT_CYCLES ? limit * YES_TIMES : EXIT_CYCLES;
    /* What costs as much as CPUID's exit exits too; the fastest exits cost less than the slowest writes. */
    bool as_exit = maybe && floor * 100 >= maybe * FAST_EXIT_PERCENT;

    if (median <= limit && !as_exit)
        return answer(INTERCEPT_NO, INTERCEPT_AS_NATIVE, median <= limit / 2 ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM);
    if (floor >= surely || (as_exit && floor > limit && exit_cycles(host, YES_TIMES)))
        return answer(INTERCEPT_YES, INTERCEPT_AS_EXIT,
                      host->hypervisor && floor >= surely ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM);
    return answer(INTERCEPT_UNKNOWN, INTERCEPT_BETWEEN, CONFIDENCE_LOW);
}

/*
 * HLT with a pending interrupt lets it in. Where the delivery itself exits (interrupt window, EOI), the host runs
 * anyway, and a cheap HLT proves nothing. Nor does it where HLT may exit without an interrupt alone.
 */
static struct intercept_answer decide_hlt(const struct intercept_host *host, enum intercept_verdict eoi)
{
    struct intercept_cost alone = hlt_alone(host);
    uint64_t delivery = intercept_cycles(host, host->pending.floor_mtsc);
    uint64_t known = exit_cycles(host, YES_TIMES);
    struct intercept_answer by_cost;

    if (!is_measured(&alone))
        return answer(INTERCEPT_UNKNOWN, INTERCEPT_NOT_MEASURED, CONFIDENCE_LOW);
    by_cost = decide(host, INTERCEPT_HLT, &alone);
    if (by_cost.verdict == INTERCEPT_YES &&
        intercept_cycles(host, alone.median_mtsc) > HLT_EXIT_TIMES_MAX * (known ? known : DEAR_EXIT_CYCLES))
        return answer(INTERCEPT_UNKNOWN, INTERCEPT_AS_SLEEP, CONFIDENCE_LOW);
    if (by_cost.verdict == INTERCEPT_YES)
        by_cost.confidence = CONFIDENCE_MEDIUM;
    if (by_cost.verdict == INTERCEPT_NO &&
        ((host->hypervisor && host->idle_hlt) || eoi != INTERCEPT_NO || delivery >= DELIVERY_CYCLES ||
         (known && delivery * 100 >= known * DELIVERY_PERCENT)))
        return answer(INTERCEPT_UNKNOWN, INTERCEPT_AS_DELIVERY, CONFIDENCE_LOW);
    return by_cost;
}

static void decide_all(const struct intercept_host *host, struct intercept_answer answers[INTERCEPT_COUNT])
{
    bool referenced = is_measured(&host->multiply) && host->multiply.floor_mtsc > 0;
    bool software = no_silicon(host) != INTERCEPT_SOFTWARE_NOT;

    for (unsigned i = 0; i < INTERCEPT_COUNT; i++) {
        const struct intercept_cost *cost = &host->insns[i];

        if (host->emulator)
            answers[i] = answer(INTERCEPT_EMULATED, INTERCEPT_BY_NAME, CONFIDENCE_HIGH);
        else if (!referenced || !is_measured(cost))
            answers[i] = answer(INTERCEPT_UNKNOWN, INTERCEPT_NOT_MEASURED, CONFIDENCE_LOW);
        else if (software)
            answers[i] = answer(INTERCEPT_EMULATED, INTERCEPT_NO_SILICON, CONFIDENCE_MEDIUM);
        else if (i != INTERCEPT_HLT)
            answers[i] = decide(host, i, cost);
    }
    if (!host->emulator && referenced && !software && is_measured(&host->insns[INTERCEPT_HLT]))
        answers[INTERCEPT_HLT] = decide_hlt(host, answers[INTERCEPT_EOI].verdict);
}

/* By the core's clock before all and after all: what changes with it is unknown. */
void intercept_decide(const struct intercept_host *host, struct intercept_answer answers[INTERCEPT_COUNT])
{
    struct intercept_answer later[INTERCEPT_COUNT];
    struct intercept_host then = *host;

    decide_all(host, answers);
    if (!is_measured(&host->again) || host->again.floor_mtsc <= 0)
        return;
    then.multiply = host->again;
    decide_all(&then, later);
    for (unsigned i = 0; i < INTERCEPT_COUNT; i++)
        if (answers[i].verdict != later[i].verdict)
            answers[i] = answer(INTERCEPT_UNKNOWN, INTERCEPT_BETWEEN, CONFIDENCE_LOW);
        else if (later[i].confidence < answers[i].confidence)
            answers[i].confidence = later[i].confidence;
}

enum intercept_kind intercept_kind(const struct intercept_host *host, const struct intercept_answer answers[])
{
    if (answers[INTERCEPT_RDTSC].verdict == INTERCEPT_YES && answers[INTERCEPT_PAUSE].verdict == INTERCEPT_YES)
        return INTERCEPT_KIND_WATCHED;
    /* The floor: what a busy host or a neighbour adds is no exit. */
    return intercept_cycles(host, host->insns[INTERCEPT_CPUID].floor_mtsc) > DEAR_EXIT_CYCLES ? INTERCEPT_KIND_DEAR
                                                                                              : INTERCEPT_KIND_USUAL;
}

enum confidence intercept_cost_confidence(const struct intercept_host *host, const struct intercept_answer answers[])
{
    const struct intercept_cost *cpuid = &host->insns[INTERCEPT_CPUID];
    int64_t before = host->multiply.floor_mtsc, after = host->again.floor_mtsc;
    bool moved = is_measured(&host->again) && (before * 10 > after * 11 || after * 10 > before * 11);

    return moved || cpuid->median_mtsc * 5 > cpuid->floor_mtsc * 6 ? CONFIDENCE_LOW
                                                                   : answers[INTERCEPT_CPUID].confidence;
}

const char *intercept_name(enum intercept_what what)
{
    static const char *const names[INTERCEPT_COUNT] = {"cpuid", "rdtsc", "pause", "hlt", "arm", "icr", "eoi"};

    return names[what];
}

const char *intercept_verdict_word(enum intercept_verdict verdict)
{
    static const char *const words[] = {"no", "yes", "can't tell", "emulated"};

    return words[verdict];
}

const char *intercept_reason_word(enum intercept_reason reason)
{
    static const char *const words[] = {"not_measured", "by_name", "no_silicon",  "as_native",
                                        "as_exit",      "between", "as_delivery", "as_sleep"};

    return words[reason];
}
