/* SPDX-License-Identifier: MIT */
/*
 * What a person at the machine wants to see of a run: progress while it runs, then its result, findings and figures.
 *
 * It is told by the lines of the log alone, as they are written. Pure: any context, no state but the caller's, and
 * nothing is believed of a line; what does not fit is counted.
 */
#ifndef LAB_LIB_SCREEN_PAGE_H
#define LAB_LIB_SCREEN_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/screen/grid.h"

enum {
    PAGE_STEPS_MAX = 256,
    PAGE_FINDINGS_MAX = 96,
    PAGE_NAME_BYTES = 64,
    PAGE_NOTE_BYTES = 48,
    PAGE_TEXT_BYTES = 240,
};

enum page_verdict {
    PAGE_WAITS, /* not yet */
    PAGE_PASS,
    PAGE_FAIL,
    PAGE_SKIP,
};

struct page_step {
    uint64_t est_ms;
    enum page_verdict verdict;
    bool has_quantiles;
    uint64_t p50_tsc, p99_tsc, max_tsc;
    char name[PAGE_NAME_BYTES];
    char note[PAGE_NOTE_BYTES]; /* the metric, or why it was skipped */
};

struct page_finding {
    uint32_t step; /* 0: of the run */
    uint32_t seq;  /* of its record, so that the second copy is known */
    char text[PAGE_TEXT_BYTES];
};

struct page {
    uint32_t planned; /* steps; 0: not known yet */
    uint32_t step;    /* the one that runs, or ran last, from 1 */
    bool running;
    uint64_t done, of;               /* of that step */
    uint64_t ms;                     /* of the run, at the last heartbeat */
    uint64_t estimated_ms, spent_ms; /* of the steps that have ended: what was expected, what it was */
    uint64_t tsc_hz, cpus;
    uint64_t pass, fail, skip, error;
    bool has_sum;
    char result[8]; /* PASS, FAIL, ERROR; "": the run has not ended */
    char run[17];
    char build[32], brand[64], hypervisor[32], firmware[8], phase[16];
    uint32_t finding_count, lost_findings;
    struct page_step steps[PAGE_STEPS_MAX];
    struct page_finding findings[PAGE_FINDINGS_MAX];
};

/* Takes one line of the log, with or without its newline. True: what a person sees may have changed. */
bool page_line(struct page *page, const char *text, size_t bytes);

/* Estimated time that is still to come, ms. */
uint64_t page_left_ms(const struct page *page);

/* Draws the page of a run on its way. The last row is left to the caller. */
void page_draw_progress(const struct page *page, struct grid *grid);

/* Draws page `number` (from 0) of the results and returns how many there are. The last row is left to the caller. */
uint32_t page_draw_results(const struct page *page, struct grid *grid, uint32_t number);

#endif /* LAB_LIB_SCREEN_PAGE_H */
