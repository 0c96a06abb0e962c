/* SPDX-License-Identifier: MIT */
/*
 * The cost of the instructions of the idle path, for `survey`'s verdicts. A pending HLT is timed in the idle method's
 * window, its reference in the same window with a NOP.
 */
#include "arch/x86/idle/idle.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/apic_timer.h"
#include "experiments/kit/probe.h"
#include "experiments/survey/parts.h"

enum {
    FAR_S = 100,
    COPIES = 8, /* of instructions that are cheap without an exit */
};

/* What the copies need. */
struct operands {
    const struct machine *machine;
    uint64_t far_tsc;
};

static void stamp(void *operands)
{
    (void)operands;
    for (unsigned i = 0; i < COPIES; i++)
        (void)rdtsc();
}

static void relax(void *operands)
{
    (void)operands;
    for (unsigned i = 0; i < COPIES; i++)
        pause();
}

static void arm_far(void *operands)
{
    const struct operands *o = operands;

    (void)apic_timer_arm(&o->machine->apic, &o->machine->timer, o->far_tsc);
}

static void send_self(void *operands)
{
    const struct operands *o = operands;

    apic_send_self(&o->machine->apic, VECTOR_NOTHING);
}

/* Of a real one: with nothing in service EOI exits also where a virtual APIC ends interrupts by itself. */
static void hold(void *operands)
{
    const struct operands *o = operands;

    (void)probe_hold_interrupt(&o->machine->apic);
}

static void acknowledge(void *operands)
{
    const struct operands *o = operands;

    apic_eoi(&o->machine->apic);
}

static const struct probe probes[INTERCEPT_COUNT] = {
    [INTERCEPT_RDTSC] = {COPIES, stamp, NULL}, [INTERCEPT_PAUSE] = {COPIES, relax, NULL},
    [INTERCEPT_ARM] = {1, arm_far, NULL},      [INTERCEPT_ICR] = {1, send_self, NULL},
    [INTERCEPT_EOI] = {1, acknowledge, hold},
};

/* As HLT's window, with a NOP in HLT's place. */
static __attribute__((noinline)) void nop_wait(struct idle_call *call)
{
    __asm__ volatile(WINDOW_OPEN_LOOK("hlt_nop") INSN_STI WINDOW_WAIT "nop\n\t" WINDOW_CLOSE("hlt_nop")
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call)
                     : WINDOW_CLOBBERS);
}

void survey_measure_costs(struct step *step, struct intercept_host *costs)
{
    struct machine *machine = step->machine;
    const struct idle_method *hlt = idle_find("hlt");
    struct operands operands = {machine, step_tsc(step, FAR_S * UINT64_C(1000000000))};
    int64_t empty_mtsc = probe_references(step, costs);

    apic_timer_setup(&machine->apic, machine->timer.one_shot, VECTOR_NOTHING);
    for (unsigned i = 0; i < INTERCEPT_COUNT; i++)
        if (probes[i].copy)
            costs->insns[i] = probe_take(step, &probes[i], &operands, empty_mtsc);
    apic_timer_stop(&machine->apic, &machine->timer);
    apic_drain(&machine->apic);
    costs->pending = probe_take_pending(step, nop_wait);
    if (hlt)
        costs->insns[INTERCEPT_HLT] = probe_take_pending(step, hlt->wait);
    probe_reference_again(step, costs, empty_mtsc);
}
