/* SPDX-License-Identifier: MIT */
/* How many boots it would take to tell a change that these boots do not. */
#include <math.h>

#include "run/tool/compare/needed.h"
#include "run/tool/compare/view.h"

/* On the row's scale; a spread of NAN: one boot a side has none. */
struct effect {
    double size; /* how far B lies beyond the limit, or away from A */
    double spread;
};

static double mean_of(const double *values, size_t count)
{
    double sum = 0, n = 0;

    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i])) {
            sum += values[i];
            n++;
        }
    return sum / n;
}

static struct effect effect_of(const struct compare_row *row, const struct compare_rule *rule,
                               struct relabel_boots boots)
{
    bool linear = row->scale == COMPARE_LINEAR;
    double limit = rule ? rule->limit : 0, values[RELABEL_BOOTS_MAX], size;

    compare_scaled(row, boots.a_count, linear ? 1 + limit : 1, values);
    size =
        mean_of(values + boots.a_count, boots.b_count) - mean_of(values, boots.a_count) - (linear ? 0 : log1p(limit));
    if (!rule)
        size = fabs(size);
    else if (rule->side == RELABEL_BELOW)
        size = -size;
    return (struct effect){size, needed_spread_of(values, boots)};
}

static double percent(const struct compare_row *row, double size)
{
    return 100 * (row->scale == COMPARE_LINEAR ? size : expm1(size));
}

const char *compare_percent(char text[COMPARE_PERCENT_CHARS], double percent)
{
    /* %.3g turns to a power of ten from 999.5 on; what has more than fifteen digits is no figure. */
    snprintf(text, COMPARE_PERCENT_CHARS, percent >= 999.5 && percent < 1e15 ? "%.0f" : "%.3g", percent);
    return text;
}

/* What is to be told: the row's change, from the rule's limit where there is one. */
static void print_change(const struct compare_row *row, const struct compare_rule *rule)
{
    printf("%s %s%s%s %+.1f%%", row->step, row->part, row->part[0] ? " " : "", row->quantile, row->change_pct);
    if (rule)
        printf(" from %+g%%", 100 * rule->limit);
}

/* One boot a side does not say how far boots of one thing are apart. */
static void print_by_spread(const struct compare_row *row, const struct compare_rule *rule, double size,
                            size_t questions)
{
    static const size_t sides[] = {NEEDED_LEAST_EITHER, 6, 10, 20};
    char text[COMPARE_PERCENT_CHARS];

    fputs("  To tell ", stdout);
    print_change(row, rule);
    fputs(", boots of one thing may scatter by", stdout);
    for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++)
        printf("%s %s %% with %zu+%zu", i ? "," : "",
               compare_percent(text, percent(row, size / needed_spreads(sides[i], questions, !rule))), sides[i],
               sides[i]);
    puts(".");
}

static void print_boots(const struct compare_row *row, const struct compare_rule *rule, struct effect effect,
                        size_t questions, struct relabel_boots boots)
{
    size_t least = boots.a_count < boots.b_count ? boots.a_count : boots.b_count;
    size_t needed = needed_boots(effect.size / effect.spread, questions, !rule);
    char text[COMPARE_PERCENT_CHARS];

    if (needed > 0 && needed <= least)
        needed = least + 1; /* an estimate, which these boots have shown to be low */
    fputs("  To tell ", stdout);
    print_change(row, rule);
    if (needed == 0 || needed > RANK_SUM_SIDE_MAX)
        printf(", more than %d+%d boots are needed, as these scatter (%s %%).\n", RANK_SUM_SIDE_MAX, RANK_SUM_SIDE_MAX,
               compare_percent(text, percent(row, effect.spread)));
    else
        printf(", about %zu+%zu boots are needed, as these scatter (%s %%).\n", needed, needed,
               compare_percent(text, percent(row, effect.spread)));
}

void compare_outlook(const struct compare_row *row, const struct compare_rule *rule, size_t questions,
                     struct relabel_boots boots)
{
    struct effect effect = effect_of(row, rule, boots);

    if (row->scale == COMPARE_NONE || !(effect.size > 0))
        return;
    if (isnan(effect.spread))
        print_by_spread(row, rule, effect.size, questions);
    else if (effect.spread > 0)
        print_boots(row, rule, effect, questions, boots);
}

void compare_outlook_largest(const struct compare_row *const *rows, size_t count, struct relabel_boots boots)
{
    const struct compare_row *largest = NULL;

    for (size_t i = 0; i < count; i++)
        if (!compare_confirms(rows[i]) && (!largest || fabs(rows[i]->change_pct) > fabs(largest->change_pct)))
            largest = rows[i];
    if (largest)
        compare_outlook(largest, NULL, count, boots);
}
