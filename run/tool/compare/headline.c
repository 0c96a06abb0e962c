/* SPDX-License-Identifier: MIT */
/* What the table says in a sentence, and the order of its lines: what changed most comes first. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/compare/view.h"

#define NAMED_MAX 3

/* The lines of one step, which stand together, from `begin` up to `end`. */
struct group {
    size_t begin, end;
    const struct compare_row *worst; /* its largest confirmed change, else its largest one */
};

bool compare_confirms(const struct compare_row *row)
{
    return row->tested && row->p_all <= RELABEL_LEVEL + 1e-9;
}

/* True where `a` comes before `b`. */
static bool is_worse(const struct compare_row *a, const struct compare_row *b)
{
    if (compare_confirms(a) != compare_confirms(b))
        return compare_confirms(a);
    return fabs(a->change_pct) > fabs(b->change_pct);
}

static int by_worst(const void *left, const void *right)
{
    const struct group *a = left, *b = right;

    if (is_worse(a->worst, b->worst))
        return -1;
    if (is_worse(b->worst, a->worst))
        return 1;
    return (a->begin > b->begin) - (a->begin < b->begin);
}

/* The steps that the table shows, in its order; to be freed. */
static struct group *collect(const struct compare_rows *rows, size_t *count)
{
    struct group *groups = rows->count ? malloc(rows->count * sizeof(*groups)) : NULL;

    *count = 0;
    for (size_t i = 0; groups && i < rows->count; i++) {
        const struct compare_row *row = &rows->rows[i];
        struct group *last = *count ? &groups[*count - 1] : NULL;

        if (!row->shown)
            continue;
        if (!last || strcmp(rows->rows[last->begin].step, row->step) != 0) {
            groups[(*count)++] = (struct group){i, i + 1, row};
            continue;
        }
        last->end = i + 1;
        if (is_worse(row, last->worst))
            last->worst = row;
    }
    if (groups)
        qsort(groups, *count, sizeof(*groups), by_worst);
    return groups;
}

size_t compare_order(const struct compare_rows *rows, const struct compare_row **order)
{
    size_t count, used = 0;
    struct group *groups = collect(rows, &count);

    for (size_t g = 0; g < count; g++)
        for (size_t i = groups[g].begin; i < groups[g].end; i++)
            if (rows->rows[i].shown)
                order[used++] = &rows->rows[i];
    free(groups);
    return used;
}

void compare_headline(const struct compare_rows *rows, struct relabel_boots boots)
{
    size_t count, changed = 0;
    struct group *groups = collect(rows, &count);

    while (changed < count && compare_confirms(groups[changed].worst))
        changed++;
    if (changed > 0)
        printf("%zu of %zu steps changed:", changed, count);
    else if (relabel_least_p(boots, true) > RELABEL_LEVEL + 1e-9)
        printf("%zu steps: %zu+%zu boots cannot say whether one changed.", count, boots.a_count, boots.b_count);
    else
        printf("None of %zu steps changed by more than chance.", count);
    for (size_t g = 0; g < changed && g < NAMED_MAX; g++) {
        const struct compare_row *row = groups[g].worst;

        printf("%s %s%s%s %s %+.1f%%", g ? "," : "", row->step, row->part[0] ? " " : "", row->part, row->quantile,
               row->change_pct);
    }
    printf("%s\n\n", changed > NAMED_MAX ? ", ..." : "");
    free(groups);
}
