/* SPDX-License-Identifier: MIT */
/* A step's own rows: a wake curve whose latency doubles behind 200 us, and what no experiment writes. */
#include <inttypes.h>
#include <stdio.h>

#include "tests/tool/mklog.h"

#define POINTS     30
#define FIRST_TSC  (TSC_HZ / 200000) /* 5 us */
#define KNEE_TSC   (TSC_HZ / 5000)   /* 200 us */
#define BEFORE_TSC (TSC_HZ / 200000) /* 5 us */
#define STRANGE    20                /* more members than a table has columns */

static void write_point(struct maker *maker, uint64_t step, uint64_t at_tsc)
{
    struct draft draft;
    uint64_t p50_tsc = at_tsc < KNEE_TSC ? BEFORE_TSC : 2 * BEFORE_TSC;
    struct json *json = draft_start(&draft, "stats");
    json_add(json, "step:%lu row:%s set:%s asked:%lu n:%u at:%lu", step, "haltpoll", "host", at_tsc, 24, at_tsc + 24);
    json_add(json, "min:%lu p50:%lu p99:%lu max:%lu", p50_tsc - 240, p50_tsc, 2 * p50_tsc, 3 * p50_tsc);
    draft_emit_row(maker, &draft);
}

void write_rows(struct maker *maker, uint64_t step)
{
    struct draft draft;
    uint64_t at_tsc = FIRST_TSC;
    struct json *json;

    for (unsigned i = 0; i < POINTS && maker->options.rows; i++, at_tsc += at_tsc / 4)
        write_point(maker, step, at_tsc);
    if (!maker->options.rows)
        return;
    json = draft_start(&draft, "stats");
    json_uint(json, "step", step);
    json_str(json, "row", "a<b>");
    for (unsigned i = 0; i < STRANGE; i++) {
        char name[8];
        snprintf(name, sizeof(name), "k%u", i);
        json_uint(json, name, i);
    }
    draft_emit(maker, &draft, true);
}
