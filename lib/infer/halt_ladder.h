/* SPDX-License-Identifier: MIT */
/*
 * How a host's halt polling grows and shrinks, inferred from which short halts it answered fast.
 *
 * KVM's rule (Linux virt/kvm/kvm_main.c, Documentation/virt/kvm/halt-polling.rst): a halt polls for at most the vCPU's
 * budget. After one of length T: T within the budget changes nothing; T above the limit shrinks it (to 0, or divided by
 * `shrink`, and to 0 below `grow_start`); any other grows it (times `grow`, at least `grow_start`, at most the limit).
 * T includes the wake-up where the halt slept.
 *
 * So the guest plays trials: long halts until the budget is 0, some steps that each grow it, perhaps one long halt, and
 * then one halt whose latency tells whether it was within the budget. An event on the host's way to sleep ends a halt
 * as fast as a poll does, and each budget seems longer by that way: the first trials have no budget, and show where it
 * ends. The parameters are those whose rule explains the most trials; where others explain as many, the parameter is
 * unknown. Integers only; ns; any context.
 */
#ifndef LAB_LIB_INFER_HALT_LADDER_H
#define LAB_LIB_INFER_HALT_LADDER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/infer/confidence.h"
#include "lib/infer/knee.h"
#include "lib/prng.h"

enum {
    HALT_TRIALS_MAX = 480,
    HALT_COLD = 32,      /* trials without a budget; they come first, and their room is used again */
    HALT_STEPS_MAX = 7,  /* steps of the trials that look at growth */
    HALT_STEPS_TOP = 10, /* halts that raise the budget before a long halt */
};

/* What the curve of wake latencies says beforehand. */
struct halt_ladder_setup {
    uint64_t ceiling_ns;     /* longest halt that can be polled through */
    uint64_t shortest_ns;    /* shortest halt that can be judged */
    uint64_t sleep_ns;       /* extra cost of a wake where the host slept */
    uint64_t entry_ns;       /* most time from the guest's stamp to the start of the poll */
    uint64_t entry_least_ns; /* least such time; 0: not known */
    uint64_t cold_from_ns;   /* shortest halt without a budget that is tried; 0: entry_ns */
    uint64_t late_ns;        /* an event may come so much later than it is due: armed by a count */
    uint32_t trial_count;    /* at most HALT_TRIALS_MAX */
};

struct halt_trial {
    uint32_t steps;    /* halts of step_ns after the reset; 0: without a budget */
    bool after_long;   /* a halt of long_ns precedes the probe */
    bool fast;         /* input: the last halt ended as fast as by a poll */
    uint64_t probe_ns; /* length of the last halt; output: to try, input: measured */
};

struct halt_ladder {
    struct halt_ladder_setup setup;
    uint64_t step_ns;
    uint64_t long_ns;
    uint32_t resets; /* long halts that bring any budget to 0 */
    uint32_t cold_asked;
    bool cold_over;
    uint64_t awake_low_ns, awake_high_ns; /* about there halts without a budget become slow; 0: not known */
    /* Estimated budget after each number of steps, and its range; 0: no estimate yet. */
    uint64_t edges_ns[HALT_STEPS_TOP + 1];
    uint64_t edges_low_ns[HALT_STEPS_TOP + 1];
    uint64_t edges_high_ns[HALT_STEPS_TOP + 1];
    uint32_t parts_seen; /* parts of the trials for which the edges were estimated */
    uint32_t count;
    struct halt_trial trials[HALT_TRIALS_MAX];
};

struct halt_rule {
    const char *unknown; /* NULL, or why the rule is unknown, in words */
    bool grow_start_known, grow_known, shrink_known;
    uint64_t grow_start_ns, grow_start_low_ns, grow_start_high_ns;
    uint32_t grow;
    uint32_t shrink;      /* 0: a long halt ends all polling */
    uint64_t shrink_same; /* where `shrink` is 0: divisors from here on leave no budget either */
    uint32_t trials;
    uint32_t misfits; /* trials that the best rule does not explain */
    enum confidence confidence;
};

/*
 * The longest halt that is polled through, by the knee of the curve. The host's limit may be higher: the budget grows
 * only by halts that end, wake-up included, before the limit; with slow wake-ups it stops at the last step below it.
 */
struct halt_ceiling {
    uint64_t at_ns;
    uint64_t low_ns, high_ns;
    uint64_t limit_ns; /* upper bound of the host's parameter */
    bool exact;        /* at_ns is within 10 % of both ends of the knee */
};

/*
 * The guest's stamp is up to entry_ns before the poll: the knee is late by as much. And a poll ends with an event that
 * reached the guest a wake later: the knee is early by as much as a polled wake costs. A host that fires timers up to
 * early_ns before they are due, and then waits for that, polls as much further.
 */
void halt_ceiling_of(const struct knee *knee, uint64_t entry_ns, uint64_t early_ns, struct halt_ceiling *ceiling);

/*
 * NULL, or why a ladder cannot be climbed at that ceiling: step_ns is then the shortest halt that can be judged, and
 * may still show a budget.
 */
const char *halt_ladder_begin(struct halt_ladder *ladder, const struct halt_ladder_setup *setup);

/* Probes may be as short as that, where it is shorter than what the ladder began with; never below twice the entry. */
void halt_ladder_probe_from(struct halt_ladder *ladder, uint64_t first_ns);

/*
 * Gives the next trial: HALT_COLD without a budget, then trial_count at random lengths first, and mostly near the edges
 * of the rules that fit so far. False: enough trials, or those without a budget show nothing.
 */
bool halt_ladder_next(struct halt_ladder *ladder, struct prng *prng, struct halt_trial *trial);

/* Adds a trial as halt_ladder_next() gave it, with the probe's measured length, and whether it was fast. */
void halt_ladder_add(struct halt_ladder *ladder, const struct halt_trial *trial);

/* Infers the rule from all trials so far. */
void halt_ladder_infer(const struct halt_ladder *ladder, struct halt_rule *rule);

#endif /* LAB_LIB_INFER_HALT_LADDER_H */
