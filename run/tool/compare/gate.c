/* SPDX-License-Identifier: MIT */
/* --fail-if: all rules and all rows are one family, in which a false alarm is as rare as RELABEL_LEVEL says. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/compare/view.h"
#include "run/tool/median.h"

/* A p of 1 in 20 dealings is taken in spite of its rounding. */
#define ROUNDING 1e-9

struct gate {
    const struct compare_rows *rows;
    const struct compare_rule *rules;
    size_t rule_count;
    struct relabel_boots boots;
    bool few_boots; /* medians alone decide where no test can */
    struct relabel_question *questions;
    double (*values)[RELABEL_BOOTS_MAX];
    struct place {
        size_t row, rule;
    } * places;
    size_t count;
};

bool compare_read_rule(struct compare_rule *rule, const char *text)
{
    char quantile[16], sign, percent;
    double limit_pct;
    size_t index = 0;

    if (sscanf(text, "%15[a-z0-9.] %c %lf %c", quantile, &sign, &limit_pct, &percent) != 4 || percent != '%')
        return false;
    while (index < QUANTILE_COUNT && strcmp(QUANTILES[index].name, quantile) != 0)
        index++;
    if (index == QUANTILE_COUNT || (sign != '<' && sign != '>') || !(limit_pct > -100 && limit_pct < 1e6))
        return false;
    *rule = (struct compare_rule){"", index, sign == '>' ? RELABEL_ABOVE : RELABEL_BELOW, limit_pct / 100};
    snprintf(rule->text, sizeof(rule->text), "%s %c %g%%", quantile, sign, limit_pct);
    return true;
}

/* True where so many boots can decide anything about this row. */
static bool can_decide(const struct compare_row *row)
{
    return row->scale != COMPARE_NONE &&
           relabel_least_p((struct relabel_boots){row->a_count, row->b_count}, false) <= RELABEL_LEVEL + ROUNDING;
}

static void add_question(struct gate *gate, size_t row_index, size_t rule_index)
{
    const struct compare_row *row = &gate->rows->rows[row_index];
    const struct compare_rule *rule = &gate->rules[rule_index];
    bool linear = row->scale == COMPARE_LINEAR;
    double *values = gate->values[gate->count];

    /* On the linear scale a limit in percent is a factor to A's values. */
    compare_scaled(row, gate->boots.a_count, linear ? 1 + rule->limit : 1, values);
    gate->questions[gate->count] = (struct relabel_question){
        values, rule->side, linear ? 0 : log1p(rule->limit), rule->quantile_index, 1, INFINITY};
    gate->places[gate->count++] = (struct place){row_index, rule_index};
}

/* Quantile by quantile: the questions of one group stand together. */
static void ask(struct gate *gate)
{
    for (size_t index = 0; index < QUANTILE_COUNT; index++)
        for (size_t rule = 0; rule < gate->rule_count; rule++)
            for (size_t row = 0; row < gate->rows->count && gate->rules[rule].quantile_index == index; row++)
                if (gate->rows->rows[row].quantile_index == index && can_decide(&gate->rows->rows[row]))
                    add_question(gate, row, rule);
}

/* The change that a question would have seen, in percent. */
static double seen_pct(const struct gate *gate, size_t question)
{
    const struct compare_rule *rule = &gate->rules[gate->places[question].rule];
    double seen = gate->questions[question].seen;
    bool linear = gate->rows->rows[gate->places[question].row].scale == COMPARE_LINEAR;
    return 100 * (linear ? seen + rule->limit : expm1(seen));
}

static void say_power(const struct gate *gate, size_t rule, size_t asked)
{
    double *seen = calloc(asked, sizeof(*seen));
    const char *word = gate->rules[rule].side == RELABEL_ABOVE ? "rise" : "fall";
    char text[COMPARE_PERCENT_CHARS];
    size_t count = 0;

    if (!seen)
        return;
    for (size_t i = 0; i < gate->count; i++)
        if (gate->places[i].rule == rule)
            seen[count++] = fabs(seen_pct(gate, i));
    qsort(seen, count, sizeof(*seen), median_ascending);
    if (isfinite(seen[(count - 1) / 2]))
        printf("  A %s of %s%% would have been seen in %.0f %% of such comparisons", word,
               compare_percent(text, seen[(count - 1) / 2]), 100 * RELABEL_POWER);
    else
        printf("  With these boots hardly any %s would have been seen", word);
    if (count > 1 && isfinite(seen[count - 1]))
        printf(" in half of the rows, one of %s%% in all", compare_percent(text, seen[count - 1]));
    puts(".");
    free(seen);
}

/* What boots could decide, had more of them the figure. */
static bool lacks_boots(const struct compare_row *row)
{
    return row->scale != COMPARE_NONE && !can_decide(row);
}

/*
 * How many places of a rule's quantile it cannot decide, though A has a figure there: rows of too few boots, and what
 * has no row. What is the outermost sample was never to be compared, and what only B has cannot have become worse.
 */
static size_t undecided_places(const struct gate *gate, size_t rule)
{
    static const enum compare_left reasons[] = {COMPARE_LEFT_UNLIKE_N, COMPARE_LEFT_ONLY_A, COMPARE_LEFT_UNIT,
                                                COMPARE_LEFT_ROOM};
    size_t index = gate->rules[rule].quantile_index, count = 0;

    for (size_t i = 0; i < gate->rows->count; i++)
        count += gate->rows->rows[i].quantile_index == index && lacks_boots(&gate->rows->rows[i]) && !gate->few_boots;
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        count += gate->rows->left[reasons[i]][index];
    return count;
}

/* What one rule came to: how many rows were asked, and which are beyond the limit. */
static int say_rule(const struct gate *gate, size_t rule)
{
    size_t asked = 0, beyond = 0;
    for (size_t i = 0; i < gate->count; i++) {
        const struct compare_row *row = &gate->rows->rows[gate->places[i].row];
        if (gate->places[i].rule != rule)
            continue;
        asked++;
        if (gate->questions[i].p > RELABEL_LEVEL + ROUNDING)
            continue;
        beyond++;
        printf("FAIL: %s %s%s%s changed by %+.1f%%, beyond %s: p %.3f over all %zu questions\n", row->step, row->part,
               row->part[0] ? " " : "", row->quantile, row->change_pct, gate->rules[rule].text, gate->questions[i].p,
               gate->count);
    }
    if (asked == 0) {
        printf("cannot decide %s: ", gate->rules[rule].text);
        return TOOL_UNDECIDED;
    }
    printf("%s: %zu rows of %zu+%zu boots, %zu beyond the limit.\n", gate->rules[rule].text, asked, gate->boots.a_count,
           gate->boots.b_count, beyond);
    say_power(gate, rule, asked);
    return beyond > 0 ? TOOL_FAIL : TOOL_PASS;
}

/* True where the row lies further beyond the rule's limit than the other one (NULL: none yet). */
static bool is_further(const struct compare_rule *rule, const struct compare_row *row, const struct compare_row *other)
{
    if (!other)
        return true;
    return rule->side == RELABEL_ABOVE ? row->change_pct > other->change_pct : row->change_pct < other->change_pct;
}

/* How many boots the effect takes that the rule asks about: that of the row furthest beyond it that lacks boots. */
static void say_needed(const struct gate *gate, const struct compare_rule *rule)
{
    const struct compare_row *furthest = NULL;
    size_t questions = 0;

    for (size_t i = 0; i < gate->rows->count; i++) {
        const struct compare_row *row = &gate->rows->rows[i];

        if (row->quantile_index != rule->quantile_index || row->scale == COMPARE_NONE)
            continue;
        questions++;
        if (lacks_boots(row) && is_further(rule, row, furthest))
            furthest = row;
    }
    if (furthest)
        compare_outlook(furthest, rule, questions * gate->rule_count, gate->boots);
}

/* Why a rule decides nothing. */
static void say_why(const struct gate *gate, size_t rule)
{
    size_t index = gate->rules[rule].quantile_index, have = 0;
    for (size_t i = 0; i < gate->rows->count; i++)
        have += gate->rows->rows[i].quantile_index == index;
    if (have == 0)
        puts("both sides have no step where this quantile can be compared.");
    else if (relabel_least_p(gate->boots, false) <= RELABEL_LEVEL + ROUNDING)
        puts("its rows have too few boots, or no positive values.");
    else
        printf("%zu+%zu boots of one thing differ this way in 1 of %.0f comparisons.\n"
               "  At least 3+3 boots are needed, or 2+5, or 1+19.\n",
               gate->boots.a_count, gate->boots.b_count, 1 / relabel_least_p(gate->boots, false));
    say_needed(gate, &gate->rules[rule]);
}

/* The rows beyond the limit by their medians, where too few boots have the figure for a test. */
static int decide_untested(const struct gate *gate, size_t rule)
{
    const struct compare_rule *asked = &gate->rules[rule];
    size_t rows = 0, beyond = 0;

    for (size_t i = 0; i < gate->rows->count; i++) {
        const struct compare_row *row = &gate->rows->rows[i];
        double limit_pct = 100 * asked->limit;

        if (row->quantile_index != asked->quantile_index || !lacks_boots(row))
            continue;
        rows++;
        if (asked->side == RELABEL_ABOVE ? row->change_pct <= limit_pct : row->change_pct >= limit_pct)
            continue;
        beyond++;
        printf("FAIL: %s %s%s%s changed by %+.1f%%, beyond %s: by %zu+%zu boots alone, no test stands behind it\n",
               row->step, row->part, row->part[0] ? " " : "", row->quantile, row->change_pct, asked->text, row->a_count,
               row->b_count);
    }
    return rows == 0 ? TOOL_UNDECIDED : beyond ? TOOL_FAIL : TOOL_PASS;
}

/* One rule, by all that it can be decided by. */
static int decide(const struct gate *gate, size_t rule)
{
    size_t undecided = undecided_places(gate, rule);
    int code = say_rule(gate, rule), untested = TOOL_UNDECIDED;

    if (code == TOOL_UNDECIDED)
        say_why(gate, rule);
    if (gate->few_boots)
        untested = decide_untested(gate, rule);
    if (untested != TOOL_UNDECIDED && code != TOOL_FAIL)
        code = untested;
    if (code == TOOL_UNDECIDED || undecided == 0)
        return code;
    printf("  It cannot decide in %zu place%s: too few boots have a figure there, or the sides' cannot be compared.\n",
           undecided, undecided == 1 ? "" : "s");
    if (!gate->few_boots)
        say_needed(gate, &gate->rules[rule]);
    return code == TOOL_PASS ? TOOL_UNDECIDED : code;
}

static int say_all(const struct gate *gate)
{
    bool failed = false, undecided = false;
    for (size_t rule = 0; rule < gate->rule_count; rule++) {
        int code = decide(gate, rule);
        failed |= code == TOOL_FAIL;
        undecided |= code == TOOL_UNDECIDED;
    }
    return failed ? TOOL_FAIL : undecided ? TOOL_UNDECIDED : TOOL_PASS;
}

int compare_gate(const struct compare_rows *rows, const struct compare_rule *rules, size_t rule_count,
                 struct relabel_boots boots, bool few_boots)
{
    struct gate gate = {.rows = rows, .rules = rules, .rule_count = rule_count, .boots = boots, .few_boots = few_boots};
    size_t most = rows->count * rule_count + 1;
    int code = TOOL_USAGE;

    if (rule_count == 0)
        return TOOL_PASS;
    gate.questions = calloc(most, sizeof(*gate.questions));
    gate.values = calloc(most, sizeof(*gate.values));
    gate.places = calloc(most, sizeof(*gate.places));
    if (gate.questions && gate.values && gate.places) {
        ask(&gate);
        putchar('\n');
        if (gate.count == 0 || relabel_test(boots, gate.questions, gate.count))
            code = say_all(&gate);
    }
    free(gate.questions);
    free(gate.values);
    free(gate.places);
    return code;
}
