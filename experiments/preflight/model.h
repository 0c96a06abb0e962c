/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `preflight` share: one line of its page, and the sources of the lines. */
#ifndef LAB_EXPERIMENTS_PREFLIGHT_MODEL_H
#define LAB_EXPERIMENTS_PREFLIGHT_MODEL_H

#include "experiments/kit/experiment.h"
#include "lib/rows/reasons.h"

enum { PREFLIGHT_ROWS_MAX = 64 };

/* lib/rows/preflight_words.c has the words for each key. */
struct preflight_row {
    const char *key;
    enum preflight_state state;
    uint64_t value; /* content of the register or counter; the key says what it means */
    uint32_t cpu;   /* the first CPU that gave this answer */
    uint32_t cpus;  /* number of CPUs that gave this answer */
};

struct preflight {
    const struct machine *machine;
    bool guest;
    bool has_smi; /* the counter answered at the beginning */
    uint64_t smi_before, smi_after;
    uint64_t begin_tsc, watch_tsc; /* the SMI counter is watched that long */
    uint32_t cpu;                  /* CPU whose registers are read now */
    uint32_t count;
    uint32_t lost; /* answers of a CPU that found no row left */
    struct preflight_row rows[PREFLIGHT_ROWS_MAX];
};

#endif /* LAB_EXPERIMENTS_PREFLIGHT_MODEL_H */
