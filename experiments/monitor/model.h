/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `monitor` share: its keys, one wait, and one step's working set. */
#ifndef LAB_EXPERIMENTS_MONITOR_MODEL_H
#define LAB_EXPERIMENTS_MONITOR_MODEL_H

#include "arch/x86/power/evidence.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/idle/sleepers.h"
#include "arch/x86/wake/waker.h"
#include "experiments/kit/experiment.h"
#include "lib/infer/intercept.h"
#include "lib/infer/waitpkg_is.h"

enum monitor_key {
    KEY_TEST,
    KEY_METHOD,
    KEY_INTERVAL,
    KEY_SAMPLES,
    KEY_CPU,
    KEY_BUDGET,
    KEY_FORCE,
    KEY_COUNT,
};

enum monitor_test {
    TEST_REAL,
    TEST_LINE,
    TEST_NEIGHBOUR,
    TEST_INTERRUPT,
    TEST_CPUID,
    TEST_SPURIOUS,
    TEST_HINTS,
};

enum monitor_kind { KIND_MWAIT, KIND_MWAITX, KIND_UMWAIT };

/* What happens between arming the monitor and the wait; UNARMED: it is not armed at all. */
enum monitor_between { BETWEEN_NOTHING, BETWEEN_INTERRUPT, BETWEEN_CPUID, BETWEEN_UNARMED };

/* How a wait ended. */
enum monitor_outcome {
    OUTCOME_STORE,   /* not before another CPU's store, and before the guard */
    OUTCOME_GUARD,   /* the guard's interrupt came */
    OUTCOME_AT_ONCE, /* in less than half the time to the store */
    OUTCOME_EARLY,   /* later than that, and nothing explains it */
    OUTCOME_LIMITED, /* CF: a limit of UMWAIT that is not ours */
    OUTCOME_MISSED,  /* the interrupt did not come between arming and waiting: no wait was made */
    OUTCOME_FAULT,
    OUTCOME_COUNT,
};

enum {
    CASES_MAX = 100,
    SPURIOUS_MAX = 512,      /* times kept */
    WATCH_OFFSET_BYTES = 24, /* of the watched word in its line: not at its start, to see where the line begins */
    LINE_FIRST_BYTES = -256, /* of the line test: the first store's offset, and below the last one's */
    LINE_LAST_BYTES = 504,
    WORD_BYTES = 8,
    GUARD_TIMES = 4, /* the guard comes after this many of the store's intervals */
};

/* One kind of wait, and how its tries ended. */
struct monitor_case {
    int32_t offset_bytes; /* of the store, from the start of the watched word's 128 bytes */
    bool store;
    enum monitor_between between;
    uint32_t argument;                  /* of the wait: a hint, or an index of C0.x */
    uint64_t residency[EVIDENCE_COUNT]; /* what the counters moved on meanwhile; test=hints */
    uint64_t slept_tsc;                 /* in all its waits */
    uint32_t tries;
    uint32_t outcomes[OUTCOME_COUNT];
    int64_t slept_min_tsc, slept_max_tsc;
};

/* One step's working set. */
struct monitor {
    enum monitor_test test;
    enum monitor_kind kind;
    const struct idle_method *method;
    uint32_t argument; /* a hint, or an index of C0.x */
    bool flush_line;   /* erratum MONITOR_CLFLUSH */
    bool unreal;       /* the instruction was there, but did not wait: the proof says so */
    bool ready;
    struct waitpkg_proof proof;
    uint64_t interval_tsc, guard_tsc; /* as asked for, or shorter (monitor_shorten()) */
    uint64_t slack_tsc;               /* bound of the two CPUs' TSC offset */
    unsigned char *base; /* the start of the watched word's line, alone in its page except for the stores */
    const uint64_t *watch;
    struct waker storer;                 /* cpu NULL: there is none */
    uint64_t fault_code;                 /* of the last fault (fault.h), 0 = none */
    uint64_t inside_tsc;                 /* time in all waits */
    uint64_t spurious_tsc[SPURIOUS_MAX]; /* end times of the first waits that nothing should have ended */
    uint32_t spurious_count;
    uint64_t spurious_inside_tsc; /* time in all waits until there was no more room for them */
    struct intercept_host costs;  /* test=real: multiply, load, CPUID */
    struct evidence evidence;     /* test=hints */
    struct sleepers siblings;     /* the same: how the other threads of the core sleep */
    uint32_t try_count;
    uint32_t case_count;
    struct monitor_case cases[CASES_MAX];
};

#endif /* LAB_EXPERIMENTS_MONITOR_MODEL_H */
