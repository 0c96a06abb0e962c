/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/compare/tail.h"
#include "run/tool/compare/view.h"
#include "run/tool/median.h"
#include "run/tool/model/measure.h"

static const char *const QUANTILES_SHOWN[COMPARE_SHOWN] = {"p50", "p99", "p99.9"};

bool compare_is_shown(size_t quantile_index)
{
    for (size_t i = 0; i < COMPARE_SHOWN; i++)
        if (strcmp(QUANTILES_SHOWN[i], QUANTILES[quantile_index].name) == 0)
            return true;
    return false;
}

/* What the boots of a side say of one quantile. */
struct collected {
    double values[RANK_SUM_SIDE_MAX]; /* NAN: none */
    size_t count;
    const char *unit;
    struct tail tail;
};

static void collect(const struct compare_side *side, const char *step, const char *metric, size_t index,
                    struct collected *all)
{
    memset(all, 0, sizeof(*all));
    for (size_t i = 0; i < side->boot_count; i++) {
        const struct model_metric *found = compare_metric_of(&side->boots[i], step, metric);
        const struct model_quantile *q = found ? model_quantile(found, QUANTILES[index].name) : NULL;
        struct measure measure;

        all->values[i] = NAN;
        if (!q || (measure_is_difference(found) && strcmp(q->name, "p50") != 0))
            continue;
        measure = measure_of(side->boots[i].run, found->unit, false);
        if (all->unit && strcmp(all->unit, measure.unit) != 0)
            continue;
        all->values[i] = (double)q->value * measure.factor;
        all->unit = measure.unit;
        all->count++;
        tail_add(&all->tail, found->n, QUANTILES[index].parts);
    }
}

static void leave_out(struct compare_rows *rows, enum compare_left why, size_t index, const char *step)
{
    if (rows->left[why][index]++ == 0)
        rows->left_step[why][index] = step;
}

/* Why a quantile that one side has at least is not compared; COMPARE_LEFT_COUNT where it is. */
static enum compare_left left_out(const struct collected *a, const struct collected *b)
{
    if (a->count == 0)
        return COMPARE_LEFT_ONLY_B;
    if (b->count == 0)
        return COMPARE_LEFT_ONLY_A;
    if (strcmp(a->unit, b->unit) != 0)
        return COMPARE_LEFT_UNIT;
    switch (tail_judge(&a->tail, &b->tail)) {
    case TAIL_OUTERMOST:
        return COMPARE_LEFT_OUTERMOST;
    case TAIL_UNLIKE:
        return COMPARE_LEFT_UNLIKE_N;
    case TAIL_FINE:
        break;
    }
    return COMPARE_LEFT_COUNT;
}

void compare_scaled(const struct compare_row *row, size_t a_boots, double a_factor, double *scaled)
{
    for (size_t i = 0; i < RELABEL_BOOTS_MAX; i++) {
        double value = row->values[i] * (i < a_boots ? a_factor : 1);
        scaled[i] = row->scale == COMPARE_LOG ? log(value) : value / row->middle;
    }
}

/* Those of a side's boots that have a value, one behind the other. */
static size_t present(const double *values, size_t count, double *kept)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            kept[n++] = values[i];
    return n;
}

static void find_scale(struct compare_row *row, size_t boots)
{
    double all[RELABEL_BOOTS_MAX];
    size_t n = present(row->values, boots, all);
    row->middle = median_of(all, n);
    /* The least value stands first now. */
    row->scale = all[0] > 0 ? COMPARE_LOG : row->middle > 0 ? COMPARE_LINEAR : COMPARE_NONE;
}

/* A rank test of this row alone, and the change with its interval on the row's scale. */
static void test_alone(struct compare_row *row, size_t a_boots, size_t b_boots)
{
    double scaled[RELABEL_BOOTS_MAX], a[RANK_SUM_SIDE_MAX], b[RANK_SUM_SIDE_MAX];
    struct rank_sum test;
    struct rank_shift shift;

    if (row->scale == COMPARE_NONE || row->a_count < 2 || row->b_count < 2)
        return;
    compare_scaled(row, a_boots, 1, scaled);
    present(scaled, a_boots, a);
    present(scaled + a_boots, b_boots, b);
    row->tested = rank_sum_test(a, row->a_count, b, row->b_count, &test);
    row->p = test.p;
    row->cliff = test.cliff;
    if (row->scale != COMPARE_LOG || !rank_shift(a, row->a_count, b, row->b_count, &shift))
        return;
    row->change_pct = expm1(shift.estimate) * 100;
    row->has_interval = shift.has_interval;
    row->low_pct = expm1(shift.low) * 100;
    row->high_pct = expm1(shift.high) * 100;
}

static void fill_row(struct compare_row *row, const struct collected *a, const struct collected *b, size_t a_boots,
                     size_t b_boots)
{
    double numbers[RANK_SUM_SIDE_MAX];
    for (size_t i = 0; i < RELABEL_BOOTS_MAX; i++)
        row->values[i] = NAN;
    memcpy(row->values, a->values, a_boots * sizeof(*a->values));
    memcpy(row->values + a_boots, b->values, b_boots * sizeof(*b->values));
    row->unit = a->unit;
    row->a_count = a->count;
    row->b_count = b->count;
    present(a->values, a_boots, numbers);
    row->a = median_of(numbers, a->count);
    present(b->values, b_boots, numbers);
    row->b = median_of(numbers, b->count);
    row->change_pct = row->a != 0 ? (row->b / row->a - 1) * 100 : 0;
    row->p_all = 1;
    row->ks = -1;
    find_scale(row, a_boots + b_boots);
    test_alone(row, a_boots, b_boots);
}

static struct compare_row *new_row(struct compare_rows *rows)
{
    if (rows->count == rows->room) {
        size_t room = rows->room ? rows->room * 2 : 64;
        struct compare_row *grown = room > COMPARE_ROWS ? NULL : realloc(rows->rows, room * sizeof(*grown));
        if (!grown)
            return NULL;
        rows->rows = grown;
        rows->room = room;
    }
    memset(&rows->rows[rows->count], 0, sizeof(*rows->rows));
    return &rows->rows[rows->count];
}

void compare_add_metric(struct compare_rows *rows, struct compare_side *a, struct compare_side *b, const char *step,
                        const char *metric, const char *part, const bool wanted[QUANTILE_COUNT])
{
    bool first = true;
    for (size_t index = 0; index < QUANTILE_COUNT; index++) {
        struct collected of_a, of_b;
        struct compare_row *row = NULL;
        enum compare_left why;

        if (!wanted[index])
            continue;
        collect(a, step, metric, index, &of_a);
        collect(b, step, metric, index, &of_b);
        if (of_a.count == 0 && of_b.count == 0)
            continue;
        why = left_out(&of_a, &of_b);
        if (why == COMPARE_LEFT_COUNT)
            row = new_row(rows);
        if (!row) {
            leave_out(rows, why == COMPARE_LEFT_COUNT ? COMPARE_LEFT_ROOM : why, index, step);
            continue;
        }
        fill_row(row, &of_a, &of_b, a->boot_count, b->boot_count);
        row->step = step;
        row->part = part;
        row->quantile = QUANTILES[index].name;
        row->quantile_index = index;
        row->shown = compare_is_shown(index);
        row->first = first && row->shown;
        if (row->first)
            compare_ks(rows, row, a, b, metric);
        first &= !row->shown;
        rows->count++;
    }
}
