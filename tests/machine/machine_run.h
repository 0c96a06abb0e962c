/* SPDX-License-Identifier: MIT */
/*
 * Runs one statement of a script by an experiment's own code against the model that model_start() has set up, and keeps
 * what it hands over.
 *
 * Stands for the engine: prepare(), batches of two seconds of the model's time, finish(). A planted fault or a lost
 * wake ends the batch as it does in the image: registers are put back, the step fails. Memory comes from one block that
 * each run begins anew.
 */
#ifndef LAB_TESTS_MACHINE_MACHINE_RUN_H
#define LAB_TESTS_MACHINE_MACHINE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "experiments/kit/experiment.h"
#include "tests/machine/model.h"

enum { KEPT_MAX = 2048, KEPT_BYTES = 512 };

/*
 * "finding ID CONFIDENCE TEXT", "scalar KEY VALUE UNIT", "metric WORD VALUE UNIT", "fail WORD VALUE UNIT", "series
 * METRIC COUNT", or a record's JSON.
 */
struct machine_results {
    size_t count;
    char line[KEPT_MAX][KEPT_BYTES];
    const char *skipped;  /* why, or NULL */
    const char *core;     /* "P" or "E", of the CPU that measured, on a hybrid; else NULL */
    unsigned not_entered; /* the C-state that the step says was not entered; 0: none */
    const char *end;      /* "done", "budget", "fault", "lost_wake", "hang", "skip" */
};

/* False: the script is wrong, or the plan has more or less than one step; the reason is printed. */
bool machine_run(struct model_machine *at, const struct experiment *experiment, const char *script,
                 struct machine_results *results);

/* The first line kept that begins with that and contains all the other texts (each may be NULL); NULL: none. */
const char *machine_find(const struct machine_results *results, const char *begin, const char *with1,
                         const char *with2);

/* The number behind "key": in a record, or `otherwise`. */
int64_t machine_number(const char *record, const char *key, int64_t otherwise);

/* True where the record's "key" is that string. */
bool machine_is(const char *record, const char *key, const char *value);

/* All lines, for a test that failed. */
void machine_print(const struct machine_results *results);

#endif /* LAB_TESTS_MACHINE_MACHINE_RUN_H */
