/* SPDX-License-Identifier: MIT */
/* What spoils or hides a figure of `cstate`, as findings: the platform, the package limit, pre-wake. */
#include "arch/x86/cpu/features.h"
#include "arch/x86/power/power_msr_regs.h"
#include "experiments/cstate/parts.h"
#include "experiments/kit/siblings.h"
#include "lib/infer/prewake.h"

enum { MOST_PPM = CSTATE_PPM / 10 * 8, C6 = 6 };

static struct beside beside_of(const struct cstate *cstate, const struct nap_state *state, enum nap_source source)
{
    return (struct beside){.machine = cstate->step->machine,
                           .cpu = cstate->step->cpu,
                           .waker = source == NAP_TIMER ? NULL : cstate->step->waker,
                           .state = *state,
                           .others = cstate->others};
}

/* By the first cell whose core cannot be deep. */
static void note_siblings(const struct cstate *cstate)
{
    for (uint32_t i = 0; i < cstate->cell_count; i++) {
        const struct cstate_cell *cell = &cstate->cells[i];
        struct beside beside = beside_of(cstate, &cstate->states[cell->state].nap, (enum nap_source)cell->source);

        if (siblings_note(cstate->step, &beside))
            return;
    }
}

/*
 * All CPUs slept deeply, and the package did not follow although the register lets it. Unknown where no package counter
 * can be read.
 */
static void note_package(const struct cstate *cstate)
{
    int limit = power_limit_depth(cstate->model, cstate->register_cst);
    const struct cstate_cell *slept = NULL;
    struct cstate_evidence evidence;
    struct beside beside;
    bool lives = false;

    if (!cstate->has_cst || limit == LIMIT_RESERVED)
        return;
    if (limit < C6)
        result_finding(cstate->step, "package_limited", CONFIDENCE_HIGH,
                       "the package limit forbids deep package states");
    if (limit < C6 || cstate->others != NAP_OTHERS_SAME || cstate->step->cpu->index ||
        !(cstate->counters >> RESIDENCY_PC2))
        return;
    for (uint32_t i = 0; i < cstate->cell_count; i++) {
        cstate_gather(cstate, &cstate->cells[i], &evidence);
        if (cstate->cells[i].source != NAP_TIMER || cstate_core_ppm(&evidence, C6) < MOST_PPM)
            continue;
        slept = &cstate->cells[i];
        if (cstate_package_of(&evidence) != RESIDENCY_COUNT)
            return;
        lives = evidence.alive >> RESIDENCY_PC2; /* of any state, at any length */
    }
    if (!slept)
        return;
    beside = beside_of(cstate, &cstate->states[slept->state].nap, NAP_TIMER);
    if (!siblings_note_package(cstate->step, &beside))
        result_finding(cstate->step, "package_held", lives ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW,
                       lives ? "CPU 0's core slept in C6, all others asked for it, yet no package counter has a "
                               "twentieth of the time: held up, or the naps are too short"
                             : "CPU 0's core slept in C6, all others asked for it, yet no package counter moved in any "
                               "nap: held up, the naps are too short, or the counters are dead");
}

/* True where a timer's wake is much shorter than an interrupt's: the processor knew when its own timer was due. */
static bool is_hidden(const struct cstate *cstate, const struct cstate_cell *timer, bool on,
                      enum confidence *confidence)
{
    const struct cstate_cell *ipi = cstate_cell_at(cstate, timer->state, NAP_IPI, timer->point);
    struct cstate_evidence evidence;

    if (timer->source != NAP_TIMER || !ipi || !timer->kept || !ipi->kept || cstate->states[timer->state].want == 1)
        return false;
    cstate_gather(cstate, timer, &evidence);
    return prewake_hides(timer->latency_tsc, ipi->latency_tsc, timer->kept, ipi->kept, evidence.clear_tsc, on,
                         confidence);
}

static void note_prewake(const struct cstate *cstate)
{
    bool on = cstate->has_power_ctl && power_model_has(cstate->model, POWER_PREWAKE) &&
              !(cstate->register_power_ctl & POWER_CTL_PREWAKE_DISABLE);
    enum confidence confidence;

    for (uint32_t i = 0; i < cstate->cell_count; i++) {
        if (!is_hidden(cstate, &cstate->cells[i], on, &confidence))
            continue;
        result_finding(cstate->step, "timer_hides_latency", confidence,
                       "a timer's wake takes less than half of an interrupt's: trust by=ipi");
        return;
    }
}

void cstate_notes(const struct cstate *cstate)
{
    if (cstate->guest) {
        result_finding(cstate->step, "unverified", CONFIDENCE_NONE,
                       "a hypervisor or emulator: nobody can say what was entered");
        return;
    }
    if (step_cpuid(cstate->step)->vendor == CPU_VENDOR_INTEL && !cstate->model)
        result_finding(cstate->step, "model_unknown", CONFIDENCE_NONE, "not in the table: usual counters, no switches");
    if (!cstate->arat)
        result_finding(cstate->step, "no_arat", CONFIDENCE_NONE,
                       "the APIC timer may stop below C1: by=ipi or by=store wakes deeper states");
    if (cpu_has(step_cpuid(cstate->step), CPUID_AMX_TILE))
        result_finding(cstate->step, "amx", CONFIDENCE_NONE,
                       "AMX tiles are unused here; in use they keep a core from C6");
    note_siblings(cstate);
    note_package(cstate);
    note_prewake(cstate);
}
