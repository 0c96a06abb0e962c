/* SPDX-License-Identifier: MIT */
/*
 * What the files of the experiment `ple` share: its keys, the loop that is stamped, and the working set of each test.
 */
#ifndef LAB_EXPERIMENTS_PLE_MODEL_H
#define LAB_EXPERIMENTS_PLE_MODEL_H

#include "arch/x86/idle/idle.h"
#include "experiments/kit/experiment.h"
#include "lib/infer/ple_loop.h"
#include "lib/prng.h"

enum ple_key {
    KEY_TEST,
    KEY_SAMPLES,
    KEY_LOOP,
    KEY_REST,
    KEY_CPUS,
    KEY_BUDGET,
    KEY_COUNT,
};

enum ple_test { TEST_PAUSE, TEST_GAP, TEST_WINDOW, TEST_OVERCOMMIT };

/* One test: what a step of that word does. */
struct ple_test_steps {
    const char *(*prepare)(struct step *step);
    void (*batch)(struct step *step);
    void (*finish)(struct step *step);
};

/* What the stamped loop needs besides the wish in its ple_loop. */
struct ple_looper {
    const struct idle_method *hlt;
    uint64_t rest_tsc;
    struct prng prng;
    uint64_t cut_tsc[2];    /* a longer step is a long one; by `pause` */
    uint32_t cut_filler[2]; /* for this filler; UINT32_MAX: not measured yet */
    struct idle_call call;  /* of a rest */
};

#endif /* LAB_EXPERIMENTS_PLE_MODEL_H */
