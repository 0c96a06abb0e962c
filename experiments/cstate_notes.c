// SPDX-License-Identifier: MIT
/* What stands around the figures of `cstate`: the switches as they were, the package limit, and what hides or spoils a latency. */
#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/power_msr_regs.h"
#include "experiments/cstate.h"
#include "lib/fmt.h"

enum { TEXT_BYTES = 200, NAME_BYTES = 16, MOST_PPM = CSTATE_PPM / 10 * 8, C6 = 6 };

static void limit_name(int depth, char name[NAME_BYTES])
{
    if (depth == LIMIT_RESERVED)
        fmt(name, NAME_BYTES, "not known");
    else if (depth == LIMIT_NONE)
        fmt(name, NAME_BYTES, "none");
    else
        fmt(name, NAME_BYTES, "C%d", depth);
}

static const char *turned(bool on)
{
    return on ? "on" : "off";
}

static void note_switches(const struct cstate *cstate)
{
    uint64_t power = cstate->register_power_ctl, cst = cstate->register_cst;
    char text[TEXT_BYTES], limit[NAME_BYTES];

    if (cstate->has_power_ctl) {
        bool prewake = power_model_has(cstate->model, POWER_PREWAKE);

        fmt(text, sizeof text, "MSR_POWER_CTL %x: C1E promotion %s, pre-wake %s", (unsigned)power,
            turned(power & POWER_CTL_C1E),
            prewake ? turned(!(power & POWER_CTL_PREWAKE_DISABLE)) : "not known on this model");
        result_finding(cstate->run, "power_ctl", NULL, text);
    }
    if (!cstate->has_cst)
        return;
    limit_name(power_limit_depth(cstate->model, cst), limit);
    fmt(text, sizeof text, "MSR_PKG_CST_CONFIG_CONTROL %x: package limit %s%s", (unsigned)cst,
        limit, cst & PKG_CST_LOCK ? ", locked by the firmware" : "");
    result_finding(cstate->run, "package_limit", NULL, text);
    if (!power_model_has(cstate->model, POWER_DEMOTE))
        return;
    fmt(text, sizeof text, "demotion to C1 %s, to C3 %s; undemotion from C1 %s, from C3 %s",
        turned(cst & PKG_CST_C1_DEMOTE), turned(cst & PKG_CST_C3_DEMOTE),
        turned(cst & PKG_CST_C1_UNDEMOTE), turned(cst & PKG_CST_C3_UNDEMOTE));
    result_finding(cstate->run, "demotion", NULL, text);
}

/* All CPUs slept deeply, and the package did not follow although the register lets it. */
static void note_package(const struct cstate *cstate)
{
    int limit = power_limit_depth(cstate->model, cstate->register_cst);
    bool slept = false;

    if (!cstate->has_cst || cstate->others != NAP_OTHERS_SAME || cstate->run->cpu->index)
        return;
    if (limit != LIMIT_RESERVED && limit < C6)
        result_finding(cstate->run, "package_limited", "high",
                       "the package limit forbids deep package states: no figure here has them");
    if (limit == LIMIT_RESERVED || limit < C6)
        return;
    for (uint32_t i = 0; i < cstate->cell_count; i++) {
        const struct cstate_cell *cell = &cstate->cells[i];
        struct cstate_evidence evidence = cstate_evidence_of(cstate, cell);

        if (cell->source != NAP_TIMER || cstate_core_ppm(&evidence, C6) < MOST_PPM)
            continue;
        slept = true;
        if (cstate_package_of(&evidence) != RESIDENCY_COUNT)
            return;
    }
    if (slept)
        result_finding(
            cstate->run, "package_held", "medium",
            "all CPUs slept in C6 and the limit allows more, yet no package counter moved: "
            "firmware, a device, graphics or another package holds it");
}

/* The processor knows when its own timer is due, and may wake ahead of it; another CPU's wake it cannot foresee. */
static void note_prewake(const struct cstate *cstate)
{
    bool known = cstate->has_power_ctl && power_model_has(cstate->model, POWER_PREWAKE);
    bool on = known && !(cstate->register_power_ctl & POWER_CTL_PREWAKE_DISABLE);

    for (uint32_t i = 0; i < cstate->cell_count; i++) {
        const struct cstate_cell *timer = &cstate->cells[i];
        const struct cstate_cell *ipi = cstate_cell_at(cstate, timer->state, NAP_IPI, timer->point);
        struct cstate_evidence evidence;
        char state[CSTATE_TEXT_BYTES], text[TEXT_BYTES];

        if (timer->source != NAP_TIMER || !ipi || !timer->kept || !ipi->kept)
            continue;
        evidence = cstate_evidence_of(cstate, timer);
        if (cstate->states[timer->state].want == 1 ||
            2 * evidence.p50_tsc + evidence.clear_tsc > cstate_p50(ipi))
            continue;
        fmt(text, sizeof text,
            "%s: a timer's wake takes less than half of an interrupt's from elsewhere: its latency "
            "is "
            "hidden%s",
            cstate_state_text(&cstate->states[timer->state], state),
            on ? " by pre-wake (MSR_POWER_CTL[30] is clear)" : "");
        result_finding(cstate->run, "timer_hides_latency", on ? "high" : "medium", text);
        return;
    }
    if (on && !cstate->guest)
        result_finding(cstate->run, "prewake", NULL,
                       "pre-wake is on: figures by=timer may hide the latency; trust by=ipi");
}

static void note_platform(const struct cstate *cstate)
{
    const struct cpu_snapshot *snapshot = &cstate->run->machine->snapshot;

    if (cstate->guest) {
        result_finding(cstate->run, "unverified", NULL,
                       "a hypervisor or emulator is here: what was entered cannot be said, and no "
                       "model-specific register was read");
        return;
    }
    if (snapshot->vendor == CPU_VENDOR_INTEL && !cstate->model)
        result_finding(cstate->run, "model_unknown", NULL,
                       "this model is not in the table: no register is written, and usual counters "
                       "were tried");
    if (!cstate->arat)
        result_finding(
            cstate->run, "no_arat", NULL,
            "the APIC timer may stop below C1 (CPUID.06H:EAX[2] is clear): deeper states "
            "are woken by=ipi or by=store only");
    if (!cstate->run->machine->clock.invariant)
        result_finding(cstate->run, "tsc_may_stop", NULL,
                       "the TSC is not invariant: below C1 it may stop, and latencies mean little");
    if (cpu_has(snapshot, CPUID_AMX_TILE))
        result_finding(cstate->run, "amx", NULL,
                       "AMX tiles are unused here; a kernel whose tasks leave them in use does not "
                       "reach C6");
}

static void note_c1e(const struct cstate *cstate)
{
    if (cstate->has_power_ctl && (cstate->register_power_ctl & POWER_CTL_C1E))
        result_finding(cstate->run, "c1e_promotion", "high",
                       "requests for C1 are promoted to C1E: figures of hlt and hint 0 are C1E's");
}

static void note_refused(const struct cstate *cstate)
{
    for (unsigned i = 0; i < NAP_SOURCES; i++) {
        char text[TEXT_BYTES];

        if (!cstate->refused[i])
            continue;
        fmt(text, sizeof text, "by %s not all states were measured: %s",
            nap_source_name((enum nap_source)i), cstate->refused[i]);
        result_finding(cstate->run, "left_out", NULL, text);
    }
}

void cstate_notes(const struct cstate *cstate)
{
    note_platform(cstate);
    note_refused(cstate);
    note_switches(cstate);
    note_c1e(cstate);
    note_package(cstate);
    note_prewake(cstate);
}
