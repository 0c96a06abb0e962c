/* SPDX-License-Identifier: MIT */
/*
 * What the image's descriptors say, as parts of a page. Each part has a name, which stands in the page's marker, and
 * arguments behind it: `keys wake`, `words cost insn`.
 */
#ifndef LAB_TESTS_DOCS_TABLES_H
#define LAB_TESTS_DOCS_TABLES_H

#include <stdbool.h>
#include <stddef.h>

enum {
    CELLS_MAX = 8,
    CELL_BYTES = 2000,
};

/* One row of a table: `count` cells, the first of which names the row. */
struct table_row {
    size_t count;
    char cells[CELLS_MAX][CELL_BYTES];
};

/* Takes rows as they come. */
struct table_sink {
    void (*row)(struct table_sink *sink, const struct table_row *row);
    void (*line)(struct table_sink *sink, const char *line); /* a line that belongs to no table */
};

/* Sends the part that `what` names to the sink; false: there is no such part. `script` has the marker's lines. */
bool tables_part(const char *what, struct table_sink *sink, const char *const *script, size_t script_count);

#endif /* LAB_TESTS_DOCS_TABLES_H */
