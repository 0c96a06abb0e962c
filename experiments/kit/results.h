/* SPDX-License-Identifier: MIT */
/* From data to records: the only place where a step's results become text. Boot CPU, all others parked. */
#ifndef LAB_EXPERIMENTS_KIT_RESULTS_H
#define LAB_EXPERIMENTS_KIT_RESULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/record/ktap.h"
#include "lib/record/record.h"

/* One step's way out; the result_*() functions of experiment.h write through it. */
struct results {
    struct record_stream *stream;
    uint32_t step; /* from 1, as in KTAP */
    bool has_metric;
    bool failed;
    const char *word;
    int64_t value;
    const char *unit;
};

void results_begin(struct results *results, struct record_stream *stream, uint32_t step);

#endif /* LAB_EXPERIMENTS_KIT_RESULTS_H */
