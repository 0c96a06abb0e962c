// SPDX-License-Identifier: MIT
/* What the files of the experiment `preflight` share: one line of its page, and what the lines come from. */
#ifndef LAB_EXPERIMENTS_PREFLIGHT_H
#define LAB_EXPERIMENTS_PREFLIGHT_H

#include "experiments/experiment.h"

enum preflight_state {
    PREFLIGHT_OK,
    PREFLIGHT_SPOILS,  /* will spoil figures */
    PREFLIGHT_UNKNOWN, /* cannot tell */
};

enum { PREFLIGHT_ROWS_MAX = 64 };

/* The host tool has the words for each key (run/tool/preflight_words.c). */
struct preflight_row {
    const char *key;
    enum preflight_state state;
    uint64_t value; /* of the register or counter; its meaning is the key's */
    uint32_t cpu;   /* the first CPU that gave this answer */
    uint32_t cpus;  /* that did */
};

struct preflight {
    const struct machine *machine;
    bool guest;
    bool has_smi; /* the counter answered at the beginning */
    uint64_t smi_before, smi_after;
    uint64_t begin_tsc, watch_tsc; /* the SMI counter is watched that long */
    uint32_t cpu;                  /* that is asked now */
    uint32_t count;
    struct preflight_row rows[PREFLIGHT_ROWS_MAX];
};

/* What the CPU that is asked says: a row of its own only where it differs from what others said. */
void preflight_add(struct preflight *page, const char *key, enum preflight_state state,
                   uint64_t value);

/* What the platform is, and what happened to it: hypervisor, clocks, SMIs, machine checks, heat. */
void preflight_platform(struct preflight *page);

/* How idle states are set up: limits, locks, promotion, clock control. */
void preflight_idle(struct preflight *page);

/* The whole experiment, for the image's section and for the tests that run it against a model. */
extern const struct experiment preflight_experiment;

#endif /* LAB_EXPERIMENTS_PREFLIGHT_H */
