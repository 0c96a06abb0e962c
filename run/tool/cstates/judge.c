/* SPDX-License-Identifier: MIT */
#include "run/tool/cstates/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fixed.h"
#include "run/tool/cstates/worst_of.h"

#define NS_PER_US     1000
#define GUESSED_TIMES 3 /* an unmeasured target residency, in exit latencies: Linux's rule for _CST's states */
#define HINT_C1_MAX   0x0f

struct table_quantile cstates_ns(const struct cstates_log *log, const struct table_quantile *ticks)
{
    struct table_quantile ns = *ticks;
    if (log->tsc_hz > 0) {
        ns.value = tsc_to_ns(ticks->value, log->tsc_hz);
        ns.low = tsc_to_ns(ticks->low, log->tsc_hz);
        ns.high = tsc_to_ns(ticks->high, log->tsc_hz);
    }
    return ns;
}

static const struct kernel_state *table_state(const struct cstates_log *log, const struct cstates_request *request)
{
    if (!log->table || request->way == CSTATES_HLT)
        return NULL;
    if (request->way == CSTATES_MWAIT)
        return kernel_table_state(log->table, request->argument, false);
    return log->port_base ? kernel_table_state(log->table, request->argument - log->port_base, true) : NULL;
}

static void name_state(struct cstates_state *state)
{
    if (state->table)
        snprintf(state->name, sizeof(state->name), "%s", kernel_state_name(state->table));
    else if (state->request.way == CSTATES_HLT)
        snprintf(state->name, sizeof(state->name), "hlt");
    else
        snprintf(state->name, sizeof(state->name), "%s_0x%02x", state->request.way == CSTATES_PORT ? "port" : "mwait",
                 state->request.argument);
}

static struct cstates_state *find_state(const struct cstates_log *log, struct cstates_state *states, size_t *count,
                                        const struct cstates_request *request)
{
    struct cstates_state *state;

    for (size_t i = 0; i < *count; i++)
        if (cstates_same(&states[i].request, request))
            return &states[i];
    if (*count == CSTATES_STATES_MAX)
        return NULL;
    state = &states[(*count)++];
    *state = (struct cstates_state){.request = *request, .table = table_state(log, request)};
    name_state(state);
    return state;
}

static bool by_timer(const struct cstates_measure *measure)
{
    return strcmp(measure->by, "timer") == 0;
}

/*
 * A timer's latency may be too short (pre-wake), and so may that of another CPU's interrupt or store (its package is
 * awake): the slowest counts.
 */
static bool speaks_louder(const struct cstates_measure *one, const struct cstates_measure *other)
{
    return one->p99.value > other->p99.value;
}

static const char *why_withheld(const struct cstates_log *log, const struct cstates_state *state)
{
    if (log->guest)
        return "unverified, emulated";
    if (!state->measure)
        return "not measured";
    if (strcmp(state->measure->entered, "entered") != 0)
        return "unverified: not shown to be entered";
    return state->table ? NULL : "no table has it";
}

static bool is_c1(const struct cstates_request *request)
{
    return request->way == CSTATES_HLT || (request->way == CSTATES_MWAIT && request->argument <= HINT_C1_MAX);
}

static bool has_remote(const struct cstates_log *log, const struct cstates_request *request)
{
    for (uint32_t i = 0; i < log->measure_count; i++)
        if (cstates_same(&log->measures[i].request, request) && !by_timer(&log->measures[i]))
            return true;
    return false;
}

/* How many measurements the slowest was chosen from. */
static unsigned sources_of(const struct cstates_log *log, const struct cstates_request *request)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < log->measure_count; i++)
        count += cstates_same(&log->measures[i].request, request);
    return count;
}

static void judge(const struct cstates_log *log, struct cstates_state *state)
{
    unsigned sources = sources_of(log, &state->request);
    struct table_quantile p50, p99;

    state->withheld = why_withheld(log, state);
    if (!state->measure)
        return;
    p50 = cstates_ns(log, &state->measure->p50);
    p99 = cstates_ns(log, &state->measure->p99);
    state->exit_ns = p99.value > 0 ? p99.value : 0;
    state->prewake_may_hide = log->place.intel && !is_c1(&state->request) && !has_remote(log, &state->request);
    if (state->withheld)
        return;
    worst_of_widen(&p50, sources);
    worst_of_widen(&p99, sources);
    state->judgement = table_judge((int64_t)state->table->exit_us * NS_PER_US, &p50, &p99);
    /* What a clustered series is worth is an estimate, too. */
    if ((strcmp(state->measure->sure, confidence_word(CONFIDENCE_HIGH)) != 0 || state->measure->series[0]) &&
        state->judgement.confidence == CONFIDENCE_MEASURED)
        state->judgement.confidence = CONFIDENCE_LIKELY;
}

static bool outcome_is(const struct cstates_pair *pair, enum crossing_outcome outcome)
{
    return pair && pair->outcome == outcome;
}

static void find_target(struct cstates_state *state, const struct cstates_state *above)
{
    int64_t least_ns = above ? above->target_ns : 0;
    state->target_ns = (is_c1(&state->request) ? 1 : GUESSED_TIMES) * state->exit_ns;
    state->target_basis = "guessed from the exit latency";
    if (outcome_is(state->energy, CROSSING_FOUND) || outcome_is(state->energy, CROSSING_BELOW)) {
        state->target_ns = state->energy->at_ns;
        state->target_basis = outcome_is(state->energy, CROSSING_FOUND) ? "by energy" : "at most this, by energy";
    } else if (outcome_is(state->energy, CROSSING_ABOVE) && state->energy->low_ns > state->target_ns) {
        state->target_ns = state->energy->low_ns;
        state->target_basis = "at least this, by energy";
    }
    if (state->target_ns < least_ns) {
        state->target_ns = least_ns;
        state->target_basis = "that of the state above";
    }
}

/*
 * True for a measured state that a kernel would have here: the table's where there is one; HLT only where there is
 * nothing else.
 */
static bool is_pasted(const struct cstates_log *log, const struct cstates_state *state, bool has_more)
{
    if (!state->measure || state->exit_ns <= 0)
        return false;
    if (state->request.way == CSTATES_HLT)
        return !has_more;
    return !log->table || state->table;
}

/* In the order HLT, hints, ports. */
static int by_depth(const void *a, const void *b)
{
    const struct cstates_request *one = &((const struct cstates_state *)a)->request;
    const struct cstates_request *other = &((const struct cstates_state *)b)->request;
    if (one->way != other->way)
        return one->way > other->way ? 1 : -1;
    return (one->argument > other->argument) - (one->argument < other->argument);
}

size_t cstates_judge(const struct cstates_log *log, struct cstates_state states[CSTATES_STATES_MAX])
{
    size_t count = 0;
    for (uint32_t i = 0; i < log->measure_count; i++) {
        const struct cstates_measure *measure = &log->measures[i];
        struct cstates_state *state = find_state(log, states, &count, &measure->request);
        if (state && (!state->measure || speaks_louder(measure, state->measure)))
            state->measure = measure;
    }
    for (uint32_t i = 0; i < log->pair_count; i++) {
        struct cstates_request request;
        struct cstates_state *state;

        if (!cstates_request_of(log->pairs[i].to, &request))
            continue;
        state = find_state(log, states, &count, &request);
        if (state)
            *(log->pairs[i].by_energy ? &state->energy : &state->bound) = &log->pairs[i];
    }
    qsort(states, count, sizeof(states[0]), by_depth);
    for (size_t i = 0; i < count; i++) {
        judge(log, &states[i]);
        states[i].pasted = is_pasted(log, &states[i], states[count - 1].request.way != CSTATES_HLT);
        find_target(&states[i], i > 0 ? &states[i - 1] : NULL);
    }
    return count;
}
