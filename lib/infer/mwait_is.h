/* SPDX-License-Identifier: MIT */
/*
 * What a monitored wait (MWAIT, MWAITX, UMWAIT) is on this machine, from how its waits ended and what they cost. Any
 * context; pure.
 */
#ifndef LAB_LIB_INFER_MWAIT_IS_H
#define LAB_LIB_INFER_MWAIT_IS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/infer/confidence.h"
#include "lib/infer/intercept.h"

/* Waits of one kind, by how they ended; tries = 0: none were made. */
struct mwait_tries {
    uint32_t tries;
    uint32_t at_once; /* long before anything could end them */
    uint32_t guard;   /* by the timer's interrupt */
    uint32_t store;   /* by another CPU's store to the watched line */
    uint32_t limited; /* by a limit of the processor or of a host (CF) */
    int64_t floor_tsc, most_tsc;
    uint64_t slept_tsc; /* by all of them together */
};

struct mwait_seen {
    uint32_t vector;               /* of the fault; meant where `faulted` */
    bool faulted;                  /* by arming or by waiting */
    struct mwait_tries quiet;      /* armed, nothing but the guard */
    struct mwait_tries stored;     /* armed, another CPU stores before the guard */
    struct mwait_tries unarmed;    /* not armed, nothing but the guard */
    struct intercept_cost cpuid;   /* an exit's cost, where CPUID exits */
    enum intercept_verdict leaves; /* whether CPUID exits */
    bool stamps_leave;             /* RDTSC exits: each wait seems to cost as much, and the stamp before it disarms */
};

enum mwait_is {
    MWAIT_REAL,     /* sleeps; a store or an interrupt ends it */
    MWAIT_NOP,      /* exits to a hypervisor that does nothing */
    MWAIT_HLT_LIKE, /* sleeps; only an interrupt ends it */
    MWAIT_AT_ONCE,  /* does not sleep, and costs less than an exit */
    MWAIT_UD,       /* #UD */
    MWAIT_FAULTS,   /* another exception */
    MWAIT_LIMITED,  /* sleeps up to a limit of the processor or of the host */
    MWAIT_UNKNOWN,
};

struct mwait_answer {
    enum mwait_is is;
    enum confidence confidence;
};

struct mwait_answer mwait_decide(const struct mwait_seen *seen);

/*
 * True where tries took the same time, as those that do not sleep do, and none lasted until the guard. The longest does
 * not count: a host or firmware may have had the CPU. At least one try.
 */
bool mwait_tries_alike(const struct mwait_tries *tries);

/* "real", "nop" and so on. */
const char *mwait_is_word(enum mwait_is is);

#endif /* LAB_LIB_INFER_MWAIT_IS_H */
