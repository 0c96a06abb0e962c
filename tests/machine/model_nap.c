/* SPDX-License-Identifier: MIT */
/* The model's naps: which state a request ends in, how long leaving it takes, and what the counters say afterwards. */
#include <string.h>

#include "arch/x86/cpu/smp.h"
#include "tests/machine/model.h"

enum {
    OVERHEAD_TSC = 3000,
    SEND_TSC = 400, /* what an interrupt or a store needs on its way */
    NOISE_PERCENT = 6,
};

const char *nap_refuse(const struct nap *nap, const struct nap_state *state, enum nap_source source, bool force)
{
    (void)force;
    if (source != NAP_TIMER && nap->no_from)
        return nap->no_from;
    if (source == NAP_STORE && state->way != NAP_MWAIT)
        return "this wake source cannot end this wait";
    return NULL;
}

void nap_open_state(struct nap *nap, const struct nap_state *state, enum nap_source source, enum nap_others others)
{
    nap->state = *state;
    nap->by = source;
    nap->others = others;
}

bool nap_close(struct nap *nap)
{
    bool parked = true;

    for (uint32_t i = 1; i < nap->machine->cpu_count; i++)
        parked &= smp_parked(nap->machine->cpus[i]);
    return parked;
}

static uint64_t ticks(uint64_t ns)
{
    return ns * MODEL_TICKS_PER_NS;
}

/* The state that the hardware is asked for: a sub-state that it does not know is as its neighbour, any other as C1. */
static unsigned asked(const struct model *model, const struct nap_state *state)
{
    unsigned near = 0;

    for (unsigned i = 0; i < MODEL_STATES && model->states[i].exit_ns; i++) {
        if (model->states[i].way != state->way)
            continue;
        if (model->states[i].argument == state->argument)
            return i;
        if (state->way == NAP_MWAIT && model->states[i].argument >> 4 == state->argument >> 4)
            near = i;
    }
    return near;
}

/* By that CPU's own register. */
static bool demotes(const struct model_machine *at, uint32_t cpu, uint64_t slept_tsc)
{
    uint32_t below_ns = at->model->demote_below_ns;

    return below_ns && (model_register_of(at, cpu, 0xe2) & (1 << 26)) && slept_tsc < ticks(below_ns);
}

static bool is_demoted(const struct model_machine *at, const struct nap_state *state, uint64_t slept_tsc)
{
    if (at->plan.demoted_hint && state->way == NAP_MWAIT && state->argument == at->plan.demoted_hint)
        return true;
    return demotes(at, at->running, slept_tsc);
}

/* True where one of the other CPUs, asleep in the same state, is in C1. */
static bool other_is_demoted(const struct model_machine *at, uint64_t slept_tsc)
{
    bool demoted = false;

    for (uint32_t i = 0; i < at->machine.cpu_count; i++)
        demoted |= i != at->running && demotes(at, i, slept_tsc);
    return demoted;
}

/* The state that the core is in when the wake comes. */
static unsigned entered(const struct model_machine *at, const struct nap_state *state, uint64_t slept_tsc)
{
    unsigned i = asked(at->model, state);

    if (at->model->states[i].core <= 1)
        return i;
    if (is_demoted(at, state, slept_tsc) || slept_tsc < ticks(at->model->cc6_timer_ns))
        return 0;
    return i;
}

static uint8_t package_depth(const struct model_machine *at, const struct nap *nap, const struct model_state *state,
                             uint64_t slept_tsc)
{
    uint8_t limit = at->plan.limit_locked || at->plan.limit_sticks ? at->plan.package_limit : at->model->package_limit;

    if (nap->others != NAP_OTHERS_SAME || nap->by != NAP_TIMER ||
        slept_tsc < ticks(at->model->package_entry_ns + state->entry_ns) || other_is_demoted(at, slept_tsc))
        return 0;
    return state->package < limit ? state->package : limit;
}

static uint64_t exit_tsc(struct model_machine *at, const struct nap *nap, const struct model_state *state,
                         uint8_t package)
{
    uint64_t ns = state->exit_ns + (package >= 6 ? state->package_exit_ns : 0);
    uint64_t noise = prng_range(&at->prng, 100, 100 + NOISE_PERCENT);

    /* The processor knows when its own timer is due. */
    if (at->model->prewake && nap->by == NAP_TIMER && !(model_register_of(at, at->running, 0x1fc) & (1 << 30)) &&
        ns > at->model->states[0].exit_ns)
        ns = at->model->states[0].exit_ns;
    return ticks(ns) * noise / 100;
}

static void count(struct model_machine *at, const struct model_state *state, uint8_t package, uint64_t core_tsc)
{
    uint64_t late_tsc = ticks(at->model->package_entry_ns);

    for (unsigned i = 0; i < MODEL_COUNTERS; i++) {
        const struct model_counter *counter = &at->model->counters[i];

        if (counter->package ? counter->depth == package : counter->depth == state->core)
            at->residency_tsc[i] += counter->package ? core_tsc - late_tsc : core_tsc;
    }
    if (--at->publish_in)
        return;
    memcpy(at->published_tsc, at->residency_tsc, sizeof(at->published_tsc));
    at->publish_in = at->plan.lag_naps ? (uint32_t)prng_range(&at->prng, 1, at->plan.lag_naps) : 1;
}

uint32_t nap_take(struct nap *nap, uint64_t ticks_tsc, struct sample *sample)
{
    struct model_machine *at = model_now();
    const struct model *model = at->model;
    unsigned index = entered(at, &nap->state, ticks_tsc);
    const struct model_state *state = &model->states[index];
    uint8_t package = package_depth(at, nap, state, ticks_tsc);
    uint64_t core_tsc, latency_tsc;

    at->naps++;
    if (at->naps == at->plan.fault_at_nap)
        longjmp(at->bad_end, MODEL_FAULT);
    if (at->naps == at->plan.lose_nap)
        longjmp(at->bad_end, MODEL_WATCHDOG);
    model_work(OVERHEAD_TSC);
    *sample = (struct sample){.before_tsc = at->now_tsc, .event_tsc = at->now_tsc + ticks_tsc};
    at->entered[index]++;
    core_tsc = ticks_tsc > ticks(state->entry_ns) ? ticks_tsc - ticks(state->entry_ns) : 0;
    model_pass(at, ticks_tsc - core_tsc, model->awake_mw);
    model_pass(at, core_tsc, nap->others == NAP_OTHERS_SAME ? state->power_mw : model->awake_mw);
    latency_tsc = exit_tsc(at, nap, state, package) + (nap->by == NAP_TIMER ? 0 : SEND_TSC);
    model_pass(at, latency_tsc, model->awake_mw);
    at->energy_pj += state->transition_nj * UINT64_C(1000) / MODEL_CPUS;
    count(at, state, package, core_tsc);
    sample->after_tsc = at->now_tsc;
    sample->isr_tsc = nap->state.way == NAP_IOPORT || nap->by == NAP_STORE ? 0 : sample->after_tsc - SEND_TSC / 8;
    model_work(OVERHEAD_TSC);
    return 0;
}

/* The others pay for their own exits and entries. */
void nap_wake_others(struct nap *nap)
{
    struct model_machine *at = model_now();
    const struct model_state *state = &at->model->states[asked(at->model, &nap->state)];

    at->energy_pj += state->transition_nj * UINT64_C(1000) / MODEL_CPUS * (MODEL_CPUS - 1);
}
