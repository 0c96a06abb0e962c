/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/idle_page/page.h"

/* The most bins of all rows together. */
enum { CELLS_MAX = 1920, LEAST_NS = 100 };

uint32_t page_class(int64_t ns)
{
    int64_t class = ns <= LEAST_NS ? 0 : (int64_t)(PAGE_DECADE * log10((double)ns / LEAST_NS));

    return class < PAGE_CLASSES ? (uint32_t) class : PAGE_CLASSES - 1;
}

double page_class_ns(uint32_t class)
{
    return LEAST_NS * pow(10, (double)class / PAGE_DECADE);
}

uint32_t page_right_state(const struct idle_table *table, uint32_t chosen, int64_t residency_ns)
{
    uint32_t right = chosen;

    if (residency_ns >= table->target_residency_ns[chosen]) {
        for (uint32_t s = chosen + 1; s < table->count; s++)
            if (!idle_state_disabled(table, s) &&
                residency_ns - table->exit_latency_ns[chosen] >= table->target_residency_ns[s])
                right = s;
        return right;
    }
    for (uint32_t s = chosen; s-- > 0;) {
        if (idle_state_disabled(table, s))
            continue;
        right = s;
        if (residency_ns >= table->target_residency_ns[s])
            break;
    }
    return right;
}

bool page_begin_time(struct idle_page *page)
{
    for (uint32_t r = 0; r < page->recordings; r++) {
        int64_t span_ns = page->recording[r].last_ns - page->recording[r].first_ns;

        page->span_ns = span_ns > page->span_ns ? span_ns : page->span_ns;
    }
    page->rows = page->cpus < PAGE_ROWS_MAX ? page->cpus : PAGE_ROWS_MAX;
    page->bins = page->rows * PAGE_BINS_MAX <= CELLS_MAX ? PAGE_BINS_MAX : CELLS_MAX / page->rows;
    page->span_ns = page->span_ns < page->bins ? page->bins : page->span_ns;
    page->time_ns = calloc((size_t)page->rows * page->bins, sizeof(*page->time_ns));
    return page->time_ns != NULL;
}

/* The pass's time into the bins that it lies in. */
static void add_time(struct idle_page *page, const struct page_cpu *cpu, int64_t from_ns, const struct page_pass *pass)
{
    size_t row = (size_t)(cpu - page->cpu) * page->rows / page->cpus * page->bins;
    double width = (double)page->span_ns / page->bins;
    int64_t at = from_ns < 0 ? 0 : from_ns, end = from_ns + pass->residency_ns;

    while (at < end) {
        double place = (double)at / width;
        uint32_t bin = place < page->bins ? (uint32_t)place : page->bins;
        int64_t edge = (int64_t)((bin + 1) * width) + 1;

        if (bin == page->bins)
            return;
        edge = edge < end ? edge : end;
        page->time_ns[row + bin][pass->state] += (uint64_t)(edge - at);
        at = edge;
    }
}

/* Of many passes that differ each stride'th is kept, so that all of the trace is among those listed. */
static void add_difference(struct idle_page *page, const struct page_cpu *cpu, const struct page_pass *pass)
{
    struct page_difference *to;
    uint32_t kept = 0;

    if (page->differing++ % page->stride != 0)
        return;
    if (page->differences == PAGE_DIFFERENCES) {
        for (uint32_t i = 0; i < PAGE_DIFFERENCES; i += 2)
            page->difference[kept++] = page->difference[i];
        page->differences = kept;
        page->stride *= 2;
        if ((page->differing - 1) % page->stride != 0)
            return;
    }
    to = &page->difference[page->differences++];
    *to = (struct page_difference){.cpu = cpu,
                                   .entry_ns = pass->entry_ns,
                                   .residency_ns = pass->residency_ns,
                                   .next_timer_ns = pass->timer_known ? pass->next_timer_ns : INT64_MIN,
                                   .tick_ns = pass->tick_ns,
                                   .chosen = pass->state,
                                   .replayed = (uint32_t)pass->replayed,
                                   .wake = pass->wake};
    memcpy(to->unsure, pass->unsure, sizeof(to->unsure));
}

void page_add(struct idle_page *page, struct page_cpu *cpu, const struct page_recording *recording,
              const struct page_pass *pass)
{
    struct page_kind *kind = page->kind[cpu->kind];
    uint32_t class = page_class(pass->residency_ns);
    uint32_t right = page_right_state(&kind->table, pass->state, pass->residency_ns);

    if (pass->wake == 'R') {
        cpu->refused++;
        return;
    }
    cpu->passes++;
    cpu->slept_ns += (uint64_t)pass->residency_ns;
    cpu->deep += right < pass->state;
    cpu->shallow += right > pass->state;
    cpu->ticks += pass->wake == 'K';
    cpu->unsure += pass->unsure[0] != '-';
    cpu->replayed += pass->replayed >= 0;
    cpu->agreed += pass->replayed == (int64_t)pass->state;
    kind->passes++;
    kind->length[class][pass->state].count++;
    kind->length[class][pass->state].ns += (uint64_t)pass->residency_ns;
    kind->right[pass->state][right]++;
    if (pass->timer_known)
        kind->timer[page_class(pass->next_timer_ns)][class]++;
    if (pass->forecast_ns > 0) {
        kind->forecast[page_class(pass->forecast_ns)][class]++;
        kind->forecasts++;
    }
    add_time(page, cpu, pass->entry_ns - recording->first_ns, pass);
    if (pass->replayed >= 0 && pass->replayed != (int64_t)pass->state)
        add_difference(page, cpu, pass);
}
