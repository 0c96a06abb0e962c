/* SPDX-License-Identifier: MIT */
/*
 * The model's naps: which state the requests of all CPUs end in, how long leaving it takes, and what the counters say
 * afterwards.
 */
#include <string.h>

#include "arch/x86/cpu/smp.h"
#include "arch/x86/wake/beside.h"
#include "tests/machine/model.h"

enum {
    OVERHEAD_TSC = 3000,
    SEND_TSC = 400, /* what an interrupt or a store needs on its way */
    NOISE_PERCENT = 6,
    PACKAGE_DEMOTE_NS = 20000000, /* while E2h[29] is set, the package stays in PC2 in shorter sleeps */
    PC2 = 2,
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
    nap->sleepers.beside = nap_takes_siblings(nap->machine, nap->cpu, state, others) ? nap->cpu : NULL;
    model_now()->others_sleep = others == NAP_OTHERS_SAME || nap->sleepers.beside;
    model_now()->others_state = *state;
}

static struct nap_state state_of(const struct idle_method *method, uint32_t argument)
{
    for (unsigned way = NAP_MWAIT; way < NAP_WAYS; way++)
        if (strcmp(method->name, nap_way_name((enum nap_way)way)) == 0)
            return (struct nap_state){(enum nap_way)way, argument};
    return (struct nap_state){NAP_HLT, 0};
}

void nap_choose(struct nap *nap, const struct idle_method *method, uint32_t argument, bool masked,
                const struct wake_source *source)
{
    nap->method = method;
    nap->source = source;
    nap->masked = masked;
    nap->wait = masked ? method->wait_masked : method->wait;
    nap->call.argument = argument;
    nap->call.limit_tsc = UINT64_MAX;
    nap->state = state_of(method, argument);
    nap->by = NAP_TIMER;
    for (unsigned by = 0; by < NAP_SOURCES; by++)
        if (strcmp(source->name, nap_source_name((enum nap_source)by)) == 0)
            nap->by = (enum nap_source)by;
}

void nap_open(struct nap *nap)
{
    const struct sleepers *sleepers = &nap->sleepers;

    nap->others = nap->awake ? NAP_OTHERS_AWAKE : NAP_OTHERS_HLT;
    model_now()->others_sleep = sleepers->method;
    if (sleepers->method)
        model_now()->others_state = state_of(sleepers->method, sleepers->argument);
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

enum { AWAKE = -1 };

/* The state that the hardware is asked for: a sub-state that it does not know is as its neighbour, any other as C1. */
static int asked(const struct model *model, const struct nap_state *state)
{
    int near = 0;

    for (int i = 0; i < MODEL_STATES && model->states[i].exit_ns; i++) {
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

/* A read of AMD's port base + n, whose CC6EN is clear. */
static bool ends_in_cc1(const struct model_machine *at, uint32_t cpu, const struct nap_state *state)
{
    uint32_t port = state->argument - 0x413;

    return state->way == NAP_IOPORT && port < 3 && !(model_register_of(at, cpu, 0xc0010296) >> (6 + 8 * port) & 1);
}

/* The state, by its index, that a thread which sleeps so asks for when the wake comes. */
static int granted(const struct model_machine *at, uint32_t cpu, const struct nap_state *state, uint64_t slept_tsc)
{
    int i = asked(at->model, state);
    bool planted = at->plan.demoted_hint && state->way == NAP_MWAIT && state->argument == at->plan.demoted_hint;

    if (at->model->states[i].core <= 1)
        return i;
    return planted || ends_in_cc1(at, cpu, state) || demotes(at, cpu, slept_tsc) ||
                   slept_tsc < ticks(at->model->cc6_timer_ns)
               ? 0
               : i;
}

/* True where that CPU is put to sleep as the others are: it lists that, and all are or it is of the same core. */
static bool sleeps_too(const struct model_machine *at, const struct nap *nap, uint32_t i)
{
    bool sibling = topology_relation(&nap->cpu->place, &at->places[i]) == CPU_RELATION_SIBLING;

    if (at->others_state.way == NAP_MWAIT && !cpu_has(machine_cpuid(&at->machine, &at->cpus[i]), CPUID_MONITOR))
        return false;
    return at->others_sleep && (sibling || !nap->sleepers.beside);
}

/* What that CPU asks for meanwhile: AWAKE, 0 (HLT), or a state. `i` counts the stopped ones, too. */
static int request(const struct model_machine *at, const struct nap *nap, uint32_t i, uint64_t slept_tsc)
{
    if (i >= at->machine.cpu_count)
        return 0;
    if (&at->cpus[i] == nap->cpu && nap->method && strcmp(nap->method->name, "spin") == 0)
        return AWAKE;
    if (&at->cpus[i] == nap->cpu)
        return granted(at, i, &nap->state, slept_tsc);
    if (nap->by != NAP_TIMER && &at->cpus[i] == nap->from)
        return AWAKE;
    if (i == 0)
        return 0;
    if (nap->others == NAP_OTHERS_AWAKE)
        return AWAKE;
    return sleeps_too(at, nap, i) ? granted(at, i, &at->others_state, slept_tsc) : 0;
}

/* The shallowest request of the CPUs that stand in that relation to one, itself included, or nearer. */
static int shallowest(const struct model_machine *at, const struct nap *nap, const struct cpu_place *place,
                      enum cpu_relation relation, uint64_t slept_tsc)
{
    int least = MODEL_STATES;

    for (uint32_t i = 0; i < at->all; i++) {
        int index = request(at, nap, i, slept_tsc);

        if (topology_relation(place, &at->places[i]) <= relation && index < least)
            least = index;
    }
    return least;
}

/* How deep the sleeper's core, module and package are, for the counters; `core` is the core's state. */
struct depths {
    int core;
    uint8_t of[MODEL_PACKAGE + 1];
};

static uint8_t core_of(const struct model *model, int index)
{
    return index == AWAKE ? 0 : model->states[index].core;
}

/* By the register of one of the package's running CPUs. */
static bool package_demotes(const struct model_machine *at, const struct cpu_place *place, uint64_t slept_tsc)
{
    bool demotes = false;

    for (uint32_t i = 0; i < at->machine.cpu_count; i++)
        if (topology_relation(place, &at->places[i]) <= CPU_RELATION_PACKAGE && at->registers[i][0].msr == 0xe2)
            demotes |= at->registers[i][0].value >> 29 & 1;
    return demotes && slept_tsc < ticks(PACKAGE_DEMOTE_NS);
}

static struct depths find_depths(const struct model_machine *at, const struct nap *nap, uint64_t slept_tsc)
{
    const struct model *model = at->model;
    const struct cpu_place *place = &nap->cpu->place;
    uint8_t limit = at->plan.limit_locked || at->plan.limit_sticks ? at->plan.package_limit : model->package_limit;
    int package = shallowest(at, nap, place, CPU_RELATION_PACKAGE, slept_tsc);
    struct depths depths = {.core = shallowest(at, nap, place, CPU_RELATION_SIBLING, slept_tsc)};

    depths.of[MODEL_CORE] = core_of(model, depths.core);
    depths.of[MODEL_MODULE] = core_of(model, shallowest(at, nap, place, CPU_RELATION_MODULE, slept_tsc));
    if (package != AWAKE && slept_tsc >= ticks(model->package_entry_ns + model->states[package].entry_ns))
        depths.of[MODEL_PACKAGE] = model->states[package].package;
    if (package_demotes(at, place, slept_tsc) && depths.of[MODEL_PACKAGE] > PC2)
        depths.of[MODEL_PACKAGE] = PC2;
    if (depths.of[MODEL_PACKAGE] > limit)
        depths.of[MODEL_PACKAGE] = limit;
    return depths;
}

/* The whole package's, each core with its share by the state that it is in. */
static uint32_t power_mw(const struct model_machine *at, const struct nap *nap, uint64_t slept_tsc)
{
    uint64_t sum_mw = 0, cpus = 0;

    for (uint32_t i = 0; i < at->all; i++) {
        int core;

        if (topology_relation(&nap->cpu->place, &at->places[i]) == CPU_RELATION_OTHER)
            continue;
        core = shallowest(at, nap, &at->places[i], CPU_RELATION_SIBLING, slept_tsc);
        sum_mw += core == AWAKE ? at->model->awake_mw : at->model->states[core].power_mw;
        cpus++;
    }
    return (uint32_t)(sum_mw / cpus);
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

static void count(struct model_machine *at, const struct depths *depths, uint64_t core_tsc)
{
    uint64_t late_tsc = ticks(at->model->package_entry_ns);

    for (unsigned i = 0; i < MODEL_COUNTERS; i++) {
        const struct model_counter *counter = &at->model->counters[i];

        if (counter->depth && counter->depth == depths->of[counter->scope])
            at->residency_tsc[i] += counter->scope == MODEL_PACKAGE ? core_tsc - late_tsc : core_tsc;
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
    struct depths depths = find_depths(at, nap, ticks_tsc);
    const struct model_state *state = &model->states[depths.core == AWAKE ? 0 : depths.core];
    uint64_t core_tsc, latency_tsc;

    at->naps++;
    at->limit_tsc = nap->call.limit_tsc;
    if (at->naps == at->plan.fault_at_nap)
        longjmp(at->bad_end, MODEL_FAULT);
    if (at->naps == at->plan.lose_nap)
        longjmp(at->bad_end, MODEL_WATCHDOG);
    model_work(OVERHEAD_TSC);
    *sample = (struct sample){.before_tsc = at->now_tsc, .event_tsc = at->now_tsc + ticks_tsc};
    at->entered[state - model->states]++;
    core_tsc = ticks_tsc > ticks(state->entry_ns) ? ticks_tsc - ticks(state->entry_ns) : 0;
    model_pass(at, ticks_tsc - core_tsc, model->awake_mw);
    model_pass(at, core_tsc, power_mw(at, nap, ticks_tsc));
    latency_tsc = exit_tsc(at, nap, state, depths.of[MODEL_PACKAGE]) + (nap->by == NAP_TIMER ? 0 : SEND_TSC);
    model_pass(at, latency_tsc, model->awake_mw);
    at->energy_pj += state->transition_nj * UINT64_C(1000) / at->all;
    count(at, &depths, core_tsc);
    sample->after_tsc = at->now_tsc;
    at->was_core = depths.of[MODEL_CORE];
    at->was_package = depths.of[MODEL_PACKAGE];
    if (nap->window)
        nap->window(nap->owner);
    sample->isr_tsc = nap->state.way == NAP_IOPORT || nap->by == NAP_STORE ? 0 : sample->after_tsc - SEND_TSC / 8;
    model_work(OVERHEAD_TSC);
    return 0;
}

/* The others pay for their own exits and entries. */
void nap_wake_others(struct nap *nap)
{
    struct model_machine *at = model_now();
    const struct model_state *state = &at->model->states[asked(at->model, &nap->state)];

    at->energy_pj += state->transition_nj * UINT64_C(1000) / at->all * (at->all - 1);
}
