/* SPDX-License-Identifier: MIT */
/*
 * Which states `cstate` measures: those that CPUID.05H and AMD's C-state base list, or the one that the script names.
 */
#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/mwait_hints.h"
#include "arch/x86/power/amd_ports.h"
#include "experiments/cstate/parts.h"
#include "lib/fmt.h"

static struct cstate_state mwait_state(const struct cstate *cstate, uint32_t hint)
{
    struct mwait_target target = mwait_hint_target(step_cpuid(cstate->step), hint);

    return (struct cstate_state){.nap = {NAP_MWAIT, hint}, .want = target.core, .name = target.name};
}

static void add(struct cstate *cstate, struct cstate_state state)
{
    if (cstate->state_count < CSTATE_STATES)
        cstate->states[cstate->state_count++] = state;
}

static void add_hints(struct cstate *cstate)
{
    const struct cpu_snapshot *snapshot = step_cpuid(cstate->step);
    uint8_t hints[MWAIT_HINTS_MAX];
    uint32_t count = cpu_mwait_info(snapshot).monitor ? mwait_hints_list(snapshot, hints) : 0;

    for (uint32_t i = 0; i < count; i++)
        add(cstate, mwait_state(cstate, hints[i]));
}

static struct cstate_state port_state(const struct amd_ports *ports, uint32_t port)
{
    uint8_t state = amd_port_state(ports, port);

    return (struct cstate_state){.nap = {NAP_IOPORT, port}, .want = state, .name = state};
}

void cstate_list_states(struct cstate *cstate)
{
    const struct plan_value *values = cstate->step->plan->values;
    const struct plan_method *wish = &values[KEY_STATE].method;
    struct amd_ports ports = amd_ports_read(step_cpuid(cstate->step), cstate->guest);
    uint32_t given = (uint32_t)values[KEY_IOPORT].count;

    if (wish->word == STATE_MWAIT)
        add(cstate, mwait_state(cstate, (uint32_t)wish->argument));
    if (wish->word == STATE_IOPORT)
        add(cstate, port_state(&ports, (uint32_t)wish->argument));
    if (wish->word == STATE_HLT || wish->word == STATE_ALL)
        add(cstate, (struct cstate_state){.nap = {NAP_HLT, 0}, .want = 1, .name = 1});
    if (wish->word != STATE_ALL)
        return;
    add_hints(cstate);
    for (uint32_t i = 0; i < AMD_PORTS && ports.base; i++)
        add(cstate, port_state(&ports, ports.base + i));
    if (given && (!ports.base || given - ports.base >= AMD_PORTS)) /* not one of those again */
        add(cstate, port_state(&ports, given));
}

/* NULL, or why this state is not measured by this source. */
static const char *refuse(const struct cstate *cstate, const struct cstate_state *state, enum nap_source source)
{
    bool force = plan_flag(cstate->step->plan, "force");

    if (source == NAP_TIMER && state->want > 1 && !cstate->arat && !cstate->guest && !force)
        return "the APIC timer may stop in that state (CPUID.06H:EAX[2] is clear)";
    return nap_refuse(&cstate->nap, &state->nap, source, force);
}

static bool add_cell(struct cstate *cstate, uint32_t state, uint32_t source, uint32_t point)
{
    struct cstate_cell *cell = &cstate->cells[cstate->cell_count];

    cell->state = (uint8_t)state;
    cell->source = (uint8_t)source;
    cell->point = (uint8_t)point;
    cell->latency_tsc = step_alloc(cstate->step, cstate->samples * (uint64_t)sizeof(*cell->latency_tsc));
    cstate->cell_count += cell->latency_tsc != NULL;
    return cell->latency_tsc != NULL;
}

const char *cstate_list_cells(struct cstate *cstate)
{
    unsigned by = cstate->step->plan->values[KEY_BY].choice;
    const char *problem = "no state to measure";

    cstate->cells = step_alloc(cstate->step, (uint64_t)cstate->state_count * NAP_SOURCES * cstate->point_count *
                                                 sizeof(*cstate->cells));
    cstate->arrived_tsc = step_alloc(cstate->step, cstate->samples * (uint64_t)sizeof(*cstate->arrived_tsc));
    if (!cstate->cells || !cstate->arrived_tsc)
        return step_no_memory;
    for (uint32_t source = 0; source < NAP_SOURCES; source++) {
        for (uint32_t i = 0; i < cstate->state_count; i++) {
            const char *why = NULL;

            if (by != BY_ALL && by - BY_FIRST_SOURCE != source)
                continue;
            why = refuse(cstate, &cstate->states[i], (enum nap_source)source);
            for (uint32_t point = 0; point < cstate->point_count && !why; point++)
                if (!add_cell(cstate, i, source, point))
                    return step_no_memory;
            if (why)
                problem = why;
        }
    }
    return cstate->cell_count ? NULL : problem;
}

const char *cstate_state_text(const struct cstate_state *state, char text[CSTATE_TEXT_BYTES])
{
    if (state->nap.way == NAP_HLT)
        return "hlt";
    fmt(text, CSTATE_TEXT_BYTES, "%s:0x%x", nap_way_name(state->nap.way), state->nap.argument);
    return text;
}
