/* SPDX-License-Identifier: MIT */
/* idlelab compare: what changed between two sides of one or several boots each, in the manner of benchstat. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/tool/command.h"
#include "run/tool/compare/view.h"
#include "run/tool/show/text_table.h"

#define FAIL_RULES_MAX      8
#define WIDTH_PIPED         160
/* Each log's share of the memory. */
#define COMPARE_LIMIT_BYTES (MODEL_LIMIT_BYTES * 4)

/* "p99 > 5%": a change of the quantile beyond the limit fails. */
struct fail_rule {
    char quantile[16];
    bool above;
    double limit_pct;
};

struct compare {
    struct compare_side *a, *b;
    char *names[2][RANK_SUM_SIDE_MAX];
    size_t name_count[2];
    const char *metric;
    bool force;
    struct fail_rule rules[FAIL_RULES_MAX];
    size_t rule_count;
};

static const char *const QUANTILES_COMPARED[] = {"p50", "p99", "p99.9"};
#define QUANTILE_ROWS (sizeof(QUANTILES_COMPARED) / sizeof(QUANTILES_COMPARED[0]))

static bool read_rule(struct compare *compare, const char *text)
{
    struct fail_rule *rule = &compare->rules[compare->rule_count];
    char sign, percent;
    if (compare->rule_count == FAIL_RULES_MAX ||
        sscanf(text, "%15[a-z0-9.] %c %lf %c", rule->quantile, &sign, &rule->limit_pct, &percent) != 4)
        return false;
    if ((sign != '<' && sign != '>') || percent != '%')
        return false;
    rule->above = sign == '>';
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
        else if (strcmp(argv[i], "--metric") == 0 && i + 1 < argc)
            compare->metric = argv[++i];
        else if (strcmp(argv[i], "--fail-if") == 0) {
            if (i + 1 == argc || !read_rule(compare, argv[++i]))
                return "expected --fail-if 'QUANTILE > NUMBER%', at most eight times";
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

/* Returns the worst exit code of the logs, or TOOL_USAGE where one cannot be read. */
static int load_side(struct compare_side *side, char **names, size_t count, size_t limit_bytes)
{
    int worst = TOOL_PASS;
    for (size_t i = 0; i < count; i++) {
        struct load_options options = {0};
        struct load_result result;
        model_init(&side->models[i], limit_bytes);
        side->log_count++;
        if (!load_log(names[i], &options, &side->models[i], &result))
            return TOOL_USAGE;
        if (side->models[i].run_count == 0)
            return TOOL_LOSS;
        if (result.exit == TOOL_LOSS)
            worst = TOOL_LOSS;
    }
    return worst;
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

static void add_row(struct table *table, const struct compare_row *row, bool first)
{
    double scale;
    const char *unit;
    bool unknown;

    if (!table_add_row(table))
        return;
    if (first)
        table_set(table, 0, "%s%s%s", row->step, row->part[0] ? " " : "", row->part);
    table_set(table, 1, "%s", row->quantile);
    scale = 1;
    unit = scaled_unit(row, &scale);
    table_set(table, 2, "%.4g", row->a * scale);
    table_set(table, 3, "%.4g", row->b * scale);
    table_set(table, 4, "%s", unit);
    /* One boot a side without an interval: unknown. */
    unknown = !row->tested && !row->has_interval;
    if (row->significant)
        table_set(table, 5, "%+.1f%%", row->change_pct);
    else
        table_set(table, 5, "%s (%+.1f%%)", unknown ? "?" : "~", row->change_pct);
    if (row->has_interval)
        table_set(table, 6, "[%+.1f%%,%+.1f%%]", row->low_pct, row->high_pct);
    if (row->tested) {
        table_set(table, 7, "%.3f", row->p);
        table_set(table, 8, "%+.2f", row->cliff);
    }
    if (row->ks >= 0 && first)
        table_set(table, 9, "%.3f", row->ks);
    table_set(table, 10, "%zu+%zu", row->a_count, row->b_count);
}

/* True where a rule holds for this change, and the change is more than noise. */
static bool fails(const struct compare *compare, const struct compare_row *row)
{
    bool failed = false;
    for (size_t i = 0; i < compare->rule_count; i++) {
        const struct fail_rule *rule = &compare->rules[i];
        if (strcmp(rule->quantile, row->quantile) != 0 || !row->significant)
            continue;
        if (rule->above ? row->change_pct > rule->limit_pct : row->change_pct < rule->limit_pct) {
            printf("FAIL: %s %s%s%s changed by %+.1f%%: limit %c %g%%\n", row->step, row->part, row->part[0] ? " " : "",
                   row->quantile, row->change_pct, rule->above ? '>' : '<', rule->limit_pct);
            failed = true;
        }
    }
    return failed;
}

static bool is_compared(const char *quantile)
{
    for (size_t i = 0; i < QUANTILE_ROWS; i++)
        if (strcmp(QUANTILES_COMPARED[i], quantile) == 0)
            return true;
    return false;
}

/* True where a rule about a quantile that the table does not show fails. */
static bool other_rules_fail(const struct compare *compare, const char *step, const char *metric, const char *part)
{
    bool failed = false;
    for (size_t i = 0; i < compare->rule_count; i++) {
        struct compare_row row;
        bool again = false;
        for (size_t j = 0; j < i; j++)
            again |= strcmp(compare->rules[j].quantile, compare->rules[i].quantile) == 0;
        if (again || is_compared(compare->rules[i].quantile))
            continue;
        if (!compare_quantile(compare->a, compare->b, step, metric, compare->rules[i].quantile, &row))
            continue;
        row.part = part;
        failed |= fails(compare, &row);
    }
    return failed;
}

/* The lines of one metric of one step; `part` names it where it is not the step's own. Returns how many there are. */
static size_t compare_metric(const struct compare *compare, struct table *table, const char *step, const char *metric,
                             const char *part, bool *failed)
{
    size_t matched = 0;
    for (size_t q = 0; q < QUANTILE_ROWS; q++) {
        struct compare_row row;
        if (!compare_quantile(compare->a, compare->b, step, metric, QUANTILES_COMPARED[q], &row))
            continue;
        row.part = part;
        add_row(table, &row, matched == 0);
        *failed |= fails(compare, &row);
        matched++;
    }
    if (matched > 0)
        *failed |= other_rules_fail(compare, step, metric, part);
    return matched;
}

/* The step's main metric, or the one asked for; then those of its tables' rows. */
static size_t compare_step(const struct compare *compare, struct table *table, const struct model_step *step,
                           bool *failed)
{
    size_t matched = compare_metric(compare, table, step->name, compare->metric, "", failed);
    for (size_t m = 0; m < step->metric_count && !compare->metric; m++)
        if (step->metrics[m].of_row)
            matched += compare_metric(compare, table, step->name, step->metrics[m].name, step->metrics[m].name, failed);
    return matched;
}

static int print_comparison(const struct compare *compare)
{
    static const struct table_column columns[] = {
        {"step", false, 0}, {"", false, 0}, {"A", true, 0},      {"B", true, 0},  {"", false, 4}, {"change", true, 0},
        {"95 %", false, 3}, {"p", true, 5}, {"effect", true, 2}, {"KS", true, 1}, {"n", true, 6},
    };
    struct table table;
    struct model_run *run = &compare->a->models[0].runs[0];
    bool failed = false;
    size_t matched = 0;
    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < run->step_count; i++)
        matched += compare_step(compare, &table, &run->steps[i], &failed);
    table_print(&table, stdout, terminal_width(stdout, WIDTH_PIPED));
    table_free(&table);
    if (matched == 0) {
        fputs("idlelab compare: the two sides have no step with that metric in common\n", stderr);
        return TOOL_USAGE;
    }
    if (compare->name_count[0] < 4 || compare->name_count[1] < 4)
        puts("\nn is boots. With fewer than 4 a side no p below 0.05 is possible; a change between\n"
             "two single boots holds for these two boots only.");
    return failed ? TOOL_FAIL : TOOL_PASS;
}

static int compare_sides(struct compare *compare)
{
    size_t limit = COMPARE_LIMIT_BYTES / (compare->name_count[0] + compare->name_count[1]);
    int code_a = load_side(compare->a, compare->names[0], compare->name_count[0], limit);
    int code_b =
        code_a == TOOL_USAGE ? TOOL_USAGE : load_side(compare->b, compare->names[1], compare->name_count[1], limit);
    if (code_a == TOOL_USAGE || code_b == TOOL_USAGE)
        return TOOL_USAGE;
    if ((code_a == TOOL_LOSS || code_b == TOOL_LOSS) && !compare->force) {
        fputs("idlelab compare: a log is damaged or incomplete: --force compares what is there\n", stderr);
        return TOOL_LOSS;
    }
    if (compare_platforms(stdout, compare->a, compare->b) > 0 && !compare->force) {
        fputs("idlelab compare: the platforms are not alike: --force compares them anyway\n", stderr);
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
    return code;
}

const struct command COMMAND_COMPARE = {
    "compare",
    run_compare,
    "[--force] [--metric NAME] [--fail-if 'p99 > 5%']... A B | A... --against B...",
    "say what changed between two sides of one or several boots",
    "  --against       the logs after it are the other side\n"
    "  --force         compare unlike platforms and incomplete logs too\n"
    "  --metric NAME   another metric than the main one\n"
    "  --fail-if RULE  exit 1 where a change that is more than noise goes beyond the limit\n",
};
