/* SPDX-License-Identifier: MIT */
/* Checks that a wait instruction returns at once, before `cost` runs 24 copies of it with interrupts off. */
#include "experiments/cost/parts.h"

#include "arch/x86/idle/waitpkg.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/apic_timer.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"

enum {
    GUARD_US = 2000,
    TRIES = 4, /* a host may take the CPU away for as long as the guard */
};

/* STI's shadow covers the wait: an interrupt that is pending already ends it (SDM volume 2, STI). */
static void sti_mwait(void)
{
    __asm__ volatile(INSN_STI "mwait" : : "a"(0), "c"(0) : "memory");
}

static void sti_mwaitx(void)
{
    __asm__ volatile(INSN_STI "mwaitx" : : "a"(0), "b"(0), "c"(0) : "memory");
}

/*
 * True when the instruction lasted until the timer each time. What an earlier MONITOR may have armed is gone: an
 * interrupt is taken first, and the first wait disarms too (SDM volume 3, 9.10.3).
 */
static bool lasts_until_timer(struct step *step, void (*wait)(void))
{
    const struct apic *apic = &step->machine->apic;
    unsigned lasted = 0;

    apic_timer_setup(apic, step->machine->timer.one_shot, VECTOR_WAKE_TIMER);
    apic_send_self(apic, VECTOR_NOTHING);
    sti_nop_cli();
    for (unsigned i = 0; i < TRIES; i++) {
        uint64_t was = percpu_count(&step->cpu->wake_count);

        apic_timer_arm(apic, &step->machine->timer, delay_tsc(step->machine, GUARD_US));
        wait();
        cli();
        lasted += percpu_count(&step->cpu->wake_count) != was;
        apic_timer_stop(apic, &step->machine->timer);
        sti_nop_cli();
        apic_timer_setup(apic, step->machine->timer.one_shot, VECTOR_WAKE_TIMER);
    }
    apic_timer_stop(apic, &step->machine->timer);
    apic_drain(apic);
    return lasted == TRIES;
}

void cost_probe_mwait(struct step *step, struct cost *cost)
{
    cost->waits = lasts_until_timer(step, sti_mwait);
}

void cost_probe_mwaitx(struct step *step, struct cost *cost)
{
    cost->waits = lasts_until_timer(step, sti_mwaitx);
}

void cost_probe_waitpkg(struct step *step, struct cost *cost)
{
    (void)step;
    cost->unreal = !waitpkg_believe();
}
