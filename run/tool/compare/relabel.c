/* SPDX-License-Identifier: MIT */
#include "run/tool/compare/relabel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/compare/deal.h"
#include "run/tool/median.h"

#define DEALINGS_EXACT   20000
#define DEALINGS_SAMPLED 9999
/* Dealings of the residuals from which power is taken; their number bounds the memory. */
#define DEALINGS_POWER   1000
/*
 * Few boots know their own spread badly. So each question's variance is averaged with the median of its group, which
 * counts as much as this many more boots (G. K. Smyth, Stat. Appl. Genet. Mol. Biol. 3, 2004, with a fixed weight).
 */
#define PRIOR_BOOTS      2
/* Of a variance of logarithms: keeps equal values from dividing by nothing. */
#define VARIANCE_LEAST   1e-12

/* One question in one dealing. */
struct score {
    double t, difference, error;
};

struct work {
    struct relabel_boots boots;
    size_t n, count;
    double *values; /* count rows of n: shifted by the limit and turned so that "above" is asked */
    const struct relabel_question *questions;
    double *variances, *sorted;
    double *inverse; /* 1 / boots of A + 1 / boots of B */
    struct score *scores;
};

double relabel_least_p(struct relabel_boots boots, bool either)
{
    /* With sides of one size the opposite dealing is as far away as the one that was. */
    double alike = either && boots.a_count == boots.b_count ? 2 : 1;
    return fmin(1, alike / deal_ways(boots.a_count + boots.b_count, boots.b_count));
}

/* Difference of the means and the variance within the sides; false where too few boots have a value. */
static bool score_alone(const double *values, const bool *in_b, size_t n, struct score *score, double *variance,
                        double *inverse)
{
    double sum[2] = {0, 0}, squares = 0, within;
    size_t boots[2] = {0, 0};
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i]))
            continue;
        sum[in_b[i]] += values[i];
        squares += values[i] * values[i];
        boots[in_b[i]]++;
    }
    if (boots[0] == 0 || boots[1] == 0 || boots[0] + boots[1] < 3)
        return false;
    within = squares - sum[0] * sum[0] / (double)boots[0] - sum[1] * sum[1] / (double)boots[1];
    *variance = fmax(within, 0) / (double)(boots[0] + boots[1] - 2);
    *inverse = 1 / (double)boots[0] + 1 / (double)boots[1];
    score->difference = sum[1] / (double)boots[1] - sum[0] / (double)boots[0];
    return true;
}

/* The median variance of the questions of one group, of those that have one. */
static double group_variance(struct work *work, size_t group)
{
    size_t count = 0;
    for (size_t q = 0; q < work->count; q++)
        if (work->questions[q].group == group && !isnan(work->variances[q]))
            work->sorted[count++] = work->variances[q];
    if (count == 0)
        return 0;
    qsort(work->sorted, count, sizeof(*work->sorted), median_ascending);
    return count % 2 ? work->sorted[count / 2] : (work->sorted[count / 2 - 1] + work->sorted[count / 2]) / 2;
}

/* Fills work->scores for one dealing. */
static void score_all(struct work *work, const bool *in_b)
{
    double own = (double)(work->n - 2), prior = 0;
    for (size_t q = 0; q < work->count; q++)
        if (!score_alone(work->values + q * work->n, in_b, work->n, &work->scores[q], &work->variances[q],
                         &work->inverse[q]))
            work->variances[q] = NAN;
    for (size_t q = 0; q < work->count; q++) {
        struct score *score = &work->scores[q];
        if (q == 0 || work->questions[q].group != work->questions[q - 1].group)
            prior = group_variance(work, work->questions[q].group);
        if (isnan(work->variances[q])) {
            *score = (struct score){-INFINITY, 0, INFINITY};
            continue;
        }
        score->error = sqrt(((PRIOR_BOOTS * prior + own * work->variances[q]) / (PRIOR_BOOTS + own) + VARIANCE_LEAST) *
                            work->inverse[q]);
        score->t = score->difference / score->error;
        if (work->questions[q].side == RELABEL_EITHER)
            score->t = fabs(score->t);
    }
}

/* A dealing that comes as far as the one that was, within the rounding of the sums. */
static bool reaches(double t, double observed)
{
    return t >= observed - 1e-9 * (1 + fabs(observed));
}

/* A question's place and its score as it was observed. */
struct place {
    double t;
    size_t question;
};

static int falling(const void *left, const void *right)
{
    double l = ((const struct place *)left)->t, r = ((const struct place *)right)->t;
    return (l < r) - (l > r);
}

static void score_as_it_was(struct work *work)
{
    bool in_b[RELABEL_BOOTS_MAX];

    for (size_t i = 0; i < work->n; i++)
        in_b[i] = i >= work->boots.a_count;
    score_all(work, in_b);
}

/* The questions from the most to the least extreme, as they were observed. */
static void observe(struct work *work, struct place *order)
{
    score_as_it_was(work);
    for (size_t q = 0; q < work->count; q++)
        order[q] = (struct place){work->scores[q].t, q};
    qsort(order, work->count, sizeof(*order), falling);
}

/*
 * Step-down: a question is held against the largest score among itself and the less extreme ones; and no p is below
 * that of a more extreme question.
 */
static void find_p(struct work *work, struct relabel_question *questions, struct place *order, size_t *reached)
{
    struct dealer dealer;
    size_t dealings = 0, own;
    double p = 0;

    observe(work, order);
    dealer_begin(&dealer, work->boots.a_count, work->boots.b_count, DEALINGS_EXACT, DEALINGS_SAMPLED);
    while (deal(&dealer)) {
        double most = -INFINITY;
        score_all(work, dealer.in_b);
        for (size_t i = work->count; i-- > 0;) {
            most = fmax(most, work->scores[order[i].question].t);
            reached[i] += reaches(most, order[i].t);
        }
        dealings++;
    }
    /* A sample of the dealings does not hold the one that was: it is counted in. */
    own = dealer.exact ? 0 : 1;
    for (size_t i = 0; i < work->count; i++) {
        p = fmax(p, (double)(reached[i] + own) / (double)(dealings + own));
        questions[order[i].question].p = isinf(order[i].t) ? 1 : p;
    }
}

/*
 * Takes each side's mean away, so that the sides are alike. What is left is given the variance that the test reckons
 * with, for taking the means makes it smaller.
 */
static void take_residuals(const struct work *work, size_t q)
{
    double *values = work->values + q * work->n, sum[2] = {0, 0}, squares = 0, wanted, grown = 1;
    size_t boots[2] = {0, 0};
    for (size_t i = 0; i < work->n; i++)
        if (!isnan(values[i])) {
            sum[i >= work->boots.a_count] += values[i];
            boots[i >= work->boots.a_count]++;
        }
    for (size_t i = 0; i < work->n; i++) {
        size_t side = i >= work->boots.a_count;
        if (boots[side] > 0)
            values[i] -= sum[side] / (double)boots[side];
        squares += isnan(values[i]) ? 0 : values[i] * values[i];
    }
    wanted = work->scores[q].error * work->scores[q].error / work->inverse[q];
    if (squares > 0 && isfinite(wanted))
        grown = sqrt(wanted * (double)(boots[0] + boots[1]) / squares);
    for (size_t i = 0; i < work->n; i++)
        values[i] *= grown;
}

/* What question q has to change by in each dealing to pass `critical`; the change that enough of them show. */
static double seen_change(const struct score *scores, size_t stride, size_t dealings, double critical, double *changes)
{
    for (size_t d = 0; d < dealings; d++)
        changes[d] = critical * scores[d * stride].error - scores[d * stride].difference;
    qsort(changes, dealings, sizeof(*changes), median_ascending);
    return changes[(size_t)ceil(RELABEL_POWER * (double)dealings) - 1];
}

/*
 * Power: dealings of the residuals are comparisons of the same boots without any change; `most` has their largest
 * scores. Adding a change to B moves the difference of one question and leaves its error.
 */
static bool find_seen(struct work *work, struct relabel_question *questions)
{
    double *most = calloc(DEALINGS_POWER, sizeof(*most)), *changes = calloc(DEALINGS_POWER, sizeof(*changes));
    struct score *kept = calloc(DEALINGS_POWER * work->count, sizeof(*kept));
    struct dealer dealer;
    size_t dealings = 0, rejected;

    if (!most || !changes || !kept) {
        free(most);
        free(changes);
        free(kept);
        return false;
    }
    score_as_it_was(work);
    for (size_t q = 0; q < work->count; q++)
        take_residuals(work, q);
    dealer_begin(&dealer, work->boots.a_count, work->boots.b_count, DEALINGS_POWER, DEALINGS_POWER);
    while (deal(&dealer)) {
        score_all(work, dealer.in_b);
        most[dealings] = -INFINITY;
        for (size_t q = 0; q < work->count; q++)
            most[dealings] = fmax(most[dealings], work->scores[q].t);
        memcpy(kept + dealings++ * work->count, work->scores, work->count * sizeof(*kept));
    }
    qsort(most, dealings, sizeof(*most), median_ascending);
    rejected = (size_t)floor(RELABEL_LEVEL * (double)dealings + 1e-9);
    for (size_t q = 0; q < work->count; q++) {
        double seen = rejected == 0
                          ? INFINITY
                          : seen_change(kept + q, work->count, dealings, most[dealings - 1 - rejected], changes);
        questions[q].seen = questions[q].side == RELABEL_BELOW ? questions[q].limit - seen : questions[q].limit + seen;
    }
    free(most);
    free(changes);
    free(kept);
    return true;
}

/*
 * The values as they are asked for: B less the limit, turned over where B is asked to be below, and around 0, so that
 * sums of squares lose no digits.
 */
static void take_values(struct work *work, const struct relabel_question *question, double *values)
{
    double sum = 0;
    size_t have = 0;
    for (size_t i = 0; i < work->n; i++) {
        double value = question->values[i] - (i >= work->boots.a_count ? question->limit : 0);
        values[i] = question->side == RELABEL_BELOW ? -value : value;
        sum += isnan(value) ? 0 : values[i];
        have += !isnan(value);
    }
    for (size_t i = 0; i < work->n && have > 0; i++)
        values[i] -= sum / (double)have;
}

bool relabel_test(struct relabel_boots boots, struct relabel_question *questions, size_t count)
{
    size_t n = boots.a_count + boots.b_count;
    struct work work = {.boots = boots, .n = n, .count = count, .questions = questions};
    struct place *order = calloc(count + 1, sizeof(*order));
    size_t *reached = calloc(count + 1, sizeof(*reached));
    bool done = false;

    work.values = calloc(count * n + 1, sizeof(*work.values));
    work.variances = calloc(count + 1, sizeof(*work.variances));
    work.sorted = calloc(count + 1, sizeof(*work.sorted));
    work.inverse = calloc(count + 1, sizeof(*work.inverse));
    work.scores = calloc(count + 1, sizeof(*work.scores));
    if (order && reached && work.values && work.variances && work.sorted && work.inverse && work.scores) {
        for (size_t q = 0; q < count; q++)
            take_values(&work, &questions[q], work.values + q * n);
        find_p(&work, questions, order, reached);
        done = find_seen(&work, questions);
    }
    free(order);
    free(reached);
    free(work.values);
    free(work.variances);
    free(work.sorted);
    free(work.inverse);
    free(work.scores);
    return done;
}
