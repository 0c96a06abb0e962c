/* SPDX-License-Identifier: MIT */
/*
 * Whether an instruction exits to a hypervisor, decided from its cost and from the cost of work that no hypervisor can
 * see.
 *
 * All costs come from one boot of one machine. The unit is a core cycle: a third of a dependent 32-bit multiplication,
 * which every x86-64 core of the last fifteen years does in three (the Bulldozer family in four), at any frequency. An
 * instruction that does not exit takes no longer than on the slowest core known (its native limit); one that exits
 * takes at least the cost of exit and entry, in each of its samples. Between the two the answer is "unknown". Any
 * context; pure.
 */
#ifndef LAB_LIB_INFER_INTERCEPT_H
#define LAB_LIB_INFER_INTERCEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/infer/confidence.h"

enum intercept_what {
    INTERCEPT_CPUID,
    INTERCEPT_RDTSC,
    INTERCEPT_PAUSE,
    INTERCEPT_HLT, /* with its interrupt already pending */
    INTERCEPT_ARM, /* the local timer, far ahead */
    INTERCEPT_ICR, /* an interrupt to the CPU itself */
    INTERCEPT_EOI,
    INTERCEPT_COUNT,
};

/* One cost in thousandths of a tick; n = 0: not measured. */
struct intercept_cost {
    uint32_t n;
    uint32_t rejected; /* tries that gave no sample */
    int64_t floor_mtsc;
    int64_t median_mtsc;
};

/* Measurements of one machine. */
struct intercept_host {
    bool hypervisor; /* anything says that there is one: CPUID's bit, a signature, a table */
    bool emulator;   /* by its name an interpreter or translator */
    bool hardware;   /* whoever boots says that a processor runs the instructions: costs that fit none say nothing */
    bool idle_hlt;   /* may intercept HLT and yet not where its interrupt is pending (APM volume 2, 15) */
    struct intercept_cost multiply; /* one of a dependent chain */
    struct intercept_cost again;    /* the same at the end: the core's clock may have changed meanwhile */
    struct intercept_cost load;     /* one of a dependent chain, from the first cache */
    struct intercept_cost pending;  /* as HLT with its interrupt pending, but with a NOP instead of HLT */
    struct intercept_cost insns[INTERCEPT_COUNT];
};

enum intercept_verdict {
    INTERCEPT_NO,
    INTERCEPT_YES,
    INTERCEPT_UNKNOWN,  /* can't tell */
    INTERCEPT_EMULATED, /* software runs every instruction: there are no exits */
};

/* The reason, in the order of checking. */
enum intercept_reason {
    INTERCEPT_NOT_MEASURED,
    INTERCEPT_BY_NAME,     /* the emulator says so itself */
    INTERCEPT_NO_SILICON,  /* the costs of the references or of CPUID fit no processor */
    INTERCEPT_AS_NATIVE,   /* median within the native limit */
    INTERCEPT_AS_EXIT,     /* floor above all that a core needs */
    INTERCEPT_BETWEEN,     /* neither */
    INTERCEPT_AS_DELIVERY, /* HLT: taking the interrupt exits already; HLT adds less than an exit */
    INTERCEPT_AS_SLEEP,    /* HLT: dearer than any exit: the CPU slept although its interrupt was pending */
};

struct intercept_answer {
    enum intercept_verdict verdict;
    enum intercept_reason reason;
    enum confidence confidence;
};

/* Why software is said to run every instruction, in the order of checking. */
enum intercept_software {
    INTERCEPT_SOFTWARE_NOT,
    INTERCEPT_SOFTWARE_NAME,
    INTERCEPT_SOFTWARE_MULTIPLY, /* a multiplication is slower than at 400 MHz */
    INTERCEPT_SOFTWARE_CPUID,    /* CPUID is faster than it can serialise */
    INTERCEPT_SOFTWARE_LOAD,     /* loads are slower than a first cache */
};

enum intercept_software intercept_software(const struct intercept_host *host);

/* One answer for each enum intercept_what. */
void intercept_decide(const struct intercept_host *host, struct intercept_answer answers[INTERCEPT_COUNT]);

/* What the exits say of the hypervisor. */
enum intercept_kind {
    INTERCEPT_KIND_USUAL,
    INTERCEPT_KIND_WATCHED, /* RDTSC and each PAUSE exit: software, or a hypervisor that watches its guest */
    INTERCEPT_KIND_DEAR,    /* even the cheapest is several times as dear as VMX's or SVM's (1000 to 5000 cycles) */
};

enum intercept_kind intercept_kind(const struct intercept_host *host, const struct intercept_answer answers[]);

/*
 * How sure CPUID's median is as the cost of an exit: as sure as that it exits, and low where the core's clock changed
 * meanwhile or the median is not near the floor.
 */
enum confidence intercept_cost_confidence(const struct intercept_host *host, const struct intercept_answer answers[]);

/* A cost in whole core cycles, by this machine's own multiplication, rounded down; 0 where the reference is missing. */
uint64_t intercept_cycles(const struct intercept_host *host, int64_t cost_mtsc);

/* Words for records: "cpuid", "no", "native" and so on. */
const char *intercept_name(enum intercept_what what);
const char *intercept_verdict_word(enum intercept_verdict verdict);
const char *intercept_reason_word(enum intercept_reason reason);

#endif /* LAB_LIB_INFER_INTERCEPT_H */
