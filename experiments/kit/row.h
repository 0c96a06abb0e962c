/* SPDX-License-Identifier: MIT */
/*
 * The rows of a step's tables: records `stats` of a kind that lib/rows/rows.c declares. Boot CPU, all others parked. On
 * the host, where tests run experiments, a row that is not as declared is refused; the image leaves the table out.
 */
#ifndef LAB_EXPERIMENTS_KIT_ROW_H
#define LAB_EXPERIMENTS_KIT_ROW_H

#include "lib/json.h"

struct step;

struct row {
    struct json json; /* takes the members */
    char text[JSON_OBJECT_BYTES];
};

/* Begins a row of that kind with t, step and row. NULL: a row between a pair of CPUs, which names no kind. */
void row_begin(struct row *row, struct step *step, const char *kind);
void row_end(struct row *row, struct step *step);

/* A whole row; its members as json_add() takes them. */
void row_write(struct step *step, const char *kind, const char *members, ...) __attribute__((format(printf, 3, 4)));

#endif /* LAB_EXPERIMENTS_KIT_ROW_H */
