/* SPDX-License-Identifier: MIT */
#include "run/tool/plan/table.h"

#include <inttypes.h>
#include <stdio.h>

#include "run/tool/plan/wire.h"
#include "run/tool/show/text_table.h"

enum {
    TIME_CHARS = 32,
    NS_PER_MS = 1000 * 1000,
    MS_PER_S = 1000,
    PIPE_WIDTH_COLUMNS = 160,
};

struct totals {
    size_t skips, unknown;
    uint64_t about_ns, most_ns, bytes;
};

/* "350 ms", "12.5 s", "2:20". */
static const char *time_text(char text[TIME_CHARS], uint64_t ns)
{
    uint64_t ms = ns / NS_PER_MS;

    if (ns == 0)
        text[0] = '\0';
    else if (ms < MS_PER_S)
        snprintf(text, TIME_CHARS, "%" PRIu64 " ms", ms ? ms : 1);
    else if (ms < 100 * MS_PER_S)
        snprintf(text, TIME_CHARS, "%.1f s", (double)ms / MS_PER_S);
    else
        snprintf(text, TIME_CHARS, "%" PRIu64 ":%02" PRIu64, ms / MS_PER_S / 60, ms / MS_PER_S % 60);
    return text;
}

/* The longest that a step may take: its budget, where it has one. */
static uint64_t most_ns(const struct plan_step *step)
{
    return plan_time_ns(step, "budget", step->estimate_ns);
}

/* What the known machine skips takes no time; the rest, and of it the longest that the budgets allow. */
static void add_step(const struct plan_step *step, bool skipped, struct totals *totals)
{
    totals->skips += skipped;
    if (__builtin_add_overflow(totals->bytes, wire_step_bytes(step, skipped), &totals->bytes))
        totals->bytes = UINT64_MAX;
    if (skipped)
        return;
    if (__builtin_add_overflow(totals->about_ns, step->estimate_ns, &totals->about_ns))
        totals->about_ns = UINT64_MAX;
    if (__builtin_add_overflow(totals->most_ns, most_ns(step), &totals->most_ns))
        totals->most_ns = UINT64_MAX;
}

static void print_summary(const char *file, const struct plan *plan, const struct totals *totals, bool known)
{
    char about[TIME_CHARS], at_most[TIME_CHARS], wire[TIME_CHARS];

    printf("%s: %zu steps, about %s, at most %s by their budgets\n", file, plan->step_count,
           time_text(about, totals->about_ns), time_text(at_most, totals->most_ns));
    printf("serial line: about %" PRIu64 " kB, %s at 115200 baud\n", totals->bytes / 1000,
           time_text(wire, wire_seconds(totals->bytes) * MS_PER_S * NS_PER_MS));
    if (known)
        printf("%zu of them will be skipped there\n", totals->skips);
    if (totals->unknown)
        printf("not foretold: %zu, by registers that the log does not have\n", totals->unknown);
    if (!known && totals->skips)
        printf("%zu of them will be skipped: combinations that cannot be\n", totals->skips);
}

/* NULL, or why the step is skipped: everywhere, or on the known machine. */
static const char *skips(const struct plan_step *step, struct known_machine *known, struct totals *totals)
{
    const char *reason = step->skip;

    if (reason || !known)
        return reason;
    switch (known_machine_skips(known, step, &reason)) {
    case KNOWN_SKIPS:
        return reason;
    case KNOWN_UNKNOWN:
        totals->unknown++;
        return NULL;
    default:
        return NULL;
    }
}

static void print_steps(const struct plan *plan, struct known_machine *known, struct totals *totals)
{
    static const struct table_column columns[] = {{"step", true, 0},    {"name", false, 0},   {"line", true, 2},
                                                  {"about", true, 1},   {"at most", true, 1}, {"samples", true, 1},
                                                  {"skipped", false, 3}};
    char text[TIME_CHARS];
    struct table table;

    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < plan->step_count && table_add_row(&table); i++) {
        const struct plan_step *step = &plan->steps[i];
        const char *why = skips(step, known, totals);
        uint64_t samples = plan_count(step, "samples", plan_count(step, "n", 0));

        table_set(&table, 0, "%zu", i + 1);
        table_set(&table, 1, "%s", step->name);
        table_set(&table, 2, "%" PRIu32, step->line);
        table_set(&table, 3, "%s", time_text(text, step->estimate_ns));
        table_set(&table, 4, "%s", time_text(text, most_ns(step)));
        if (samples)
            table_set(&table, 5, "%" PRIu64, samples);
        table_set(&table, 6, "%s", why ? why : "");
        add_step(step, why != NULL, totals);
    }
    table_print(&table, stdout, terminal_width(stdout, PIPE_WIDTH_COLUMNS));
    table_free(&table);
}

void plan_print(const char *file, const struct plan *plan, struct known_machine *known)
{
    struct totals totals = {.bytes = WIRE_BOOT_BYTES};

    print_steps(plan, known, &totals);
    print_summary(file, plan, &totals, known != NULL);
}
