/* SPDX-License-Identifier: MIT */
/*
 * Whether the TSC-deadline timer does what it is asked: some deadlines on each CPU at boot, held against the TSC.
 *
 * The microcode errata of TSC-deadline mode (docs/errata.md, TSC_DEADLINE) make it fire at another time once
 * IA32_TSC_ADJUST was written; the table of revisions cannot know of a processor that nobody listed.
 */
#ifndef LAB_ARCH_TIME_DEADLINE_CHECK_H
#define LAB_ARCH_TIME_DEADLINE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

struct machine;

enum {
    DEADLINE_TRIES = 32,
    DEADLINE_LOST_MAX = 4,                    /* a CPU's check ends when this many are lost: */
    DEADLINE_LOST_GUEST = DEADLINE_TRIES / 2, /* on a busy host a virtual CPU may stand still for so long */
};

/* Outcomes of one CPU's deadlines. */
struct deadline_tries {
    uint32_t tried, early, late, lost;
};

struct deadline_check {
    uint32_t needed_revision;    /* first sound microcode revision, where this CPU's is older; 0: no erratum is known */
    uint32_t cpus;               /* CPUs that were tried */
    uint32_t untrue;             /* tried CPUs whose timer is untrue */
    uint32_t cpu;                /* the first CPU whose timer is untrue */
    struct deadline_tries tries; /* outcomes of `cpu`; of CPU 0 where all timers are true */
    uint64_t took_us;
};

/* How a wait for a deadline's interrupt looks at the clock, and at what came. */
struct deadline_wait {
    uint64_t (*now_tsc)(void *context);
    bool (*look)(void *context); /* takes what is pending; true when the interrupt has come */
    void *context;
};

/*
 * Looks until the interrupt has come or limit_tsc has passed, and once more behind it: what stood still past the limit
 * has not looked since. False: it has not come.
 */
bool deadline_await(const struct deadline_wait *wait, uint64_t limit_tsc);

/* A deadline that did not come in that time is lost: 50 ms, in a guest 250 ms. */
uint32_t deadline_lost_us(bool guest);

/* How many deadlines of one CPU may be lost before its check ends. */
uint32_t deadline_lost_max(bool guest);

/* Counts one deadline. behind_tsc: from the deadline to its interrupt; early_tsc and late_tsc: the limits. */
void deadline_note(struct deadline_tries *tries, int64_t behind_tsc, uint64_t early_tsc, uint64_t late_tsc);

/* True when half of the deadlines or more were missed, or deadline_lost_max() were lost. */
bool deadline_is_untrue(const struct deadline_tries *tries, bool guest);

/*
 * Holds this CPU's microcode against the errata's table (not in a guest, as Linux), then tries the deadlines of all
 * CPUs, one after the other, and begins none after two seconds: 32 of 10 us each take a CPU 0.5 ms. Where it is untrue,
 * events are armed in one-shot mode from then on, if that counts. CPU 0, the others parked.
 */
void deadline_check_all(struct machine *machine);

#endif /* LAB_ARCH_TIME_DEADLINE_CHECK_H */
