/* SPDX-License-Identifier: MIT */
/* idlelab compare: what changed between two sides of one or several boots each, in the manner of benchstat. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/tool/command.h"
#include "run/tool/compare/view.h"
#include "run/tool/show/text_table.h"

#define WIDTH_PIPED         160
/* Each log's share of the memory. */
#define COMPARE_LIMIT_BYTES (MODEL_LIMIT_BYTES * 4)

struct compare {
    struct compare_side *a, *b;
    char *names[2][RANK_SUM_SIDE_MAX];
    size_t name_count[2];
    const char *metric;
    bool force, few_boots;
    struct compare_rule rules[COMPARE_RULES];
    size_t rule_count;
    struct compare_rows rows;
};

/* One rule of --fail-if. */
static bool take_rule(struct compare *compare, const char *text)
{
    if (compare->rule_count == COMPARE_RULES || !compare_read_rule(&compare->rules[compare->rule_count], text))
        return false;
    compare->rule_count++;
    return true;
}

/* Returns what is wrong with the arguments, or NULL. */
static const char *read_arguments(struct compare *compare, int argc, char **argv)
{
    bool against = false;
    for (int i = 1; i < argc; i++) {
        size_t side = against;
        if (strcmp(argv[i], "--against") == 0)
            against = true;
        else if (strcmp(argv[i], "--force") == 0)
            compare->force = true;
        else if (strcmp(argv[i], "--few-boots") == 0)
            compare->few_boots = true;
        else if (strcmp(argv[i], "--metric") == 0 && i + 1 < argc)
            compare->metric = argv[++i];
        else if (strcmp(argv[i], "--fail-if") == 0) {
            if (i + 1 == argc || !take_rule(compare, argv[++i]))
                return "expected --fail-if 'QUANTILE > NUMBER%', at most eight times; QUANTILE is one of the log's, as "
                       "p99";
        } else if (argv[i][0] == '-' && argv[i][1])
            return "unknown option";
        else if (compare->name_count[side] == RANK_SUM_SIDE_MAX)
            return "at most 64 logs a side";
        else
            compare->names[side][compare->name_count[side]++] = argv[i];
    }
    /* Two logs without --against are one a side. */
    if (!against && compare->name_count[0] == 2) {
        compare->names[1][0] = compare->names[0][1];
        compare->name_count[0] = compare->name_count[1] = 1;
    }
    if (compare->name_count[0] == 0 || compare->name_count[1] == 0)
        return "expected A B, or A... --against B...";
    return NULL;
}

/* The unit of time that suits the smaller of the two values, and the factor to it. */
static const char *scaled_unit(const struct compare_row *row, double *scale)
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    double least = fmin(fabs(row->a), fabs(row->b));
    size_t unit = 0;
    if (strcmp(row->unit, "ns") != 0)
        return row->unit;
    while (unit < 3 && least * *scale >= 1000) {
        *scale /= 1000;
        unit++;
    }
    return units[unit];
}

/* A change in brackets behind a ~ is one that the boots do not confirm; behind a ? one that they cannot. */
static void set_change(struct table *table, const struct compare_row *row)
{
    if (!row->tested)
        table_set(table, 5, "? (%+.1f%%)", row->change_pct);
    else if (!compare_confirms(row))
        table_set(table, 5, "~ (%+.1f%%)", row->change_pct);
    else
        table_set(table, 5, "%+.1f%%", row->change_pct);
}

static void add_row(struct table *table, const struct compare_row *row)
{
    double scale = 1;
    const char *unit = scaled_unit(row, &scale);

    if (!table_add_row(table))
        return;
    if (row->first)
        table_set(table, 0, "%s%s%s", row->step, row->part[0] ? " " : "", row->part);
    table_set(table, 1, "%s", row->quantile);
    table_set(table, 2, "%.4g", row->a * scale);
    table_set(table, 3, "%.4g", row->b * scale);
    table_set(table, 4, "%s", unit);
    set_change(table, row);
    if (row->has_interval)
        table_set(table, 6, "[%+.1f%%,%+.1f%%]", row->low_pct, row->high_pct);
    if (row->tested) {
        table_set(table, 7, "%.3f", row->p);
        table_set(table, 8, "%.3f", row->p_all);
        table_set(table, 9, "%+.2f", row->cliff);
    }
    if (row->ks >= 0 && row->first)
        table_set(table, 10, row->ks_p > RELABEL_LEVEL + 1e-9 ? "~ (%.3f)" : "%.3f", row->ks);
    table_set(table, 11, "%zu+%zu", row->a_count, row->b_count);
}

static const struct compare_boot *boot_at(const struct compare *compare, size_t boot)
{
    size_t a_count = compare->a->boot_count;
    return boot < a_count ? &compare->a->boots[boot] : &compare->b->boots[boot - a_count];
}

/* True where a boot before this one has the step, and the row of its table where one is named. */
static bool is_known(const struct compare *compare, size_t boot, const char *step_name, const char *row)
{
    for (size_t i = 0; i < boot; i++) {
        const struct compare_boot *other = boot_at(compare, i);
        struct model_step *step = model_step_by_name(other->run, step_name);
        if (step && (!row || model_metric_by_name(other->model, step, row, false)))
            return true;
    }
    return false;
}

/* The step's main metric, or the one asked for; then those of its tables' rows: what no boot before had. */
static void compare_step(struct compare *compare, size_t boot, const struct model_step *step,
                         const bool wanted[QUANTILE_COUNT])
{
    if (!is_known(compare, boot, step->name, NULL))
        compare_add_metric(&compare->rows, compare->a, compare->b, step->name, compare->metric, "", wanted);
    for (size_t m = 0; m < step->metric_count && !compare->metric; m++)
        if (step->metrics[m].of_row && !is_known(compare, boot, step->name, step->metrics[m].name))
            compare_add_metric(&compare->rows, compare->a, compare->b, step->name, step->metrics[m].name,
                               step->metrics[m].name, wanted);
}

/* All that any boot has: the first may have lost a step. */
static void collect_rows(struct compare *compare)
{
    bool wanted[QUANTILE_COUNT];
    for (size_t index = 0; index < QUANTILE_COUNT; index++) {
        wanted[index] = compare_is_shown(index);
        for (size_t r = 0; r < compare->rule_count; r++)
            wanted[index] |= compare->rules[r].quantile_index == index;
    }
    for (size_t boot = 0; boot < compare->a->boot_count + compare->b->boot_count; boot++) {
        const struct model_run *run = boot_at(compare, boot)->run;
        for (size_t i = 0; i < run->step_count; i++)
            compare_step(compare, boot, &run->steps[i], wanted);
    }
}

/* What the marks of the table mean, those that it has; how many boots the largest change behind one takes. */
static void print_marks(const struct compare_row *const *order, size_t count, struct relabel_boots boots)
{
    bool untested = false, unconfirmed = false;

    for (size_t i = 0; i < count; i++) {
        untested |= !order[i]->tested;
        unconfirmed |= order[i]->tested && !compare_confirms(order[i]);
    }
    if (unconfirmed)
        puts("~: the boots do not confirm it (p all above 0.05): boots of one thing differ as much.");
    if (untested)
        puts("?: it cannot be tested: one boot a side, or values that are not positive.");
    compare_outlook_largest(order, count, boots);
}

static void print_table(const struct compare_rows *rows, struct relabel_boots boots)
{
    static const struct table_column columns[] = {
        {"step", false, 0}, {"", false, 0},      {"A", true, 0},     {"B", true, 0},
        {"", false, 0},     {"change", true, 0}, {"95 %", false, 3}, {"p", true, 5},
        {"p all", true, 7}, {"effect", true, 2}, {"KS", true, 1},    {"n", true, 6},
    };
    const struct compare_row **order = calloc(rows->count, sizeof(*order));
    size_t count = order ? compare_order(rows, order) : 0;
    struct table table;

    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < count; i++) {
        add_row(&table, order[i]);
        if (table.row_count > 0 && compare_confirms(order[i]))
            table_paint(&table, PAINT_WARN);
    }
    table_print(&table, stdout, terminal_width(stdout, WIDTH_PIPED));
    table_free(&table);
    print_marks(order, count, boots);
    free(order);
}

/* What the table does not say, or cannot. */
static void print_notes(const struct compare_rows *rows, struct relabel_boots boots)
{
    static const char *const words[COMPARE_LEFT_COUNT] = {
        [COMPARE_LEFT_OUTERMOST] = "it is the outermost sample there",
        [COMPARE_LEFT_UNLIKE_N] = "the sides have too unlike numbers of samples for it",
        [COMPARE_LEFT_ONLY_A] = "only A has it",
        [COMPARE_LEFT_ONLY_B] = "only B has it",
        [COMPARE_LEFT_UNIT] = "the TSC's frequency is known on one side only",
        [COMPARE_LEFT_ROOM] = "a comparison has no room for so many lines",
    };
    for (size_t why = 0; why < COMPARE_LEFT_COUNT; why++)
        for (size_t index = 0; index < QUANTILE_COUNT; index++)
            if (rows->left[why][index] > 0)
                printf("%s is not compared in %zu place%s: %s (%s%s).\n", QUANTILES[index].name, rows->left[why][index],
                       rows->left[why][index] == 1 ? "" : "s", words[why], rows->left_step[why][index],
                       rows->left[why][index] > 1 ? " and others" : "");
    if (relabel_least_p(boots, true) > RELABEL_LEVEL + 1e-9)
        printf("\nn is boots. %zu+%zu cannot confirm a change: boots of one thing differ as much in at least\n"
               "%.0f %% of comparisons. 4+4 can, and 3+4, and 2+5.\n",
               boots.a_count, boots.b_count, 100 * relabel_least_p(boots, true));
}

/* True where a metric is on both sides and has too few samples, or too unlike numbers of them. */
static bool any_left_out(const struct compare_rows *rows)
{
    for (size_t index = 0; index < QUANTILE_COUNT; index++)
        if (rows->left[COMPARE_LEFT_OUTERMOST][index] > 0 || rows->left[COMPARE_LEFT_UNLIKE_N][index] > 0)
            return true;
    return false;
}

static int print_comparison(struct compare *compare)
{
    struct relabel_boots boots = {compare->a->boot_count, compare->b->boot_count};
    collect_rows(compare);
    compare_ks_family(&compare->rows, boots);
    if (!compare_family(&compare->rows, boots)) {
        fputs("idlelab compare: no memory\n", stderr);
        return TOOL_USAGE;
    }
    if (compare->rows.count > 0)
        compare_headline(&compare->rows, boots);
    if (compare->rows.count > 0)
        print_table(&compare->rows, boots);
    print_notes(&compare->rows, boots);
    if (compare->rows.count == 0 && !any_left_out(&compare->rows)) {
        fputs("idlelab compare: the two sides have no step with that metric in common\n", stderr);
        return TOOL_USAGE;
    }
    return compare_gate(&compare->rows, compare->rules, compare->rule_count, boots, compare->few_boots);
}

/* True where the two sides may be held against each other at all. */
static bool are_alike(struct compare *compare)
{
    const char *both = compare_run_on_both(compare->a, compare->b);
    if (both)
        printf("run %s is on both sides\n", both);
    return compare_platforms(stdout, compare->a, compare->b) == 0 && !both;
}

static int compare_sides(struct compare *compare)
{
    size_t limit = COMPARE_LIMIT_BYTES / (compare->name_count[0] + compare->name_count[1]);
    int code_a = compare_load(compare->a, compare->names[0], compare->name_count[0], limit);
    int code_b =
        code_a == TOOL_USAGE ? TOOL_USAGE : compare_load(compare->b, compare->names[1], compare->name_count[1], limit);
    if (code_a == TOOL_USAGE || code_b == TOOL_USAGE)
        return TOOL_USAGE;
    if (compare->a->boot_count == 0 || compare->b->boot_count == 0)
        return TOOL_LOSS;
    if ((code_a == TOOL_LOSS || code_b == TOOL_LOSS) && !compare->force) {
        fputs("idlelab compare: a log is damaged or incomplete: --force compares what is there\n", stderr);
        return TOOL_LOSS;
    }
    if (!are_alike(compare) && !compare->force) {
        fputs("idlelab compare: the sides are not to be compared: --force compares them anyway\n", stderr);
        return TOOL_USAGE;
    }
    return print_comparison(compare);
}

static void free_side(struct compare_side *side)
{
    for (size_t i = 0; side && i < side->log_count; i++)
        model_free(&side->models[i]);
    free(side);
}

static int run_compare(int argc, char **argv)
{
    struct compare compare = {0};
    const char *wrong = read_arguments(&compare, argc, argv);
    int code;

    if (wrong)
        return command_usage(&COMMAND_COMPARE, wrong);
    compare.a = calloc(1, sizeof(*compare.a));
    compare.b = calloc(1, sizeof(*compare.b));
    code = compare.a && compare.b ? compare_sides(&compare) : TOOL_USAGE;
    free_side(compare.a);
    free_side(compare.b);
    free(compare.rows.rows);
    return code;
}

const struct command COMMAND_COMPARE = {
    "compare",
    run_compare,
    "[--force] [--metric NAME] [--few-boots] [--fail-if 'p99 > 5%']... A B | A... --against B...",
    "say what changed between two sides of one or several boots",
    "  --against       the logs after it are the other side\n"
    "  --force         compare unlike platforms and incomplete logs too\n"
    "  --metric NAME   another metric than the main one\n"
    "  --fail-if RULE  exit 1 where a change is beyond the limit by more than chance, 4 where too few boots can say\n"
    "  --few-boots     where too few boots can say, the medians decide, without a test\n"
    "A change behind ~ is one that the boots do not confirm (p all above 0.05), one behind ? cannot be tested (one "
    "boot a\n"
    "side, or values that are not positive). Steps that changed most come first.\n",
};
