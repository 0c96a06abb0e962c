/* SPDX-License-Identifier: MIT */
/*
 * Intervals on more kinds of series than tests/statistics/intervals.c has: by the first group the rule was chosen, the
 * second was written afterwards. Two rates each: of the intervals that are printed those that hold, and printed ones
 * that are wrong, of all runs. Where a run may see one level only (or no burst), which no rule can know, such runs are
 * counted apart. The 89 is of runs that saw one to four samples of one visit.
 */
#include <stdlib.h>

#include "lib/dependence.h"
#include "lib/stats.h"
#include "tests/statistics/rate.h"

enum { N_MOST = 10000, TRUTH_N = 400000, TRUTH_QUICK_N = 80000, STRETCH = 20000 };

struct kind {
    const char *name;
    bool (*play)(struct prng *prng, const double *with, double *values, size_t n); /* false: it saw one side only */
    double with[4];
    size_t n;
    double low; /* goal for those printed, percent, where a quarter of the runs print; 0: the rate is only said */
};

/* Of kinds that are no surprise most runs are to print: goals for p50, p90 and p99, percent. */
static const struct {
    const char *name;
    double goals[3];
} prints[] = {
    {"independent, 2000", {98, 98, 95}},
    {"independent, 1000", {98, 98, 96}},
    {"independent, 500", {98, 98, 92}},
    {"independent, 200", {98, 94}},
    {"independent, 100", {98, 98}},
    {"autoregressive 0.6, 2000", {78, 78, 75}},
    {"autoregressive 0.9, 2000", {40, 40, 2}},
};

static bool play_auto(struct prng *prng, const double *with, double *values, size_t n)
{
    double state = draw_normal(prng) / sqrt(1 - with[0] * with[0]);

    for (size_t i = 0; i < n; i++) {
        values[i] = state;
        state = with[0] * state + draw_normal(prng);
    }
    return true;
}

/* Samples of a visit to the slow level, its share. */
static bool play_levels(struct prng *prng, const double *with, double *values, size_t n)
{
    bool slow = draw_uniform(prng) < with[1], first = slow, both = false;

    for (size_t i = 0; i < n; slow = !slow) {
        double stay = slow ? with[0] : with[0] * (1 - with[1]) / with[1];

        both |= slow != first;
        do
            values[i++] = (slow ? 2 : 1) * exp(0.03 * draw_normal(prng));
        while (i < n && draw_uniform(prng) > 1 / stay);
    }
    return both;
}

/* Bursts a sample, late samples of one, how far the spread varies, what it keeps from sample to sample. */
static bool play_tail(struct prng *prng, const double *with, double *values, size_t n)
{
    double state = draw_normal(prng);
    bool late = false;

    for (size_t i = 0; i < n; i++) {
        late = late ? draw_uniform(prng) > 1 / with[1] : draw_uniform(prng) < with[0];
        values[i] = 1 + 0.01 * exp(with[2] * state) * draw_normal(prng) + (late ? -3 * log(draw_uniform(prng)) : 0);
        state = with[3] * state + sqrt(1 - with[3] * with[3]) * draw_normal(prng);
    }
    return true;
}

/* Bursts a sample, samples of each. */
static bool play_bursts(struct prng *prng, const double *with, double *values, size_t n)
{
    bool any = false;
    double left = 0;

    for (size_t i = 0; i < n; i++) {
        left = left <= 0 && draw_uniform(prng) < with[0] ? with[1] : left;
        any |= left > 0;
        values[i] = draw_normal(prng) + (left-- > 0 ? 5 * (1 + 0.3 * draw_uniform(prng)) : 0);
    }
    return any;
}

/* A slow process in noise: what it keeps, its size beside the noise. */
static bool play_slow(struct prng *prng, const double *with, double *values, size_t n)
{
    double state = draw_normal(prng);

    for (size_t i = 0; i < n; i++) {
        values[i] = draw_normal(prng) + with[1] * state;
        state = with[0] * state + sqrt(1 - with[0] * with[0]) * draw_normal(prng);
    }
    return true;
}

/* A wave in noise: its size, its period. Less than a period is one side. */
static bool play_wave(struct prng *prng, const double *with, double *values, size_t n)
{
    double phase = 6.283185307179586 * draw_uniform(prng);

    for (size_t i = 0; i < n; i++)
        values[i] = draw_normal(prng) + with[0] * sin(phase + 6.283185307179586 * (double)i / with[1]);
    return (double)n >= with[1];
}

/* Groups a sample: of 3 to 20 samples, which are late. */
static bool play_groups(struct prng *prng, const double *with, double *values, size_t n)
{
    uint64_t left = 0;
    bool any = false;

    for (size_t i = 0; i < n; i++) {
        if (!left && draw_uniform(prng) < with[0])
            left = 3 + prng_below(prng, 18);
        values[i] = 1 + 0.01 * draw_normal(prng) + (left ? -3 * log(draw_uniform(prng)) : 0);
        any |= left > 0;
        left -= left > 0;
    }
    return any;
}

/* Levels that are drawn anew: samples of one, their spread beside the noise. */
static bool play_steps(struct prng *prng, const double *with, double *values, size_t n)
{
    double level = with[1] * draw_normal(prng);
    bool both = false;

    for (size_t i = 0; i < n; i++) {
        values[i] = draw_normal(prng) + level;
        if (draw_uniform(prng) >= 1 / with[0])
            continue;
        level = with[1] * draw_normal(prng);
        both |= i + 1 < n;
    }
    return both;
}

static const struct kind chosen[] = {
    {"independent, 2000", play_auto, {0}, 2000, 94},
    {"independent, 1000", play_auto, {0}, 1000, 94},
    {"independent, 500", play_auto, {0}, 500, 94},
    {"independent, 200", play_auto, {0}, 200, 94},
    {"independent, 100", play_auto, {0}, 100, 94},
    {"autoregressive 0.5, 100", play_auto, {0.5}, 100, 93},
    {"autoregressive 0.2, 100", play_auto, {0.2}, 100, 93},
    {"autoregressive 0.6, 2000", play_auto, {0.6}, 2000, 93},
    {"autoregressive 0.9, 2000", play_auto, {0.9}, 2000, 93},
    {"autoregressive 0.9, 10000", play_auto, {0.9}, 10000, 93},
    {"two levels, visits of 10, 2000", play_levels, {10, 0.2}, 2000, 93},
    {"two levels, visits of 50, 2000", play_levels, {50, 0.2}, 2000, 93},
    {"two levels, visits of 50, 10000", play_levels, {50, 0.2}, 10000, 93},
    {"two levels, visits of 100, 2000", play_levels, {100, 0.2}, 2000, 93},
    {"two levels, visits of 200, 2000", play_levels, {200, 0.2}, 2000, 93},
    {"two levels, visits of 500, 2000", play_levels, {500, 0.2}, 2000, 93},
    {"two levels, half and half, visits of 50, 2000", play_levels, {50, 0.5}, 2000, 93},
    {"two levels, visits of 20, 500", play_levels, {20, 0.2}, 500, 93},
    {"two levels, visits of 20, 100", play_levels, {20, 0.2}, 100, 0},
    {"late in bursts of 3, 2000", play_tail, {0.005, 3}, 2000, 93},
    {"late in bursts of 3, 1500", play_tail, {0.005, 3}, 1500, 93},
    {"late in bursts of 3, 1000", play_tail, {0.005, 3}, 1000, 93},
    {"a spread that lasts 10, 1000", play_tail, {0, 1, 0.5, 0.9}, 1000, 93},
    {"a spread that lasts 50, 1000", play_tail, {0, 1, 0.7, 0.98}, 1000, 93},
    {"bursts of 10, twice in 2000", play_bursts, {0.001, 10}, 2000, 93},
    {"bursts of 10, eight in 2000", play_bursts, {0.004, 10}, 2000, 93},
    {"a slow process (100) in noise, 2000", play_slow, {0.99, 0.5}, 2000, 93},
    {"a slow process (20) in noise, 2000", play_slow, {0.95, 0.3}, 2000, 93},
    {"a wave of 1500 in noise, 2000", play_wave, {0.3, 1500}, 2000, 93},
    {"a wave of 3000 in noise, 2000", play_wave, {0.15, 3000}, 2000, 0},
    {"rare visits of 20 (1 of 20 samples), 2000", play_levels, {20, 0.05}, 2000, 93},
    {"rare visits of 20 (1 of 50 samples), 2000", play_levels, {20, 0.02}, 2000, 93},
    {"rare visits of 50 (1 of 20 samples), 2000", play_levels, {50, 0.05}, 2000, 93},
    {"rare visits of 50 (1 of 50 samples), 2000", play_levels, {50, 0.02}, 2000, 93},
    {"two late groups in 1000", play_groups, {0.002}, 1000, 93},
    {"four late groups in 1000", play_groups, {0.004}, 1000, 93},
    {"late in bursts of 5, 1000", play_tail, {0.01, 5}, 1000, 93},
    {"a spread that lasts 10, 100", play_tail, {0, 1, 1, 0.9}, 100, 93},
    {"a weak spread that lasts 10, 100", play_tail, {0, 1, 0.5, 0.9}, 100, 93},
    {"visits of 5, half and half, 100", play_levels, {5, 0.5}, 100, 93},
    {"weak visits of 300, half and half, 400", play_steps, {300, 1}, 400, 0},
    {"levels of 5 drawn anew, 200", play_steps, {5, 0.5}, 200, 93},
};

/*
 * Two levels whose visits have a heavy tail (Pareto): least length, exponent, how much longer those to the fast level
 * are. At 1.5 their variance has no end, and no series is long enough.
 */
static bool play_renewal(struct prng *prng, const double *with, double *values, size_t n)
{
    bool slow = draw_uniform(prng) < 0.5, first = slow, both = false;

    for (size_t i = 0; i < n; slow = !slow) {
        double left = with[0] * pow(draw_uniform(prng), -1 / with[1]) * (slow ? 1 : with[2]);

        both |= slow != first;
        for (; left > 0 && i < n; left--)
            values[i++] = (slow ? 1.5 : 1) * exp(0.03 * draw_normal(prng));
    }
    return both;
}

/* Three levels, one after the other or back: samples of a visit. */
static bool play_three(struct prng *prng, const double *with, double *values, size_t n)
{
    static const double levels[] = {1, 1.2, 2};
    unsigned level = (unsigned)prng_below(prng, 3), seen = 0;

    for (size_t i = 0; i < n; i++) {
        seen |= 1u << level;
        values[i] = levels[level] * exp(0.05 * draw_normal(prng));
        if (draw_uniform(prng) < 1 / with[0])
            level = (level + 1 + (unsigned)prng_below(prng, 2)) % 3;
    }
    return seen == 7;
}

/* A random walk between walls at 0 and 1: its step; noise beside it. */
static bool play_walk(struct prng *prng, const double *with, double *values, size_t n)
{
    double at = draw_uniform(prng);

    for (size_t i = 0; i < n; i++) {
        values[i] = at + with[1] * draw_normal(prng);
        at += with[0] * draw_normal(prng);
        at = at < 0 ? -at : at > 1 ? 2 - at : at;
    }
    return true;
}

/* A spike every so many samples, so long. */
static bool play_spikes(struct prng *prng, const double *with, double *values, size_t n)
{
    size_t phase = (size_t)(draw_uniform(prng) * with[0]);

    for (size_t i = 0; i < n; i++)
        values[i] = draw_normal(prng) + (fmod((double)(i + phase), with[0]) < with[1] ? 8 + draw_normal(prng) : 0);
    return true;
}

/* A sawtooth in noise: its size, its period. */
static bool play_saw(struct prng *prng, const double *with, double *values, size_t n)
{
    double phase = draw_uniform(prng) * with[1];

    for (size_t i = 0; i < n; i++)
        values[i] = draw_normal(prng) + with[0] * fmod((double)i + phase, with[1]) / with[1];
    return true;
}

/* The mean of so many draws in a row, some of them heavy. */
static bool play_mean(struct prng *prng, const double *with, double *values, size_t n)
{
    double ring[64] = {0}, sum = 0;
    size_t length = (size_t)with[0];

    for (size_t i = 0; i < n + length; i++) {
        double draw = -log(draw_uniform(prng)) * (draw_uniform(prng) < 0.05 ? 10 : 1);

        sum += draw - ring[i % length];
        ring[i % length] = draw;
        if (i >= length)
            values[i - length] = sum;
    }
    return true;
}

static const struct kind held_out[] = {
    {"visits of 3 and more, heavy tail (2.5), 2000", play_renewal, {3, 2.5, 3}, 2000, 93},
    {"visits of 3 and more, heavy tail (1.5), 2000", play_renewal, {3, 1.5, 3}, 2000, 88},
    {"visits of 20 and more, heavy tail (1.5), 2000", play_renewal, {20, 1.5, 3}, 2000, 0},
    {"three levels, visits of 5, 2000", play_three, {5}, 2000, 93},
    {"three levels, visits of 40, 2000", play_three, {40}, 2000, 93},
    {"three levels, visits of 150, 2000", play_three, {150}, 2000, 93},
    {"three levels, visits of 15, 1000", play_three, {15}, 1000, 93},
    {"a wave of 50, 2000", play_wave, {1, 50}, 2000, 93},
    {"a wave of 300, 2000", play_wave, {0.5, 300}, 2000, 93},
    {"a wave of 700, 1000", play_wave, {0.5, 700}, 1000, 93},
    {"a wave of 1300, 1000", play_wave, {1, 1300}, 1000, 93},
    {"a walk between walls, 400 across, 2000", play_walk, {0.05, 0.1}, 2000, 93},
    {"a walk between walls, 10000 across, 2000", play_walk, {0.01, 0.1}, 2000, 93},
    {"a walk between walls, 25 across, 2000", play_walk, {0.2, 0.1}, 2000, 93},
    {"a spike every 97, 2000", play_spikes, {97, 1}, 2000, 93},
    {"a spike every 97, 500", play_spikes, {97, 1}, 500, 93},
    {"five spikes every 331, 2000", play_spikes, {331, 5}, 2000, 93},
    {"a sawtooth of 80, 2000", play_saw, {2, 80}, 2000, 93},
    {"a sawtooth of 900, 2000", play_saw, {1, 900}, 2000, 93},
    {"means of 4, 1000", play_mean, {4}, 1000, 93},
    {"means of 16, 2000", play_mean, {16}, 2000, 93},
    {"means of 4, 150", play_mean, {4}, 150, 93},
    {"autoregressive -0.5, 1000", play_auto, {-0.5}, 1000, 93},
    {"autoregressive 0.7, 300", play_auto, {0.7}, 300, 93},
    {"rare visits of 20 (1 of 20 samples), 10000", play_levels, {20, 0.05}, 10000, 93},
    {"visits of 5, half and half, 50", play_levels, {5, 0.5}, 50, 93},
    {"a slow process (50) in noise, 300", play_slow, {0.98, 0.4}, 300, 0},
    {"a slow process (50) in noise, 1000", play_slow, {0.98, 0.4}, 1000, 93},
    {"a wave of 3000 in noise, 1000", play_wave, {0.2, 3000}, 1000, 0},
};

struct tally {
    unsigned all, has, wrong;
};

static void report(struct rates *rates, const struct kind *kind, const char *quantile, const struct tally *tally,
                   const char *of)
{
    unsigned holds = tally->has - tally->wrong, all = tally->all ? tally->all : 1;
    bool many = tally->has * 4 >= all;
    char what[192];

    snprintf(what, sizeof(what), "%s: %s is printed in %.0f %% of %u runs%s, wrongly in %.1f %%, and holds", kind->name,
             quantile, 100.0 * tally->has / all, tally->all, of, 100.0 * tally->wrong / all);
    if (kind->low <= 0)
        rate_line(rates, true, what, holds, tally->has ? tally->has : 1, "none");
    else if (many)
        rate_at_least(rates, what, holds, tally->has, kind->low / 100);
    else
        rate_line(rates, (double)tally->wrong / all <= 0.05 + rate_margin(rates, 0.05, all), what, holds,
                  tally->has ? tally->has : 1, "wrong in at most 5 % of all");
}

static void report_prints(struct rates *rates, const char *kind, unsigned q, const struct tally *tally)
{
    for (size_t i = 0; i < sizeof(prints) / sizeof(prints[0]); i++) {
        double goal = prints[i].goals[q - QUANTILE_P50] / 100;
        char what[96];

        if (strcmp(prints[i].name, kind) != 0 || goal <= 0)
            continue;
        snprintf(what, sizeof(what), "%s: %s is printed", kind, QUANTILES[q].name);
        rate_at_least(rates, what, tally->has, tally->all, goal);
    }
}

static void try_kind(struct rates *rates, const struct kind *kind)
{
    static double values[TRUTH_N];
    static int64_t truth[TRUTH_N], arrived[N_MOST], sorted[N_MOST];
    struct tally whole[QUANTILE_COUNT] = {0}, part[QUANTILE_COUNT] = {0};
    unsigned trials = rate_trials(rates, 120, 13);
    size_t truth_n = rates->quick ? TRUTH_QUICK_N : TRUTH_N;
    struct prng prng;

    prng_seed(&prng, 41);
    for (size_t at = 0; at < truth_n; at += STRETCH)
        kind->play(&prng, kind->with, values + at, STRETCH);
    for (size_t i = 0; i < truth_n; i++)
        truth[i] = (int64_t)(1e6 * values[i]);
    stats_sort(truth, truth_n);
    for (unsigned t = 0; t < trials; t++) {
        bool saw = kind->play(&prng, kind->with, values, kind->n);
        struct dependence dependence;

        for (size_t i = 0; i < kind->n; i++)
            arrived[i] = sorted[i] = (int64_t)(1e6 * values[i]);
        dependence = dependence_of(arrived, sorted, kind->n);
        for (unsigned q = QUANTILE_P50; q <= QUANTILE_P99; q++) {
            struct quantile quantile =
                quantile_of_effective(sorted, kind->n, dependence.printable[q], QUANTILES[q].parts);
            int64_t right = truth[quantile_rank(truth_n, QUANTILES[q].parts) - 1];
            struct tally *tally = saw ? &whole[q] : &part[q];

            tally->all++;
            tally->has += quantile.has_interval;
            tally->wrong += quantile.has_interval && (right < quantile.low || right > quantile.high);
        }
    }
    for (unsigned q = QUANTILE_P50; q <= QUANTILE_P99; q++) {
        report(rates, kind, QUANTILES[q].name, &whole[q], part[q].all ? " that saw all" : "");
        report_prints(rates, kind->name, q, &whole[q]);
        if (part[q].all)
            printf("# %s: %s is printed in %u of %u runs that saw a part, wrongly in %u\n", kind->name,
                   QUANTILES[q].name, part[q].has, part[q].all, part[q].wrong);
    }
}

int main(int argc, char **argv)
{
    struct rates rates = rates_begin(argc, argv);

    for (size_t i = 0; i < sizeof(chosen) / sizeof(chosen[0]); i++)
        try_kind(&rates, &chosen[i]);
    for (size_t i = 0; i < sizeof(held_out) / sizeof(held_out[0]); i++)
        try_kind(&rates, &held_out[i]);
    return rates_end(&rates);
}
