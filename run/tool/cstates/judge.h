/* SPDX-License-Identifier: MIT */
/*
 * From a log's rows to one line a state: which measurement counts, what the kernel's table says, and whether that is
 * right.
 */
#ifndef LAB_TOOL_CSTATES_JUDGE_H
#define LAB_TOOL_CSTATES_JUDGE_H

#include "run/tool/cstates/read.h"

enum { CSTATES_STATES_MAX = 24 };

struct cstates_state {
    struct cstates_request request;
    char name[CSTATES_WORD_BYTES];             /* "C6"; from the table, else from the request */
    const struct kernel_state *table;          /* NULL: the table does not have it */
    const struct cstates_measure *measure;     /* the one that is judged; NULL: none */
    const struct cstates_pair *energy, *bound; /* its target residency, against the state above it; NULL: none */
    const char *withheld;                      /* why there is no verdict; NULL: there is */
    struct table_judgement judgement;
    bool prewake_may_hide;    /* woken by its timer alone, where the processor may wake ahead of it */
    bool pasted;              /* goes into the table to paste */
    int64_t exit_ns;          /* p99 of `measure`, or 0 */
    int64_t target_ns;        /* as measured, or three times exit_ns (C1: once); never below the state above it */
    const char *target_basis; /* the basis of target_ns, in words */
};

/* Shallowest first. Returns how many. */
size_t cstates_judge(const struct cstates_log *log, struct cstates_state states[CSTATES_STATES_MAX]);

/* A quantile in ticks as ns. */
struct table_quantile cstates_ns(const struct cstates_log *log, const struct table_quantile *ticks);

#endif
