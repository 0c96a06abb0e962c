/* SPDX-License-Identifier: MIT */
/*
 * Does an instruction leave to a hypervisor? Decided from what it costs against what work costs that no hypervisor can
 * see.
 *
 * All costs come from one boot of one machine. The unit is a cycle of the core: a third of a 32-bit multiplication that
 * waits for the one before it, which every x86-64 core of the last fifteen years does in three (Bulldozer and its kin
 * in four), at any frequency. An instruction that stays inside takes no longer than the slowest core known needs (its
 * native limit); one that leaves takes at least what entering and leaving costs, in each of its samples. Between the
 * two, nothing is said. Any context; pure.
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

/* What was seen of one machine. */
struct intercept_host {
    bool hypervisor;                /* anything says that there is one: CPUID's bit, a signature, a table */
    bool emulator;                  /* known by name to interpret or to translate */
    struct intercept_cost multiply; /* one of a chain */
    struct intercept_cost load;     /* one of a chain, from the first cache */
    struct intercept_cost pending;  /* as HLT with its interrupt pending, a NOP in HLT's place */
    struct intercept_cost insns[INTERCEPT_COUNT];
};

enum intercept_verdict {
    INTERCEPT_NO,
    INTERCEPT_YES,
    INTERCEPT_UNKNOWN,  /* can't tell */
    INTERCEPT_EMULATED, /* software runs every instruction, and there is nothing to leave */
};

/* Why, in the order in which the reasons are looked at. */
enum intercept_reason {
    INTERCEPT_NOT_MEASURED,
    INTERCEPT_BY_NAME,     /* the emulator says so itself */
    INTERCEPT_NO_SILICON,  /* the references or CPUID are as on no processor */
    INTERCEPT_AS_NATIVE,   /* median within the native limit */
    INTERCEPT_AS_EXIT,     /* floor past all that a core needs */
    INTERCEPT_BETWEEN,     /* neither */
    INTERCEPT_AS_DELIVERY, /* HLT: taking the interrupt leaves already; HLT adds less than an exit */
};

struct intercept_answer {
    enum intercept_verdict verdict;
    enum intercept_reason reason;
    enum confidence confidence;
};

void intercept_decide(const struct intercept_host *host, struct intercept_answer answers[INTERCEPT_COUNT]);

/* Whole core cycles in a cost by this machine's own multiplication, rounded down; 0 where the reference is missing. */
uint64_t intercept_cycles(const struct intercept_host *host, int64_t cost_mtsc);

/* Words for records: "cpuid", "no", "native" and so on. */
const char *intercept_name(enum intercept_what what);
const char *intercept_verdict_word(enum intercept_verdict verdict);
const char *intercept_reason_word(enum intercept_reason reason);

#endif /* LAB_LIB_INFER_INTERCEPT_H */
