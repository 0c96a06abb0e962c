/* SPDX-License-Identifier: MIT */
/* The tables of keys: what a key takes, as its descriptor says. */
#ifndef LAB_TESTS_DOCS_KEYS_H
#define LAB_TESTS_DOCS_KEYS_H

#include "lib/script/plan.h"
#include "tests/docs/tables.h"

/* Key, what it takes, its default. */
void keys_row(struct table_row *row, const struct experiment_spec *experiment, const struct param_spec *spec);

/* Adds a word of a choice or method to a cell of CELL_BYTES, its forms one by one where it has several. */
void keys_add_word(char *cell, const char *word);

#endif /* LAB_TESTS_DOCS_KEYS_H */
