/* SPDX-License-Identifier: MIT */
/*
 * The local APIC timer: TSC-deadline where there is one, so that the due time is exact in ticks, else one-shot
 * (apic_timer.h says what its due time is worth). `none` is the same timer as a guard only: it shows how long a wait
 * lasts that nothing else should end.
 */
#include "arch/x86/idle/idle.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/apic_timer.h"
#include "arch/x86/wake/wake.h"

static void timer_begin(const struct machine *machine)
{
    apic_timer_setup(&machine->apic, machine->timer.one_shot, VECTOR_WAKE_TIMER);
}

static void timer_end(const struct machine *machine)
{
    apic_timer_stop(&machine->apic, &machine->timer);
}

static uint64_t timer_arm(const struct machine *machine, uint64_t ticks_tsc)
{
    return apic_timer_arm(&machine->apic, &machine->timer, ticks_tsc);
}

static const struct wake_source timer = {
    .name = "timer",
    .trace = WAKE_TRACE_IRQ,
    .needs = IDLE_ENDS_INTERRUPT,
    .needs_masked = IDLE_ENDS_MASKED,
    .begin = timer_begin,
    .end = timer_end,
    .arm = timer_arm,
};
WAKE_SOURCE(timer, "timer");

static const struct wake_source none = {
    .name = "none",
    .trace = WAKE_TRACE_IRQ,
    .needs = IDLE_ENDS_INTERRUPT,
    .needs_masked = IDLE_ENDS_MASKED,
    .is_guard = true,
    .begin = timer_begin,
    .end = timer_end,
    .arm = timer_arm,
};
WAKE_SOURCE(none, "none");
