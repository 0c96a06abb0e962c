/* SPDX-License-Identifier: MIT */
/*
 * The sweeps and the trials of a halt ladder, played on a synthetic host as the experiment haltpoll plays them on a
 * real one.
 */
#ifndef LAB_TESTS_UNIT_HALT_LADDER_PLAY_H
#define LAB_TESTS_UNIT_HALT_LADDER_PLAY_H

#include "lib/infer/halt_ladder.h"
#include "tests/unit/synthetic_halt_host.h"

enum { HALT_PLAY_TRIALS = 320 };

struct halt_play {
    struct knees knees;
    struct halt_ceiling ceiling;
    const char *refused; /* the ladder's reason */
    struct halt_ladder ladder;
    struct halt_rule rule;
};

/* known_entry_ns: the host's poll is known not to begin before that; 0: nothing is known of it. */
void halt_play(struct synthetic_halt_host *host, uint64_t known_entry_ns, uint32_t trial_count, struct halt_play *play);

/* Parameters that the rule names and that are others. */
unsigned halt_play_wrong(const struct halt_rule *rule, const struct synthetic_halt_host *host);

#endif /* LAB_TESTS_UNIT_HALT_LADDER_PLAY_H */
