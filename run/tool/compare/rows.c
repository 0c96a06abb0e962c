/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "run/tool/compare/view.h"
#include "run/tool/model/measure.h"

#define SIGNIFICANT_P 0.05

/* One boot's value of the quantile, in shown units. */
struct boot_value {
    double value, low, high;
    bool has_interval;
    const char *unit;
};

static struct model_metric *find_metric(struct model *model, struct model_run *run, const char *step_name,
                                        const char *metric)
{
    struct model_step *step = model_step_by_name(run, step_name);
    const struct model_metric *main = step ? model_main_metric(step) : NULL;
    const char *name = metric ? metric : main ? main->name : NULL;
    return step && name ? model_metric_by_name(model, step, name, false) : NULL;
}

static bool boot_value(struct model *model, struct model_run *run, const char *step, const char *metric,
                       const char *quantile, struct boot_value *value)
{
    const struct model_metric *found = find_metric(model, run, step, metric);
    const struct model_quantile *q = found ? model_quantile(found, quantile) : NULL;
    struct measure measure;

    if (!q)
        return false;
    measure = measure_of(run, found->unit, false);
    value->value = (double)q->value * measure.factor;
    value->low = (double)q->low * measure.factor;
    value->high = (double)q->high * measure.factor;
    value->has_interval = q->has_interval;
    value->unit = measure.unit;
    return true;
}

/* All boots of a side that have the quantile. */
static size_t collect(struct compare_side *side, const char *step, const char *metric, const char *quantile,
                      struct boot_value *values)
{
    size_t count = 0;
    for (size_t i = 0; i < side->log_count; i++)
        for (size_t r = 0; r < side->models[i].run_count && count < RANK_SUM_SIDE_MAX; r++)
            count += boot_value(&side->models[i], &side->models[i].runs[r], step, metric, quantile, &values[count]);
    return count;
}

/*
 * Adds the share of values at or below each counter's highest value. Returns false without histograms of the wanted
 * number of digits.
 */
static bool add_shares(struct compare_side *side, const char *step, const char *metric, struct hdr *pooled,
                       void *memory, size_t bytes)
{
    bool any = false;
    for (size_t i = 0; i < side->log_count; i++)
        for (size_t r = 0; r < side->models[i].run_count; r++) {
            struct model_metric *found = find_metric(&side->models[i], &side->models[i].runs[r], step, metric);
            const struct hdr *hist = found ? model_metric_hist(&side->models[i], found) : NULL;
            if (!hist || hist->digits != 2)
                continue;
            if (!any && !hdr_init(pooled, memory, bytes, 2, 8))
                return false;
            any = true;
            if (!hdr_merge(pooled, hist))
                return false;
        }
    return any;
}

/* Kolmogorov and Smirnov's distance of the pooled histograms, in ticks; -1 where it is not known. */
static double ks_distance(struct compare_side *a, struct compare_side *b, const char *step, const char *metric)
{
    static const unsigned digits = 2;
    size_t bytes = hdr_bytes(digits, 8);
    struct hdr pooled_a, pooled_b;
    void *memory_a = pool_alloc(&a->models[0].pool, bytes);
    void *memory_b = pool_alloc(&a->models[0].pool, bytes);
    double below_a, below_b, most;

    if (!memory_a || !memory_b || !add_shares(a, step, metric, &pooled_a, memory_a, bytes) ||
        !add_shares(b, step, metric, &pooled_b, memory_b, bytes))
        return -1;
    below_a = 0;
    below_b = 0;
    most = 0;
    for (uint32_t i = 0; i < pooled_a.counter_count; i++) {
        below_a += (double)hdr_count_at(&pooled_a, i) / (double)pooled_a.total_count;
        below_b += (double)hdr_count_at(&pooled_b, i) / (double)pooled_b.total_count;
        most = fmax(most, fabs(below_a - below_b));
    }
    return most;
}

/* Tests all boots together: a rank test, and the change with its interval on a logarithmic scale. */
static void test_boots(struct compare_row *row, const double *a, const double *b)
{
    double logs_a[RANK_SUM_SIDE_MAX], logs_b[RANK_SUM_SIDE_MAX];
    struct rank_sum test;
    struct rank_shift shift;
    bool positive = true;
    for (size_t i = 0; i < row->a_count; i++) {
        positive &= a[i] > 0;
        logs_a[i] = log(fmax(a[i], 1e-9));
    }
    for (size_t i = 0; i < row->b_count; i++) {
        positive &= b[i] > 0;
        logs_b[i] = log(fmax(b[i], 1e-9));
    }
    row->tested = rank_sum_test(a, row->a_count, b, row->b_count, &test);
    row->p = test.p;
    row->cliff = test.cliff;
    row->significant = row->tested && test.p < SIGNIFICANT_P;
    if (!positive || !rank_shift(logs_a, row->a_count, logs_b, row->b_count, &shift))
        return;
    row->has_interval = shift.has_interval;
    row->low_pct = expm1(shift.low) * 100;
    row->high_pct = expm1(shift.high) * 100;
}

/* With one boot a side only the quantile's own interval counts, and it speaks for that boot alone. */
static void compare_single(struct compare_row *row, const struct boot_value *a, const struct boot_value *b)
{
    if (!a->has_interval || !b->has_interval || a->low <= 0)
        return;
    row->has_interval = true;
    row->low_pct = (b->low / a->high - 1) * 100;
    row->high_pct = (b->high / a->low - 1) * 100;
    row->significant = b->low > a->high || b->high < a->low;
}

bool compare_quantile(struct compare_side *a, struct compare_side *b, const char *step, const char *metric,
                      const char *quantile, struct compare_row *row)
{
    struct boot_value values_a[RANK_SUM_SIDE_MAX], values_b[RANK_SUM_SIDE_MAX];
    double numbers_a[RANK_SUM_SIDE_MAX], numbers_b[RANK_SUM_SIDE_MAX];
    memset(row, 0, sizeof(*row));
    row->a_count = collect(a, step, metric, quantile, values_a);
    row->b_count = collect(b, step, metric, quantile, values_b);
    if (row->a_count == 0 || row->b_count == 0 || strcmp(values_a[0].unit, values_b[0].unit) != 0)
        return false;
    for (size_t i = 0; i < row->a_count; i++)
        numbers_a[i] = values_a[i].value;
    for (size_t i = 0; i < row->b_count; i++)
        numbers_b[i] = values_b[i].value;
    row->step = step;
    row->part = "";
    row->quantile = quantile;
    row->unit = values_a[0].unit;
    if (row->a_count > 1 && row->b_count > 1)
        test_boots(row, numbers_a, numbers_b);
    else if (row->a_count == 1 && row->b_count == 1)
        compare_single(row, &values_a[0], &values_b[0]);
    row->a = median_of(numbers_a, row->a_count);
    row->b = median_of(numbers_b, row->b_count);
    row->change_pct = row->a != 0 ? (row->b / row->a - 1) * 100 : 0;
    row->ks = ks_distance(a, b, step, metric);
    return true;
}
