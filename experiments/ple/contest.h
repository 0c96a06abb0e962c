/* SPDX-License-Identifier: MIT */
/*
 * One slice of `ple test=overcommit`: CPUs that want one lock, or one that polls a flag which another sets when it
 * comes out of HLT.
 */
#ifndef LAB_EXPERIMENTS_PLE_CONTEST_H
#define LAB_EXPERIMENTS_PLE_CONTEST_H

#include "experiments/ple/parts.h"
#include "experiments/ple/lock.h"

enum {
    CONTEST_CPUS_MAX = 64,
    CONTEST_GOAL = 100, /* times that the lock is taken in a slice */
    CONTEST_FLAGS = 8,  /* times that the flag is set in a slice */
};

enum contest_kind { CONTEST_TICKET, CONTEST_MCS, CONTEST_FLAG, CONTEST_KINDS };

/* All slices of one kind with one way to wait. */
struct contest_tally {
    enum contest_kind kind;
    bool pause;
    uint32_t limit; /* of values */
    uint32_t kept;
    int64_t *handed_tsc; /* from the release, or the flag's store, to the one that had waited */
    int64_t *late_tsc;   /* flag: HLT's end after it was due */
    uint32_t late_kept;
    uint32_t slices, abandoned; /* abandoned: a CPU waited too long */
    uint64_t spent_tsc;
    uint64_t taken, handed; /* lock: all takes, and those handed to a CPU that waited */
    uint64_t missed;        /* flag: set again before it was seen */
    uint64_t taken_by[CONTEST_CPUS_MAX];
};

struct contest;

/* One CPU's part in it. */
struct contest_party {
    struct contest *contest;
    struct percpu *cpu;
    uint32_t index;
    struct ple_wait wait;
    struct ple_node node;
} __attribute__((aligned(128)));

struct contest {
    struct step *step;
    struct contest_tally *tally;
    uint32_t party_count;
    uint64_t limit_tsc; /* of one wait */
    uint64_t slice_tsc; /* of all */
    uint64_t rest_tsc;  /* flag: length of each HLT */
    struct idle_call call;
    uint32_t stop __attribute__((aligned(128))); /* atomic; here and below: shared by all parties */
    uint32_t arrived __attribute__((aligned(128)));
    struct ple_lock lock;
    /* Only under the lock. */
    uint64_t released_tsc __attribute__((aligned(128))); /* CPU 0's TSC */
    uint64_t begin_tsc;
    uint32_t taken;
    /* The flag. */
    uint32_t flag __attribute__((aligned(128)));
    uint64_t set_tsc[CONTEST_FLAGS];
    uint32_t seen __attribute__((aligned(128))); /* atomic */
    uint64_t seen_tsc[CONTEST_FLAGS];
    struct contest_party parties[CONTEST_CPUS_MAX];
};

/* Runs one slice on CPU 0 and the others, and adds it to the tally. Boot CPU, interrupts off. */
void contest_run(struct contest *contest, struct contest_tally *tally);

/*
 * Hand-overs without PAUSE and, in the next tally, with it; values sorted. A median within the bound of the clocks'
 * offset is no number: the text has what it is at most. None kept: no hand-over was seen. (handed.c; pure.)
 */
void contest_describe(const char *name, const struct contest_tally *spin, int64_t bound_tsc, char *text, size_t bytes);

/* False where most values are negative: the clocks' offset and no times. (handed.c; pure.) */
bool contest_is_time(const struct contest_tally *tally);

/* The step's metric; word NULL: no hand-over was seen. Values sorted. (handed.c; pure.) */
struct contest_figure {
    const char *word;
    int64_t value;
    const char *unit;
};
struct contest_figure contest_figure(const struct contest_tally *ticket, bool offsets_known, int64_t bound_tsc);

#endif /* LAB_EXPERIMENTS_PLE_CONTEST_H */
