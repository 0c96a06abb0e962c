/* SPDX-License-Identifier: MIT */
#include "experiments/preflight/parts.h"

#include "lib/cstring.h"

void preflight_add(struct preflight *page, const char *key, enum preflight_state state, uint64_t value)
{
    struct preflight_row *row = page->rows, *end = row + page->count;

    while (row < end && (strcmp(row->key, key) != 0 || row->state != state || row->value != value))
        row++;
    if (row == end && page->count < PREFLIGHT_ROWS_MAX) {
        *row = (struct preflight_row){key, state, value, page->cpu, 0};
        page->count++;
    }
    if (row < page->rows + PREFLIGHT_ROWS_MAX)
        row->cpus++;
    else
        page->lost++;
}
