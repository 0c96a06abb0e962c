/* SPDX-License-Identifier: MIT */
/* Which parts of a tick exit to a hypervisor: arming and EOI, by their cost against CPUID's. */
#include "experiments/tick/parts.h"

#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/apic_timer.h"
#include "arch/x86/time/tsc.h"
#include "experiments/kit/probe.h"
#include "lib/infer/exit_cost.h"
#include "lib/stats.h"

enum {
    SAMPLES = 65,
    FAR_S = 100,
};

/* `hold`: an interrupt is in service each time, as behind a tick. */
static int64_t median_tsc(const struct step *step, bool hold, void (*one)(const struct step *step))
{
    int64_t cost_tsc[SAMPLES];

    for (unsigned i = 0; i < SAMPLES; i++) {
        uint64_t start_tsc;

        if (hold)
            (void)probe_hold_interrupt(&step->machine->apic);
        start_tsc = tsc_begin();
        one(step);
        cost_tsc[i] = (int64_t)(tsc_end() - start_tsc);
    }
    return stats_sort_median(cost_tsc, SAMPLES) - (int64_t)step->machine->clock.read_min_tsc;
}

static void ask_cpuid(const struct step *step)
{
    (void)step;
    (void)cpuid(0, 0);
}

static void arm_far(const struct step *step)
{
    apic_timer_arm(&step->machine->apic, &step->machine->timer, FAR_S * step->machine->clock.tsc_hz);
}

static void end_interrupt(const struct step *step)
{
    apic_eoi(&step->machine->apic);
}

void tick_probe_exits(struct step *step, struct tick_exits *exits)
{
    const struct machine *machine = step->machine;

    if (machine->hv.kind == HYPERVISOR_NONE || machine->hv.emulator)
        return;
    exits->asked = true;
    exits->cpuid_tsc = median_tsc(step, false, ask_cpuid);
    exits->eoi_tsc = median_tsc(step, true, end_interrupt);
    apic_timer_setup(&machine->apic, machine->timer.one_shot, VECTOR_WAKE_TIMER);
    exits->arm_tsc = median_tsc(step, false, arm_far);
    apic_timer_stop(&machine->apic, &machine->timer);
    exits->sure = true;
    exits->arm = exit_by_cost(exits->arm_tsc, exits->cpuid_tsc, &exits->sure);
    exits->eoi = exit_by_cost(exits->eoi_tsc, exits->cpuid_tsc, &exits->sure);
}
