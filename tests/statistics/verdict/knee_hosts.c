/* SPDX-License-Identifier: MIT */
#include "tests/statistics/verdict/knee_hosts.h"

#include <math.h>

#include "tests/statistics/rate.h"

#define ENTRY_US 10

/* How far a thing has begun at a length: 0 to 1, the share of naps that get it. */
static double begun(const struct knee_beginning *begins, double at_us, double us)
{
    if (begins->low_us <= 0)
        return 0;
    if (begins->width <= 1)
        return us >= at_us;
    return fmin(1, fmax(0, 0.5 + log(us / at_us) / log(begins->width) / 2));
}

static void pass(struct knee_host *host, double us)
{
    const struct knee_kind *kind = host->kind;

    for (host->now_us += us; kind->bursts > 0 && host->now_us > host->burst_ends_us; host->burst = !host->burst)
        host->burst_ends_us -= host->burst_mean_us * (host->burst ? (1 - kind->bursts) / kind->bursts : 1) *
                               log(draw_uniform(&host->prng));
}

static double past_mean_us(const struct knee_host *host, unsigned count)
{
    double sum = 0;

    for (unsigned i = 1; i <= count; i++)
        sum += host->past_us[(host->naps - i) % KNEE_HISTORY];
    return sum / count;
}

/* Of the nap that begins now, how much the other core rests, without a break until it ends. */
static double rest_us(struct knee_host *host, double us)
{
    double end_us = host->now_us + us, since_us = host->now_us;
    bool tick = host->kind->rule == BY_TICK;

    while (host->turns_us < end_us) {
        host->works = !host->works;
        since_us = host->turns_us > host->now_us ? host->turns_us : host->now_us;
        if (host->works)
            host->turns_us += host->works_us * (tick ? 1 : -log(draw_uniform(&host->prng)));
        else
            host->turns_us += host->rests_us * (tick ? 1 : -log(draw_uniform(&host->prng)));
    }
    return host->works ? 0 : end_us - since_us;
}

/* Of the things that begin: demotion is of the deepest. */
static bool is_last(const struct knee_kind *kind, unsigned i)
{
    return kind->begins[i].low_us > 0 && (i + 1 == KNEE_STEPS || kind->begins[i + 1].low_us <= 0);
}

/* Whether a nap of that length gets the state; in *piece_us how much of it is one piece. */
static bool is_let_in(struct knee_host *host, double at_us, double us, double *piece_us)
{
    unsigned memory = (unsigned)host->memory;
    bool good = us >= at_us * host->up, bad = us < at_us;

    switch (host->kind->rule) {
    case BY_MEAN:
        return host->naps >= memory && past_mean_us(host, memory) >= at_us;
    case BY_RATE:
        return host->wakes * at_us <= 1000 * host->memory;
    case BY_TURNING:
        host->in_a_row = (host->undone ? bad : good) ? host->in_a_row + 1 : 0;
        if (host->in_a_row >= memory) {
            host->undone = !host->undone;
            host->in_a_row = 0;
        }
        return host->undone;
    case BY_TRIAL:
        return (past_mean_us(host, 1) >= at_us) != (host->naps % (4 + memory / 2) == 0);
    case BY_NEIGHBOUR:
    case BY_TICK:
        *piece_us = rest_us(host, us);
        return *piece_us >= at_us;
    default:
        return false;
    }
}

double knee_kind_slowed(const struct knee_kind *kind, double us)
{
    return kind->idling > 0 ? 1 + kind->idling * (1 - exp(-pow(us / kind->idling_us, kind->sharp))) : 1;
}

double knee_host_nap(struct knee_host *host, double us, double in[RESIDENCY_COUNT])
{
    const struct knee_kind *kind = host->kind;
    struct prng *prng = &host->prng;
    double latency_us = host->base_us, piece_us = us;

    for (unsigned i = 0; i < RESIDENCY_COUNT; i++)
        in[i] = 0;
    if (kind->other_us > 0) /* the last piece of the sleep, and of all pieces that length */
        piece_us = fmin(us, -kind->other_us * log(draw_uniform(prng)));
    for (unsigned i = 0; i < KNEE_STEPS; i++) {
        const struct knee_beginning *begins = &kind->begins[i];
        if (kind->rule && is_last(kind, i) ? !is_let_in(host, host->at_us[i], us, &piece_us)
                                           : draw_uniform(prng) >= begun(begins, host->at_us[i], piece_us))
            continue;
        latency_us += kind->hidden ? 0 : host->add_us[i];
        if (begins->counter != RESIDENCY_COUNT)
            in[begins->counter] = us * fmax(0, 1 - (kind->rule ? ENTRY_US : 0.3 * host->at_us[i]) / piece_us);
    }
    if (kind->want == 6 && !kind->begins[0].low_us) /* entered at any length */
        in[RESIDENCY_CC6] = us * 0.95;
    latency_us *= knee_kind_slowed(kind, us);
    latency_us += us * host->off + fmax(0, kind->enter_us - us);
    latency_us *= exp(kind->scatter * draw_normal(prng));
    latency_us *= host->burst ? kind->factor : 1;
    latency_us += draw_uniform(prng) < kind->late ? kind->late_us * draw_uniform(prng) : 0;
    pass(host, us + latency_us + 3);
    host->past_us[host->naps % KNEE_HISTORY] = us;
    host->naps++;
    host->wakes = 1 + host->wakes * exp(-(us + latency_us + 3) / (1000 * host->memory));
    return latency_us;
}

void knee_host_draw(struct knee_host *host, const struct knee_kind *kind, uint64_t seed)
{
    struct prng *prng = &host->prng;

    *host = (struct knee_host){.kind = kind};
    prng_seed(prng, rate_seed(seed));
    host->base_us = kind->coarse_tsc ? 0.6 + 0.6 * draw_uniform(prng) : 1 + 30 * pow(draw_uniform(prng), 2);
    for (unsigned i = 0; i < KNEE_STEPS; i++) {
        const struct knee_beginning *begins = &kind->begins[i];
        if (begins->low_us > 0)
            host->at_us[i] = begins->low_us * pow(begins->high_us / begins->low_us, draw_uniform(prng));
        host->add_us[i] = begins->add_us * 0.5 * pow(4, draw_uniform(prng));
    }
    host->off = kind->off_ppm * 1e-6 * draw_uniform(prng);
    host->burst_mean_us = kind->burst_us * 0.1 * pow(100, draw_uniform(prng));
    host->memory = 1 + 7 * draw_uniform(prng);
    if (kind->rule == BY_MEAN)
        host->memory = 2 * pow(16, draw_uniform(prng));
    if (kind->rule == BY_RATE)
        host->memory = pow(16, draw_uniform(prng));
    host->up = pow(4, draw_uniform(prng));
    host->works_us = 20 * pow(50, draw_uniform(prng));
    host->rests_us = kind->rule == BY_TICK ? 1000 * pow(10, draw_uniform(prng)) - host->works_us
                                           : 300 * pow(1000, draw_uniform(prng));
}
