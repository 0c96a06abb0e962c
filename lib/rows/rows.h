/* SPDX-License-Identifier: MIT */
/*
 * What the rows of the log mean (docs/record-format.md, "Rows"): each kind's members in order, their units, plots, and
 * which are a metric. Host programs and tests read it; the image only writes rows, and its linker drops this table.
 */
#ifndef LAB_LIB_ROWS_H
#define LAB_LIB_ROWS_H

#include <stdbool.h>
#include <stddef.h>

struct row_kind {
    const char *name;    /* the value of the member `row`; a record without one is a row `pair` */
    const char *members; /* "name:unit" with a blank between two; "name?:unit" may be missing: struct row_member */
};

/*
 * unit: "tsc", "mtsc", "ns", "ppm", "uW"; "u": the member `u` names it; "": a number without one. "word", "hex", "flag"
 * and "list" are no numbers; "key" is a word too: a kind with keys is a metric of the name KEY/KEY, with n, min, p50,
 * p99 and max; "check" is a word of preflight_words.h. A list of two numbers may stand for a number.
 */
struct row_member {
    char name[16];
    char unit[8];
    bool optional;
};

/* A curve: each text but the title and labels names a member; "" is none. */
struct row_plot {
    const char *kind, *title;
    const char *x, *x_label;
    const char *y, *second_y, *y_label; /* no y: all members in ppm */
    const char *by;                     /* tells its lines apart */
    const char *per;                    /* each value of it makes a plot of its own */
};

/* The kind by its name, NULL where there is none; and by its place in the table, NULL behind the last. */
const struct row_kind *row_kind_of(const char *name);
const struct row_kind *row_kind_at(size_t index);

/* By its place, NULL behind the last. */
const struct row_plot *row_plot_at(size_t index);

/* Reads the next member of row_kind.members at *at. False at the end. */
bool row_member_next(const char **at, struct row_member *member);

/* The member of that name. False where the kind is not declared, or does not have it. */
bool row_member_of(const char *kind, const char *name, struct row_member *member);

enum { ROW_PROBLEM_BYTES = 80 };

/*
 * True where the record of a row has the members that its kind declares, in that order and no others. Else `problem`
 * says what is wrong. `record` is the JSON text of a record `stats` with t and step first.
 */
bool row_check(const char *record, char problem[ROW_PROBLEM_BYTES]);

#endif /* LAB_LIB_ROWS_H */
