// SPDX-License-Identifier: MIT
/* What the files of the experiment `ple` share: its keys, the loop that is stamped, and the working set of each test. */
#ifndef LAB_EXPERIMENTS_PLE_H
#define LAB_EXPERIMENTS_PLE_H

#include "arch/x86/idle/idle.h"
#include "experiments/experiment.h"
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
    const char *(*prepare)(struct run *run);
    void (*batch)(struct run *run);
    void (*finish)(struct run *run);
};
extern const struct ple_test_steps ple_pause_test;
extern const struct ple_test_steps ple_search_test; /* gap and window */
extern const struct ple_test_steps ple_overcommit_test;

/* What the stamped loop needs besides the wish in its ple_loop. */
struct ple_looper {
    const struct idle_method *hlt;
    uint64_t rest_tsc;
    struct prng prng;
    uint64_t cut_tsc[2];    /* a longer step is a long one; by `pause` */
    uint32_t cut_filler[2]; /* for this filler; UINT32_MAX: not measured yet */
    struct idle_call call;  /* of a rest */
};

void ple_looper_init(struct run *run, struct ple_looper *looper);

/* Rests, then runs the loop and fills in what was seen. On run->cpu, interrupts off. Bounded by the loop's wish and the watchdog. */
void ple_looper_run(struct run *run, struct ple_looper *looper, struct ple_loop *loop);

/* HLT until the local timer ends it. On run->cpu, interrupts off. Returns when it was over, less when it was due, in ticks. */
int64_t ple_rest(struct run *run, struct idle_call *call, uint64_t length_tsc);

/* Reports of gap and window; boot CPU. */
void ple_report_gap(struct run *run, const struct ple_loop *loops, uint32_t count);
void ple_report_window(struct run *run, const struct ple_loop *loops, uint32_t count);

#endif /* LAB_EXPERIMENTS_PLE_H */
