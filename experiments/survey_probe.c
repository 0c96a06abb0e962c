// SPDX-License-Identifier: MIT
/*
 * What the instructions of the idle path cost, each with few samples, for `survey`'s verdicts; the experiment `cost` is the exact one.
 *
 * A sample is a run of copies between two stamps, less the shortest run of none, divided by the copies. A pending HLT is the idle
 * method's window, and beside it stands the same window with a NOP.
 */
#include "arch/x86/idle/idle.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/apic_timer.h"
#include "arch/x86/time/tsc.h"
#include "experiments/engine/calibrate.h"
#include "experiments/survey.h"
#include "lib/stats.h"

enum {
    SAMPLES = 64,
    SAMPLES_LEAST = 8,
    WARMUP = 2,
    PROBE_NS = 4 * 1000 * 1000, /* where exits are dear there are fewer samples */
    FRACTION = 1000,            /* thousandths of a tick */
    FAR_S = 100,
    CHAIN = 64, /* of a reference; the loop around eights hides behind the chain */
};

/* What the copies need. */
struct operands {
    const struct machine *machine;
    uint64_t far_tsc;
    void *chain; /* points to itself */
    uint64_t factor;
};

struct probe {
    uint32_t copies;
    void (*run)(struct operands *operands);
};

#define TWICE(statement)                                                                           \
    statement;                                                                                     \
    statement
#define EIGHT(statement) TWICE(TWICE(TWICE(statement)))

static void none(struct operands *operands)
{
    (void)operands;
}

static void multiply(struct operands *operands)
{
    uint64_t value = operands->factor;

    for (unsigned i = 0; i < CHAIN / 8; i++) {
        EIGHT(__asm__ volatile("imulq %0, %0" : "+r"(value) : : "cc"));
    }
    operands->factor = value;
}

static void load(struct operands *operands)
{
    void *at = operands->chain;

    for (unsigned i = 0; i < CHAIN / 8; i++) {
        EIGHT(__asm__ volatile("movq (%0), %0" : "+r"(at) : : "memory"));
    }
    operands->chain = at;
}

static void leave_cpuid(struct operands *operands)
{
    (void)operands;
    (void)cpuid(0, 0);
}

static void stamp(struct operands *operands)
{
    (void)operands;
    EIGHT((void)rdtsc());
}

static void relax(struct operands *operands)
{
    (void)operands;
    EIGHT(pause());
}

static void arm_far(struct operands *operands)
{
    const struct machine *machine = operands->machine;

    (void)apic_timer_arm(&machine->apic, &machine->timer, operands->far_tsc);
}

static void send_self(struct operands *operands)
{
    apic_send_self(&operands->machine->apic, VECTOR_NOTHING);
}

static void acknowledge(struct operands *operands)
{
    apic_eoi(&operands->machine->apic);
}

static const struct probe empty_probe = {1, none}, multiply_probe = {CHAIN, multiply},
                          load_probe = {CHAIN, load};
static const struct probe probes[INTERCEPT_COUNT] = {
    [INTERCEPT_CPUID] = {1, leave_cpuid}, [INTERCEPT_RDTSC] = {8, stamp},
    [INTERCEPT_PAUSE] = {8, relax},       [INTERCEPT_ARM] = {1, arm_far},
    [INTERCEPT_ICR] = {1, send_self},     [INTERCEPT_EOI] = {1, acknowledge},
};

/* As HLT's window, with a NOP in HLT's place. */
static __attribute__((noinline)) void nop_wait(struct idle_call *call)
{
    __asm__ volatile(WINDOW_OPEN_LOOK("hlt_nop") "sti\n\t" WINDOW_WAIT
                                                 "nop\n\t" WINDOW_CLOSE("hlt_nop")
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call)
                     : WINDOW_CLOBBERS);
}

static struct intercept_cost summarise(int64_t *values, uint32_t n, uint32_t rejected)
{
    struct intercept_cost cost = {.n = n, .rejected = rejected};

    if (!n)
        return cost;
    stats_sort(values, n);
    cost.floor_mtsc = values[0];
    cost.median_mtsc = stats_median(values, n);
    return cost;
}

/* Enough samples, or enough time. */
static bool is_enough(uint32_t n, uint64_t start_tsc, uint64_t limit_tsc)
{
    return n == SAMPLES || (n >= SAMPLES_LEAST && tsc_now() - start_tsc > limit_tsc);
}

static struct intercept_cost take(struct run *run, const struct probe *probe,
                                  struct operands *operands, int64_t empty_mtsc)
{
    int64_t values[SAMPLES];
    uint64_t begun_tsc = tsc_now(), limit_tsc = run_tsc(run, PROBE_NS);
    uint32_t n = 0;

    for (uint32_t i = 0; !is_enough(n, begun_tsc, limit_tsc); i++) {
        uint64_t start_tsc, end_tsc;

        start_tsc = tsc_begin();
        probe->run(operands);
        end_tsc = tsc_end();
        if (i >= WARMUP)
            values[n++] =
                ((int64_t)(end_tsc - start_tsc) * FRACTION - empty_mtsc) / (int64_t)probe->copies;
        /* The ICR leaves an interrupt pending. */
        sti_nop_cli();
    }
    run_should_return(run);
    return summarise(values, n, 0);
}

static struct intercept_cost take_pending(struct run *run, void (*wait)(struct idle_call *call))
{
    struct idle_call call = {.watch = &run->cpu->wake_count};
    int64_t values[SAMPLES];
    uint64_t begun_tsc = tsc_now(), limit_tsc = run_tsc(run, PROBE_NS);
    uint32_t n = 0, rejected = 0;

    while (!is_enough(n, begun_tsc, limit_tsc) && rejected < SAMPLES) {
        struct empty_path empty;

        if (calibrate_empty_once(run, wait, &call, &empty))
            values[n++] = empty.after_min_tsc * FRACTION;
        else
            rejected++;
    }
    run_should_return(run);
    return summarise(values, n, rejected);
}

void survey_measure_costs(struct run *run, struct intercept_host *costs)
{
    struct machine *machine = run->machine;
    const struct idle_method *hlt = idle_find("hlt");
    struct operands operands = {
        .machine = machine, .far_tsc = run_tsc(run, FAR_S * UINT64_C(1000000000)), .factor = 3};
    int64_t empty_mtsc = take(run, &empty_probe, &operands, 0).floor_mtsc;

    operands.chain = &operands.chain;
    costs->multiply = take(run, &multiply_probe, &operands, empty_mtsc);
    costs->load = take(run, &load_probe, &operands, empty_mtsc);
    apic_timer_setup(&machine->apic, machine->timer.one_shot, VECTOR_NOTHING);
    for (unsigned i = 0; i < INTERCEPT_COUNT; i++) {
        if (probes[i].run)
            costs->insns[i] = take(run, &probes[i], &operands, empty_mtsc);
    }
    apic_timer_stop(&machine->apic, &machine->timer);
    apic_drain(&machine->apic);
    costs->pending = take_pending(run, nop_wait);
    if (hlt)
        costs->insns[INTERCEPT_HLT] = take_pending(run, hlt->wait);
}
