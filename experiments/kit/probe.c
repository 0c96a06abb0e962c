/* SPDX-License-Identifier: MIT */
#include "experiments/kit/probe.h"

#include "arch/x86/idle/idle.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/tsc.h"
#include "experiments/kit/calibrate.h"
#include "experiments/kit/experiment.h"
#include "lib/stats.h"

enum {
    SAMPLES = 64,
    SAMPLES_LEAST = 8,
    WARMUP = 2,
    TAKE_NS = 4 * 1000 * 1000, /* slow exits give fewer samples in that time */
    LIMIT_TIMES = 8,           /* after that many times TAKE_NS it ends with what it has */
    FRACTION = 1000,           /* thousandths of a tick */
    CHAIN = 64,                /* of a reference; the loop around groups of eight adds nothing to it */
    CHAIN_STEP = 8,
    DELIVER_TRIES = 10000,
};

/* A software APIC may deliver it late. */
bool probe_hold_interrupt(const struct apic *apic)
{
    const struct percpu *cpu = this_cpu();
    uint64_t was = percpu_count(&cpu->irq_count);

    apic_send_self(apic, VECTOR_HELD);
    for (unsigned i = 0; i < DELIVER_TRIES; i++) {
        sti_nop_cli();
        if (percpu_count(&cpu->irq_count) != was)
            return true;
        pause();
    }
    /* An interrupt in service would block all later ones. */
    apic_drain(apic);
    return false;
}

static void none(void *operands)
{
    (void)operands;
}

static void multiply(void *operands)
{
    uint32_t value = (uint32_t)(uintptr_t)operands;

    /* Of 32 bits: one of 64 takes five or six cycles on Atoms, Jaguar and Bulldozer. */
    for (unsigned i = 0; i < CHAIN; i += CHAIN_STEP)
        __asm__ volatile(".rept 8\n\timull %0, %0\n\t.endr" : "+r"(value) : : "cc");
}

/* operands points to itself. */
static void load(void *operands)
{
    for (unsigned i = 0; i < CHAIN; i += CHAIN_STEP)
        __asm__ volatile(".rept 8\n\tmovq (%0), %0\n\t.endr" : "+r"(operands) : : "memory");
}

static void leave(void *operands)
{
    (void)operands;
    (void)cpuid(0, 0);
}

static struct intercept_cost summarise(int64_t *values, uint32_t n, uint32_t rejected)
{
    struct intercept_cost cost = {.n = n, .rejected = rejected};

    if (!n)
        return cost;
    cost.median_mtsc = stats_sort_median(values, n);
    cost.floor_mtsc = values[0];
    return cost;
}

/* Enough samples, or enough time. */
static bool is_enough(const struct step *step, uint32_t n, uint64_t begun_tsc)
{
    uint64_t past_tsc = tsc_now() - begun_tsc, take_tsc = step_tsc(step, TAKE_NS);

    return n == SAMPLES || past_tsc > take_tsc * LIMIT_TIMES || (n >= SAMPLES_LEAST && past_tsc > take_tsc);
}

struct intercept_cost probe_take(struct step *step, const struct probe *probe, void *operands, int64_t empty_mtsc)
{
    int64_t values[SAMPLES];
    uint64_t begun_tsc = tsc_now();
    uint32_t n = 0;

    for (uint32_t i = 0; !is_enough(step, n, begun_tsc); i++) {
        uint64_t start_tsc, end_tsc;

        if (probe->before)
            probe->before(operands);
        start_tsc = tsc_begin();
        probe->copy(operands);
        end_tsc = tsc_end();
        if (i >= WARMUP)
            values[n++] = ((int64_t)(end_tsc - start_tsc) * FRACTION - empty_mtsc) / (int64_t)probe->copies;
        /* Some instructions leave an interrupt pending. */
        sti_nop_cli();
    }
    step_pet(step);
    return summarise(values, n, 0);
}

struct intercept_cost probe_take_pending(struct step *step, void (*wait)(struct idle_call *call))
{
    struct idle_call call = {.watch = &step->cpu->wake_count};
    int64_t values[SAMPLES];
    uint64_t begun_tsc = tsc_now();
    uint32_t n = 0, rejected = 0;

    while (!is_enough(step, n, begun_tsc) && rejected < SAMPLES) {
        struct empty_path empty;

        if (calibrate_empty_once(step, wait, &call, &empty))
            values[n++] = empty.plain.after_min_tsc * FRACTION;
        else
            rejected++;
    }
    step_pet(step);
    return summarise(values, n, rejected);
}

void probe_reference_again(struct step *step, struct intercept_host *host, int64_t empty_mtsc)
{
    host->again = probe_take(step, &(struct probe){CHAIN, multiply, NULL}, host, empty_mtsc);
}

int64_t probe_references(struct step *step, struct intercept_host *host)
{
    int64_t empty_mtsc = probe_take(step, &(struct probe){1, none, NULL}, NULL, 0).floor_mtsc;
    void *chain = &chain;

    host->hypervisor = hv_is_guest(&step->machine->hv);
    host->emulator = step->machine->hv.emulator;
    host->hardware = step->machine->hv.is_hardware;
    host->idle_hlt = step_cpuid(step)->vendor == CPU_VENDOR_AMD;
    host->multiply = probe_take(step, &(struct probe){CHAIN, multiply, NULL}, chain, empty_mtsc);
    host->load = probe_take(step, &(struct probe){CHAIN, load, NULL}, chain, empty_mtsc);
    host->insns[INTERCEPT_CPUID] = probe_take(step, &(struct probe){1, leave, NULL}, NULL, empty_mtsc);
    return empty_mtsc;
}
