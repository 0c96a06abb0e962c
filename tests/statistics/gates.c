/* SPDX-License-Identifier: MIT */
/*
 * How often `compare` raises a false alarm over many steps and rules, and which changes it sees: its test
 * (run/tool/compare/relabel.c) on simulated boots. A boot has a common part, which moves all its steps, and a part of
 * each figure's own; logarithms.
 */
/* STATISTICS_EXTRA: run/tool/compare/relabel.c run/tool/compare/deal.c run/tool/median.c */
#include <stdlib.h>

#include "run/tool/compare/relabel.h"
#include "tests/statistics/rate.h"

enum { STEPS = 30, RULES = 3, QUESTIONS = STEPS * RULES };

/* What one boot differs by from the next. */
enum law { NORMAL, HEAVY, TWO_MODES, LAWS };

static const char *const law_words[LAWS] = {"normal", "t with 3 degrees", "one boot in three slow"};

struct host {
    enum law law;
    size_t a_count, b_count, rules;
    double common; /* share of the variance that a boot's steps have in common */
    double uneven; /* standard deviation of the logarithm of the steps' spreads */
    double values[QUESTIONS][RELABEL_BOOTS_MAX];
    double spread[QUESTIONS];
};

/* From boot to boot: p50, p99, p99.9 (on real hosts 5, 15 and 30 %). */
static const double spreads[RULES] = {0.05, 0.15, 0.3};

static double draw(struct prng *prng, enum law law)
{
    double z = draw_normal(prng), squares = 0;
    if (law == TWO_MODES)
        return (draw_uniform(prng) < 1.0 / 3 ? 2 : 0) + 0.3 * z;
    if (law == NORMAL)
        return z;
    for (int i = 0; i < 3; i++) {
        double x = draw_normal(prng);
        squares += x * x;
    }
    return z / sqrt(squares / 3) / 1.7;
}

/* How much each figure spreads on this host. */
static void choose_spreads(struct prng *prng, struct host *host)
{
    for (size_t q = 0; q < host->rules * STEPS; q++)
        host->spread[q] = spreads[q / STEPS] * exp(host->uneven * draw_normal(prng));
}

static void boot_all(struct prng *prng, struct host *host)
{
    size_t n = host->a_count + host->b_count;
    double common[RELABEL_BOOTS_MAX];
    for (size_t i = 0; i < n; i++)
        common[i] = draw(prng, host->law);
    for (size_t q = 0; q < host->rules * STEPS; q++)
        for (size_t i = 0; i < n; i++)
            host->values[q][i] =
                host->spread[q] * (sqrt(host->common) * common[i] + sqrt(1 - host->common) * draw(prng, host->law));
}

/* Moves question q's B by `change`. */
static void move(struct host *host, size_t q, double change)
{
    for (size_t i = host->a_count; i < host->a_count + host->b_count; i++)
        host->values[q][i] += change;
}

static void ask(const struct host *host, struct relabel_question *questions, enum relabel_side side, double limit)
{
    for (size_t q = 0; q < host->rules * STEPS; q++)
        questions[q] = (struct relabel_question){host->values[q], side, limit, q / STEPS, 0, 0};
    if (!relabel_test((struct relabel_boots){host->a_count, host->b_count}, questions, host->rules * STEPS))
        exit(2);
}

static bool rejected(const struct relabel_question *question)
{
    return question->p <= RELABEL_LEVEL + 1e-9;
}

static bool any_rejected(const struct host *host, const struct relabel_question *questions)
{
    for (size_t q = 0; q < host->rules * STEPS; q++)
        if (rejected(&questions[q]))
            return true;
    return false;
}

/* The same thing on both sides; `at_limit`: B is worse by just what the limit allows, in every step. */
static void false_alarms(struct rates *rates, struct host *host, enum relabel_side side, bool at_limit, unsigned trials)
{
    struct relabel_question questions[QUESTIONS];
    double limit = side == RELABEL_EITHER ? 0 : log(1.05);
    unsigned alarms = 0;
    struct prng prng;
    char what[160];

    prng_seed(&prng, 11 + host->a_count);
    for (unsigned t = 0; t < trials; t++) {
        choose_spreads(&prng, host);
        boot_all(&prng, host);
        for (size_t q = 0; at_limit && q < host->rules * STEPS; q++)
            move(host, q, limit);
        ask(host, questions, side, at_limit ? limit : 0);
        alarms += any_rejected(host, questions);
    }
    snprintf(what, sizeof(what), "false alarms, %zu+%zu boots, %d steps, %zu rules%s, %s", host->a_count, host->b_count,
             STEPS, host->rules,
             side == RELABEL_EITHER ? ", the table"
             : at_limit             ? ", all at the limit"
                                    : "",
             law_words[host->law]);
    rate_at_most(rates, what, alarms, trials, 0.06);
}

/* One step lies above the limit by `times` its spread, the others below it by the whole limit. */
static void sees_spreads(struct rates *rates, struct host *host, double times, double limit, unsigned trials)
{
    struct relabel_question questions[QUESTIONS];
    unsigned seen = 0;
    struct prng prng;
    char what[160];

    prng_seed(&prng, 12 + host->a_count);
    for (unsigned t = 0; t < trials; t++) {
        size_t q = t % STEPS;
        choose_spreads(&prng, host);
        boot_all(&prng, host);
        move(host, q, limit + times * host->spread[q]);
        ask(host, questions, RELABEL_ABOVE, limit);
        seen += rejected(&questions[q]);
    }
    snprintf(what, sizeof(what), "%g spreads above a limit of %.0f %% in one step of %d are seen, %zu+%zu boots, %s",
             times, 100 * expm1(limit), STEPS, host->a_count, host->b_count, law_words[host->law]);
    rate_at_least(rates, what, seen, trials, RELABEL_POWER);
}

/* The change that one comparison names as seen in 80 %, in the next one. */
static void power_is_true(struct rates *rates, struct host *host, unsigned trials)
{
    struct relabel_question questions[QUESTIONS], others[QUESTIONS];
    struct host *next = malloc(sizeof(*next));
    unsigned seen = 0;
    struct prng prng;
    char what[160];

    if (!next)
        exit(2);
    prng_seed(&prng, 13 + host->a_count);
    for (unsigned t = 0; t < trials; t++) {
        size_t q = t % (host->rules * STEPS);
        choose_spreads(&prng, host);
        boot_all(&prng, host);
        ask(host, questions, RELABEL_ABOVE, log(1.05));
        *next = *host;
        boot_all(&prng, next);
        move(next, q, questions[q].seen);
        ask(next, others, RELABEL_ABOVE, log(1.05));
        seen += rejected(&others[q]);
    }
    snprintf(what, sizeof(what),
             "the change said to be seen in 80 %% of comparisons is seen in the next, %zu+%zu boots, %s", host->a_count,
             host->b_count, law_words[host->law]);
    rate_line(rates, seen >= 0.7 * trials && seen <= 0.9 * trials, what, seen, trials, "70 to 90 %");
    free(next);
}

int main(int argc, char **argv)
{
    struct rates rates = rates_begin(argc, argv);
    struct host *host = calloc(1, sizeof(*host));
    static const size_t sides[] = {3, 4, 5, 6, 8, 10};

    if (!host)
        return 2;
    for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
        unsigned trials = rate_trials(&rates, sides[i] < 8 ? 150 : 30, 27);
        *host = (struct host){NORMAL, sides[i], sides[i], 1, 0.2, 0.5, {{0}}, {0}};
        false_alarms(&rates, host, RELABEL_ABOVE, false, trials);
        host->rules = RULES;
        false_alarms(&rates, host, RELABEL_ABOVE, false, trials / 2);
    }
    for (enum law law = NORMAL; law < LAWS; law++) {
        unsigned trials = rate_trials(&rates, 150, 27);
        *host = (struct host){law, 5, 5, 1, 0.2, 0.5, {{0}}, {0}};
        false_alarms(&rates, host, RELABEL_ABOVE, true, trials);
        false_alarms(&rates, host, RELABEL_EITHER, false, trials);
        host->a_count = 8, host->b_count = 3;
        false_alarms(&rates, host, RELABEL_ABOVE, true, trials);
    }
    for (enum law law = NORMAL; law < LAWS; law++) {
        unsigned trials = rate_trials(&rates, 40, 10);
        *host = (struct host){law, 4, 4, 1, 0.2, 0, {{0}}, {0}};
        sees_spreads(&rates, host, 4, 0, trials);
        sees_spreads(&rates, host, 4, log(1.5), trials);
        host->a_count = host->b_count = 10;
        sees_spreads(&rates, host, 2, 0, trials);
        sees_spreads(&rates, host, 2, log(1.5), trials);
        host->a_count = host->b_count = 6;
        host->uneven = 0.5;
        power_is_true(&rates, host, trials);
    }
    free(host);
    return rates_end(&rates);
}
