/* SPDX-License-Identifier: MIT */
/* What the parts of `compare` share; used by nothing else. */
#ifndef LAB_TOOL_COMPARE_VIEW_H
#define LAB_TOOL_COMPARE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "run/tool/compare/rank_sum.h"
#include "run/tool/compare/relabel.h"
#include "lib/quantile.h"
#include "run/tool/log/load.h"

/* Quantiles of which the table has a line. */
#define COMPARE_SHOWN       3
/* Rules of --fail-if. */
#define COMPARE_RULES       8
/* The most rows; they bound the time that a hostile log takes. */
#define COMPARE_ROWS        4096
/* Dealings of the boots behind ks_p, at most. */
#define COMPARE_KS_DEALINGS 500

struct compare_boot {
    struct model *model;
    struct model_run *run;
    unsigned more;     /* times that the run is there once more */
    const char *again; /* the first log that has it once more, or NULL */
};

/* One side: several boots of what should be the same. */
struct compare_side {
    struct model models[RANK_SUM_SIDE_MAX];
    size_t log_count;
    struct compare_boot boots[RANK_SUM_SIDE_MAX]; /* a run that several logs hold stands here once */
    size_t boot_count;
};

/* On which scale a figure's changes add up from boot to boot. */
enum compare_scale {
    COMPARE_LOG,    /* all values are positive */
    COMPARE_LINEAR, /* some are not: parts of the median over all boots */
    COMPARE_NONE,   /* that median is not positive: a change has no meaning */
};

/* One quantile of one metric on both sides. n is boots, never samples: those of one boot are not independent. */
struct compare_row {
    const char *step, *quantile, *unit;
    const char *part;                 /* row of the step's table; empty for the step's own metric */
    size_t quantile_index;            /* in QUANTILES */
    bool shown;                       /* the table has a line of it; else only a rule asks for it */
    bool first;                       /* first line of its metric */
    size_t a_count, b_count;          /* boots that have it; both at least 1 */
    double values[RELABEL_BOOTS_MAX]; /* by boot, A's first, in shown units; NAN: that boot has none */
    enum compare_scale scale;
    double middle;     /* median over all boots */
    double a, b;       /* medians over the boots of a side */
    double change_pct; /* of b against a: Hodges and Lehmann's where it is known, else that of the medians */
    bool has_interval; /* of the change, of this row alone */
    double low_pct, high_pct;
    bool tested;     /* p and cliff are known: at least 2 boots a side */
    double p, cliff; /* of this row alone */
    double p_all;    /* over all lines of the table; 1 where it was not asked */
    double ks;       /* largest distance of the mean distributions, 0 to 1; negative where unknown */
    double ks_p;     /* how often any line is as far apart, where boots are dealt anew to the sides */
};

/* Why a metric's quantile has no row. */
enum compare_left {
    COMPARE_LEFT_OUTERMOST, /* it is the outermost sample in a boot */
    COMPARE_LEFT_UNLIKE_N,  /* the sides have too unlike numbers of samples */
    COMPARE_LEFT_ONLY_A,    /* no boot of B has it: the step is lost there, or kept nothing */
    COMPARE_LEFT_ONLY_B,
    COMPARE_LEFT_UNIT, /* one side has no TSC frequency, so its times are ticks */
    COMPARE_LEFT_ROOM, /* COMPARE_ROWS, or memory */
    COMPARE_LEFT_COUNT,
};

struct compare_rows {
    struct compare_row *rows;
    size_t count, room;
    double ks_most[COMPARE_KS_DEALINGS];                       /* by dealing: the largest distance of all lines */
    size_t left[COMPARE_LEFT_COUNT][QUANTILE_COUNT];           /* metrics whose quantile was left out */
    const char *left_step[COMPARE_LEFT_COUNT][QUANTILE_COUNT]; /* the first step of them, or NULL */
};

/* "p99 > 5%": a change of the quantile beyond the limit fails. */
struct compare_rule {
    char text[32];
    size_t quantile_index;
    enum relabel_side side;
    double limit; /* 0.05 */
};

/* boots.c. Reads `count` logs of one side. The worst exit code of the logs, or TOOL_USAGE where one cannot be read. */
int compare_load(struct compare_side *side, char **names, size_t count, size_t limit_bytes);

/* The identifier of a run that is on both sides, or NULL. */
const char *compare_run_on_both(const struct compare_side *a, struct compare_side *b);

/* The metric of this name (NULL: the main one) of a boot's step, or NULL. */
struct model_metric *compare_metric_of(const struct compare_boot *boot, const char *step, const char *metric);

/* rows.c. Adds the lines of one metric (NULL: the step's main one) for the quantiles that are wanted, by QUANTILES. */
void compare_add_metric(struct compare_rows *rows, struct compare_side *a, struct compare_side *b, const char *step,
                        const char *metric, const char *part, const bool wanted[QUANTILE_COUNT]);

/* True for the quantiles that the table shows. */
bool compare_is_shown(size_t quantile_index);

/* Puts the row's values on the scale where a change adds up, A's multiplied by a_factor first. */
void compare_scaled(const struct compare_row *row, size_t a_boots, double a_factor, double *scaled);

/* family.c. Fills p_all of the table's lines. False without memory. */
bool compare_family(struct compare_rows *rows, struct relabel_boots boots);

/*
 * ks.c. Fills ks of a metric's first line, and enters its distances in all dealings; then ks_p of all lines that have
 * one, over all of them together.
 */
void compare_ks(struct compare_rows *rows, struct compare_row *row, struct compare_side *a, struct compare_side *b,
                const char *metric);
void compare_ks_family(struct compare_rows *rows, struct relabel_boots boots);

/* gate.c. Takes "p99 > 5%". False where that is no rule. */
bool compare_read_rule(struct compare_rule *rule, const char *text);

/*
 * Holds all rules against all rows and says what came of it: TOOL_PASS, TOOL_FAIL or TOOL_UNDECIDED. With few_boots the
 * medians decide where no test can.
 */
int compare_gate(const struct compare_rows *rows, const struct compare_rule *rules, size_t rule_count,
                 struct relabel_boots boots, bool few_boots);

/*
 * outlook.c. A line that says how many boots a side would tell the row's change from none, or from the rule's limit, as
 * one of so many questions. Nothing where the row does not change that way.
 */
void compare_outlook(const struct compare_row *row, const struct compare_rule *rule, size_t questions,
                     struct relabel_boots boots);

/* The same of the largest change among those of these lines that the boots do not confirm. */
void compare_outlook_largest(const struct compare_row *const *rows, size_t count, struct relabel_boots boots);

/*
 * headline.c. "2 of 14 steps changed: ..." by the lines of the table; and the lines in their order, those of the step
 * that changed most first: `order` has room for rows->count and gets the number of lines that the table shows.
 */
void compare_headline(const struct compare_rows *rows, struct relabel_boots boots);
size_t compare_order(const struct compare_rows *rows, const struct compare_row **order);

/* outlook.c. A percentage with three digits, or all before the point where there are more; returns `text`. */
#define COMPARE_PERCENT_CHARS 24
const char *compare_percent(char text[COMPARE_PERCENT_CHARS], double percent);

/* True for a line whose change the boots confirm. */
bool compare_confirms(const struct compare_row *row);

/* Prints the differences between the platforms of the two sides. Returns how many of them decide. */
size_t compare_platforms(FILE *out, struct compare_side *a, struct compare_side *b);

#endif
