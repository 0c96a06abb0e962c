/* SPDX-License-Identifier: MIT */
/* The part of `show` that prints scalar results: those of many steps as one line, the others a line a step. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/measure.h"
#include "run/tool/show/paint.h"
#include "run/tool/show/text_table.h"
#include "run/tool/show/view.h"

#define INDENT_COLUMNS 4
#define LINE_CHARS     2048
/* In so many steps a result is one line: its smallest and its largest value. */
#define SPREAD_MIN     4

struct entry {
    const struct model_scalar *scalar;
    size_t step;
};

/* One result by its key and unit, in all steps that have it. */
struct spread {
    struct entry first, low, high;
    size_t count;
};

struct spreads {
    struct spread *at;
    size_t count;
};

static int by_key(const struct model_scalar *a, const struct model_scalar *b)
{
    int order = strcmp(a->key, b->key);

    return order ? order : strcmp(a->unit, b->unit);
}

static int by_entry(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = by_key(a->scalar, b->scalar);

    return order ? order : (a->step > b->step) - (a->step < b->step);
}

static int find(const void *key, const void *spread)
{
    return by_key(key, ((const struct spread *)spread)->first.scalar);
}

/* The same in each step, and of no interest in a list of all. */
static bool is_dull(const struct model_scalar *scalar)
{
    return strcmp(scalar->key, "warmup") == 0;
}

static struct entry *collect(const struct model_run *run, size_t *count)
{
    struct entry *entries;
    size_t room = 0;

    for (size_t i = 0; i < run->step_count; i++)
        room += run->steps[i].scalar_count;
    entries = room ? malloc(room * sizeof(*entries)) : NULL;
    *count = 0;
    for (size_t i = 0; entries && i < run->step_count; i++)
        for (size_t j = 0; j < run->steps[i].scalar_count; j++)
            if (!is_dull(&run->steps[i].scalars[j]))
                entries[(*count)++] = (struct entry){&run->steps[i].scalars[j], i};
    return entries;
}

/* By key; to be freed. */
static struct spreads spreads_of(const struct model_run *run)
{
    size_t count;
    struct entry *entries = collect(run, &count);
    struct spreads spreads = {count ? malloc(count * sizeof(*spreads.at)) : NULL, 0};

    if (entries)
        qsort(entries, count, sizeof(*entries), by_entry);
    for (size_t i = 0; spreads.at && i < count; i++) {
        struct spread *spread = spreads.count ? &spreads.at[spreads.count - 1] : NULL;

        if (!spread || by_key(spread->first.scalar, entries[i].scalar) != 0)
            spreads.at[spreads.count++] = (struct spread){entries[i], entries[i], entries[i], 1};
        else
            spread->count++;
        spread = &spreads.at[spreads.count - 1];
        if (entries[i].scalar->value < spread->low.scalar->value)
            spread->low = entries[i];
        if (entries[i].scalar->value > spread->high.scalar->value)
            spread->high = entries[i];
    }
    free(entries);
    return spreads;
}

static const struct spread *spread_find(const struct spreads *spreads, const struct model_scalar *scalar)
{
    return spreads->at ? bsearch(scalar, spreads->at, spreads->count, sizeof(*spreads->at), find) : NULL;
}

static void print_line(const struct show_view *view, bool *any, const char *name, const char *line)
{
    if (!*any)
        paint_heading(view->out, "Results");
    *any = true;
    fprintf(view->out, "  %s:", name);
    print_words(view->out, line, strlen(name) + 3, INDENT_COLUMNS, view->width, true);
    fputc('\n', view->out);
}

static void print_spread(const struct show_view *view, const struct model_run *run, const struct spread *spread,
                         bool *any)
{
    char line[LINE_CHARS], from[MEASURE_CHARS], to[MEASURE_CHARS];

    measure_scalar(from, run, spread->low.scalar, view->ticks);
    measure_scalar(to, run, spread->high.scalar, view->ticks);
    if (strcmp(from, to) == 0)
        snprintf(line, sizeof(line), "%s in %zu steps", from, spread->count);
    else
        snprintf(line, sizeof(line), "%s (%s) to %s (%s) in %zu steps", from, run->steps[spread->low.step].name, to,
                 run->steps[spread->high.step].name, spread->count);
    print_line(view, any, spread->first.scalar->key, line);
}

/* A step's results that few steps have. */
static void print_own(const struct show_view *view, const struct model_run *run, const struct model_step *step,
                      const struct spreads *spreads, bool *any)
{
    char line[LINE_CHARS] = "", value[MEASURE_CHARS];
    size_t at = 0;

    for (size_t j = 0; j < step->scalar_count && at + 1 < sizeof(line); j++) {
        const struct model_scalar *scalar = &step->scalars[j];
        const struct spread *spread = spread_find(spreads, scalar);
        int n;

        if (is_dull(scalar) || (spread && spread->count >= SPREAD_MIN))
            continue;
        n = snprintf(line + at, sizeof(line) - at, "%s%s %s", at ? ", " : "", scalar->key,
                     measure_scalar(value, run, scalar, view->ticks));
        at += n > 0 ? (size_t)n : 0;
    }
    if (at > 0)
        print_line(view, any, step->name, line);
}

void show_scalars(const struct show_view *view, const struct model_run *run)
{
    struct spreads spreads = spreads_of(run);
    bool any = false;

    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_step *step = &run->steps[i];

        for (size_t j = 0; j < step->scalar_count; j++) {
            const struct spread *spread = is_dull(&step->scalars[j]) ? NULL : spread_find(&spreads, &step->scalars[j]);

            if (spread && spread->count >= SPREAD_MIN && spread->first.scalar == &step->scalars[j])
                print_spread(view, run, spread, &any);
        }
        print_own(view, run, step, &spreads, &any);
    }
    free(spreads.at);
}
