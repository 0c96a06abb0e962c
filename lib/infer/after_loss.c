/* SPDX-License-Identifier: MIT */
#include "lib/infer/after_loss.h"

#include <stddef.h>

#include "lib/quantile.h"
#include "lib/stats.h"

enum {
    PPM = 1000000,
    MANY = 30, /* pairs, for high confidence, */
    SOME = 12, /* and for medium */
    RUN = 3,   /* slices that a slow clock takes at least: less may be cold code */
    CLOCK_OFF_PPM = 5000,
    WIDER_TIMES = 2, /* intervals of 95 % that do not meet are apart by chance in one of 200 cases, of these in none */
    FADED = 4, /* what was cold is warm where a slice loses so many times less, for its length, than the first ones */
};

const char *const after_work_names[AFTER_WORKS + 1] = {"alu", "l1", "l2", "llc", "tlb", "branch", "code", NULL};

static int64_t apart(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

struct after_figure after_figure_of(const int64_t *spin, const int64_t *method, uint32_t n, uint32_t step_tsc,
                                    int64_t *scratch)
{
    struct after_figure figure = {0};
    struct quantile quantile;

    if (!n)
        return figure;
    for (uint32_t i = 0; i < n; i++)
        scratch[i] = spin[i];
    figure.spin_tsc = stats_sort_median(scratch, n);
    for (uint32_t i = 0; i < n; i++)
        scratch[i] = method[i];
    figure.method_tsc = stats_sort_median(scratch, n);
    for (uint32_t i = 1; i < n; i++)
        scratch[i - 1] = apart(spin[i], spin[i - 1]);
    figure.floor_tsc = stats_sort_median(scratch, n - 1);
    if (figure.floor_tsc < (int64_t)step_tsc)
        figure.floor_tsc = (int64_t)step_tsc;
    for (uint32_t i = 0; i < n; i++)
        scratch[i] = method[i] - spin[i];
    figure.lost_tsc = stats_sort_median(scratch, n);
    quantile = quantile_of_sorted(scratch, n, QUANTILES[QUANTILE_P50].parts);
    figure.low_tsc = quantile.low;
    figure.high_tsc = quantile.high;
    figure.has_interval = quantile.has_interval;
    return figure;
}

static enum confidence by_count(uint32_t n)
{
    return n >= MANY ? CONFIDENCE_HIGH : n >= SOME ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW;
}

static enum confidence at_most(enum confidence confidence, enum confidence limit)
{
    return confidence < limit ? confidence : limit;
}

/* How much of its time a slice lost, ppm. */
static int64_t rate_ppm(const struct after_figure *figure)
{
    return figure->lost_tsc * PPM / (figure->spin_tsc > 0 ? figure->spin_tsc : 1);
}

/*
 * A slow clock makes the chain of additions slow from the wake on, for slice after slice. Cold code costs once, a
 * host's other work comes at any time: neither gives a run of slices. APERF, where it is, must say the same.
 */
static void judge_clock(const struct after_seen *alu, struct after_answer *answer)
{
    uint32_t i = 0, slow = 0, counted = 0;

    if (!alu->n)
        return;
    if (!after_says(&alu->slice[0])) /* the shortest slice has the coarsest floor */
        i = 1;
    for (; i < alu->slices && after_says(&alu->slice[i]) && rate_ppm(&alu->slice[i]) > CLOCK_OFF_PPM; i++) {
        slow++;
        counted += alu->clock_ppm[i] && alu->clock_ppm[i] < PPM - CLOCK_OFF_PPM / 2;
        answer->clock_lost_tsc += alu->slice[i].lost_tsc;
    }
    if (slow < RUN || (alu->clock_ppm[0] && counted < slow / 2)) {
        answer->clock_lost_tsc = 0;
        return;
    }
    answer->never = i == alu->slices;
    answer->ramp_tsc = alu->end_tsc[i - 1];
    answer->clock = at_most(by_count(alu->n), alu->clock_ppm[0] || slow > RUN ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM);
}

uint32_t after_head(const struct after_seen *work)
{
    return work->whole < work->slices ? work->whole : work->slices - 1;
}

/* True where the pass goes on long enough behind that to show that all is warm again. */
static bool may_fade(const struct after_seen *work)
{
    return work->whole + 2 < work->slices;
}

/* Slow to the end, when all is warm again: that is no cold cache, something shares it. */
static bool is_shared(const struct after_seen *work)
{
    const struct after_figure *end = &work->slice[work->n ? work->slices - 1 : 0];

    return work->n && may_fade(work) && after_says(end) &&
           rate_ppm(end) * FADED > rate_ppm(&work->head[after_head(work)]);
}

/*
 * What `work` lost until it had been everywhere, beyond what `less` lost in the same slices; 0: no more than the floors
 * and intervals leave open.
 */
static int64_t beyond(const struct after_seen *work, const struct after_seen *less, enum confidence *confidence)
{
    static const struct after_figure nothing;
    const struct after_figure *own, *other = &nothing;
    int64_t low_tsc, floor_tsc;

    if (!work->n || is_shared(work))
        return 0;
    own = &work->head[after_head(work)];
    if (less->n)
        other = &less->head[after_head(work)];
    low_tsc = own->lost_tsc - other->lost_tsc -
              WIDER_TIMES * (own->lost_tsc - own->low_tsc + other->high_tsc - other->lost_tsc);
    floor_tsc = own->floor_tsc > other->floor_tsc ? own->floor_tsc : other->floor_tsc;
    if (!own->has_interval || low_tsc <= floor_tsc)
        return 0;
    *confidence = by_count(work->n);
    if (!less->n)
        *confidence = CONFIDENCE_LOW;
    else if (!may_fade(work) || low_tsc < 2 * floor_tsc)
        *confidence = at_most(*confidence, CONFIDENCE_MEDIUM);
    return own->lost_tsc - other->lost_tsc;
}

static void judge_caches(const struct after_seen seen[AFTER_WORKS], struct after_answer *answer)
{
    bool shared = is_shared(&seen[AFTER_L1]) || is_shared(&seen[AFTER_L2]) || is_shared(&seen[AFTER_TLB]);

    for (unsigned work = AFTER_L1; work <= AFTER_LLC; work++) {
        enum confidence confidence;
        int64_t lost_tsc = beyond(&seen[work], &seen[AFTER_ALU], &confidence);

        if (!lost_tsc || (shared && !may_fade(&seen[work])))
            continue;
        answer->levels |= UINT32_C(1) << work;
        if (lost_tsc > answer->cache_lost_tsc)
            answer->cache_lost_tsc = lost_tsc;
        answer->caches = answer->caches ? at_most(answer->caches, confidence) : confidence;
    }
}

static bool says_anywhere(const struct after_seen *seen)
{
    bool says = false;

    for (uint32_t i = 0; i < seen->slices; i++)
        says |= after_says(&seen->head[i]);
    return says;
}

struct after_answer after_judge(const struct after_seen seen[AFTER_WORKS])
{
    struct after_answer answer = {0};

    judge_clock(&seen[AFTER_ALU], &answer);
    judge_caches(seen, &answer);
    answer.tlb_lost_tsc = beyond(&seen[AFTER_TLB], &seen[AFTER_L1], &answer.tlb);
    for (unsigned work = 0; work < AFTER_WORKS; work++)
        if (seen[work].n && !says_anywhere(&seen[work]))
            answer.silent |= UINT32_C(1) << work;
    return answer;
}
