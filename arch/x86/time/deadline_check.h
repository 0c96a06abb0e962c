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
    DEADLINE_LOST_MAX = 4, /* a CPU's check ends when this many deadlines never came */
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

/* Counts one deadline. behind_tsc: from the deadline to its interrupt; early_tsc and late_tsc: the limits. */
void deadline_note(struct deadline_tries *tries, int64_t behind_tsc, uint64_t early_tsc, uint64_t late_tsc);

/* True when half of the deadlines or more were missed, or DEADLINE_LOST_MAX never came. */
bool deadline_is_untrue(const struct deadline_tries *tries);

/*
 * Holds this CPU's microcode against the errata's table (not in a guest, as Linux), then tries the deadlines of all
 * CPUs, one after the other, for at most two seconds in all: 32 of 10 us each take a CPU 0.5 ms. Where it is untrue,
 * events are armed in one-shot mode from then on, if that counts. CPU 0, the others parked.
 */
void deadline_check_all(struct machine *machine);

#endif /* LAB_ARCH_TIME_DEADLINE_CHECK_H */
