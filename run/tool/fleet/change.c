/* SPDX-License-Identifier: MIT */
/*
 * What changed since another round. Of a group: its machines are pairs, each before and now; signs are dealt anew to
 * whole machines, jointly for all figures, and each figure's |t| is held against the largest (Westfall and Young's
 * max-T, as relabel.h has it for boots). Of a machine: its boots before and now by relabel.h itself, less what its
 * group changed by. Over groups and over machines Benjamini and Hochberg's rate holds.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/prng.h"
#include "run/tool/compare/relabel.h"
#include "run/tool/fleet/judge.h"
#include "run/tool/median.h"

#define PAIRS_LEAST   6 /* fewer can confirm nothing: 2^5 dealings */
#define DEALINGS_MOST 2000
#define PAIRS_EXACT   11
/* Only a machine whose change is this large, in spreads of its boots, is put to the test: the others' p is 1. */
#define SCREEN_T      4

struct pairs {
    size_t count, figures;
    double *differences; /* pair x figure; NAN */
};

/* |t| of each figure under the dealt signs; returns the largest. */
static double score_pairs(const struct pairs *pairs, const signed char *signs, double *scores)
{
    double most = 0;
    for (size_t f = 0; f < pairs->figures; f++) {
        double sum = 0, squares = 0, n = 0, variance;
        for (size_t i = 0; i < pairs->count; i++) {
            double d = pairs->differences[i * pairs->figures + f];
            if (isnan(d))
                continue;
            sum += signs[i] * d;
            squares += d * d;
            n++;
        }
        variance = n > 1 ? (squares - sum * sum / n) / (n - 1) : 0;
        scores[f] = n >= PAIRS_LEAST ? fabs(sum / n) / sqrt(fmax(variance, 1e-10) / n) : 0;
        most = fmax(most, scores[f]);
    }
    return most;
}

static void deal_signs(struct prng *prng, size_t dealing, bool exact, signed char *signs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        signs[i] = (exact ? dealing >> i & 1 : prng_next(prng) >> 63) ? -1 : 1;
}

static bool test_pairs(const struct pairs *pairs, struct judged_change *change)
{
    bool exact = pairs->count <= PAIRS_EXACT;
    size_t dealings = exact ? (size_t)1 << pairs->count : DEALINGS_MOST, reached = exact ? 0 : 1;
    signed char *signs = malloc(pairs->count + 1);
    double *scores = calloc(pairs->figures + 1, sizeof(*scores)), observed;
    struct prng prng;

    if (!signs || !scores) {
        free(signs);
        free(scores);
        return false;
    }
    prng_seed(&prng, pairs->count);
    memset(signs, 1, pairs->count);
    observed = score_pairs(pairs, signs, scores);
    change->figure = 0;
    for (size_t f = 0; f < pairs->figures; f++)
        if (scores[f] > scores[change->figure])
            change->figure = f;
    for (size_t d = 0; d < dealings; d++) {
        deal_signs(&prng, d, exact, signs, pairs->count);
        reached += score_pairs(pairs, signs, scores) >= observed * (1 - 1e-9);
    }
    change->p = observed > 0 ? (double)reached / (double)(dealings + !exact) : 1;
    free(signs);
    free(scores);
    return true;
}

/* The group's pairs; `shift` gets what each figure of it changed by: the median. */
static bool change_group(struct judged *judged, const struct data *before, size_t group, double *shift)
{
    const struct data *data = judged->data;
    struct pairs pairs = {0, data->figure_room, NULL};
    double *work = calloc(data->machine_room + 1, sizeof(*work));
    bool good;

    pairs.differences = malloc((data->machine_room * data->figure_room + 1) * sizeof(double));
    for (size_t m = 0; pairs.differences && m < data->machine_room; m++) {
        if (data->machines[m].boots == 0 || before->machines[m].boots == 0 || data->machines[m].group != group)
            continue;
        for (size_t f = 0; f < data->figure_room; f++)
            pairs.differences[pairs.count * data->figure_room + f] =
                judge_level(data, m, f) - judge_level(before, m, f);
        pairs.count++;
    }
    for (size_t f = 0; pairs.differences && work && f < data->figure_room; f++) {
        for (size_t i = 0; i < pairs.count; i++)
            work[i] = pairs.differences[i * data->figure_room + f];
        shift[f] = median_of(work, pairs.count);
    }
    good = pairs.differences && work && test_pairs(&pairs, &judged->groups[group].change);
    if (good && pairs.count > 0)
        judged->groups[group].change.change = shift[judged->groups[group].change.figure];
    free(pairs.differences);
    free(work);
    return good;
}

/* The boots of a figure, before first, less the group's change. True where its change is large enough to be tested. */
static bool take_boots(const struct judged *judged, const struct data *before, size_t m, size_t f, double shift,
                       double *values)
{
    const struct data *data = judged->data;
    double sum[2] = {0, 0}, squares[2] = {0, 0}, n[2] = {0, 0}, change, error;

    for (size_t i = 0; i < 2 * data->boot_room; i++) {
        size_t side = i >= data->boot_room;
        double value = side ? DATA_AT(data, m, f, i - data->boot_room) - shift : DATA_AT(before, m, f, i);
        values[i] = value;
        if (isnan(value))
            continue;
        sum[side] += value;
        squares[side] += value * value;
        n[side]++;
    }
    if (n[0] < 2 || n[1] < 2)
        return false;
    change = sum[1] / n[1] - sum[0] / n[0];
    error = sqrt((squares[0] - sum[0] * sum[0] / n[0] + squares[1] - sum[1] * sum[1] / n[1]) / (n[0] + n[1] - 2) *
                 (1 / n[0] + 1 / n[1]));
    return fabs(change) >= judged->least && fabs(change) >= SCREEN_T * error;
}

static bool change_machine(struct judged *judged, const struct data *before, size_t m, const double *shift)
{
    const struct data *data = judged->data;
    size_t row = 2 * data->boot_room, figures = data->names->figures.count;
    double *values = calloc(figures * row + 1, sizeof(*values));
    struct relabel_question *questions = calloc(figures + 1, sizeof(*questions));
    struct relabel_boots boots = {data->boot_room, data->boot_room};
    struct judged_change *change = &judged->machines[m].change;
    bool any = false, good = values && questions;

    for (size_t f = 0; good && f < figures; f++) {
        any |= take_boots(judged, before, m, f, shift[f], values + f * row);
        questions[f] = (struct relabel_question){values + f * row, RELABEL_EITHER, 0, 0, 1, 0};
    }
    if (good && any && (good = relabel_test(boots, questions, figures)) != false)
        for (size_t f = 0; f < figures; f++)
            if (questions[f].p < change->p) {
                change->p = questions[f].p;
                change->figure = f;
                change->change = judge_level(data, m, f) - judge_level(before, m, f);
            }
    free(values);
    free(questions);
    return good;
}

/* Benjamini and Hochberg over `count` changes, `stride` bytes apart. */
static bool discover(struct judged_change *first, size_t stride, size_t count)
{
    double *p = calloc(count + 1, sizeof(*p));
    bool *found = calloc(count + 1, sizeof(*found)), good;

    for (size_t i = 0; p && i < count; i++)
        p[i] = ((struct judged_change *)(void *)((char *)first + i * stride))->p;
    good = p && found && odd_discover(p, count, JUDGE_CHANGE_RATE, found);
    for (size_t i = 0; good && i < count; i++)
        ((struct judged_change *)(void *)((char *)first + i * stride))->found = found[i];
    free(p);
    free(found);
    return good;
}

bool judge_changes(struct judged *judged, const struct data *before)
{
    const struct data *data = judged->data;
    size_t groups = data->names->groups.count;
    double *shift = calloc(groups * data->figure_room + 1, sizeof(*shift));
    bool good = shift != NULL;

    for (size_t g = 0; good && g < groups; g++)
        good = change_group(judged, before, g, shift + g * data->figure_room);
    for (size_t m = 0; good && m < data->machine_room; m++)
        if (data->machines[m].boots > 0 && before->machines[m].boots > 0 && 2 * data->boot_room <= RELABEL_BOOTS_MAX)
            good = change_machine(judged, before, m, shift + data->machines[m].group * data->figure_room);
    good = good && discover(&judged->groups[0].change, sizeof(judged->groups[0]), groups) &&
           discover(&judged->machines[0].change, sizeof(judged->machines[0]), data->machine_room);
    free(shift);
    return good;
}
