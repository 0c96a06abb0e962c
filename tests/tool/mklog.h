/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the log maker share: mklog.c the run, mklog_wake.c the measurements, mklog_host.c the host's side,
 * mklog_rows.c rows, mklog_draft.c records.
 */
#ifndef LAB_TESTS_TOOL_MKLOG_H
#define LAB_TESTS_TOOL_MKLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/json.h"
#include "lib/record/ktap.h"
#include "lib/prng.h"
#include "lib/record/record.h"
#include "lib/record/sample.h"

#define TSC_HZ       UINT64_C(2400000000)
#define REPEAT_BYTES (64 * 1024)

struct options {
    uint64_t seed, samples, steps, raw, scale_pct, run;
    const char *hypervisor, *loader, *cmdline;
    int fail;
    int lie;      /* ticks that the stats records of p99 are off by */
    int miscount; /* samples that the stats records lack */
    int host;     /* nonzero: with host records; 2 and 3: of two settings of run/nested's VMM */
    int rows;     /* nonzero: one step has rows */
    int cut;      /* nonzero: rejected samples are ten times as late, and wake steps say so */
};

struct maker {
    struct record_stream stream;
    struct record_stream host_stream;
    struct ktap ktap;
    struct prng prng;
    struct options options;
    struct sample *samples;
    int64_t *values;
    uint64_t now_tsc;
    char repeat[REPEAT_BYTES];
};

/* One record under construction. */
struct draft {
    struct json json;
    char text[JSON_OBJECT_BYTES];
};

/* Opens a record of this type; draft_emit() writes it, again at the end of its step when `twice`. */
struct json *draft_start(struct draft *draft, const char *type);
void draft_emit(struct maker *maker, struct draft *draft, bool twice);
/* The same for a row, which has to be as lib/rows declares it, twice. */
void draft_emit_row(struct maker *maker, struct draft *draft);

/* The `exp` record of a step's begin (end NULL) or end. */
void write_exp(struct maker *maker, uint64_t step, const char *end, uint64_t n, uint64_t rejected);

/* All records of one wake step. */
void write_wake(struct maker *maker, uint64_t step);

/* The rows of one step, where they are wanted. */
void write_rows(struct maker *maker, uint64_t step);

/* What the launcher joins in behind a step, where it is wanted. */
void write_host(struct maker *maker, uint64_t step);

#endif
