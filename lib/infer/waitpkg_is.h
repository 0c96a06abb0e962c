/* SPDX-License-Identifier: MIT */
/*
 * Does TPAUSE wait: tries with a deadline ahead beside tries with one that has passed. Pure; any context.
 *
 * Some emulators run the opcode as a fence, so no #UD proves nothing; and where it leaves to a hypervisor, a no-op may
 * take as long as a short wait. So it waits where it takes the time that was asked for, and much less where none was.
 */
#ifndef LAB_LIB_INFER_WAITPKG_IS_H
#define LAB_LIB_INFER_WAITPKG_IS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/infer/confidence.h"

enum waitpkg_is {
    WAITPKG_NOT_TRIED,
    WAITPKG_REAL,      /* it came back no earlier than the deadline, or with CF: a limit ended it */
    WAITPKG_SWALLOWED, /* it came back as fast as with a deadline that has passed, and did not fault */
    WAITPKG_UNCLEAR,   /* neither */
    WAITPKG_FAULTS,
};

enum { WAITPKG_TRIES = 5 };

struct waitpkg_proof {
    enum waitpkg_is is;
    enum confidence confidence;
    uint32_t vector; /* of the fault */
    bool limited;    /* CF, in most tries */
    uint64_t asked_tsc;
    int64_t slept_tsc; /* the median, its two stamps included */
    int64_t past_tsc;  /* the same with a deadline that has passed */
};

/* How far ahead the deadline must be, for a TPAUSE that takes past_tsc ticks at least where its deadline has passed. */
uint64_t waitpkg_ask(int64_t past_tsc);

/* Sorts the times. `limited` tries ended with CF set. asked_tsc stands in the proof. */
void waitpkg_judge(struct waitpkg_proof *proof, int64_t slept_tsc[WAITPKG_TRIES], int64_t past_tsc[WAITPKG_TRIES],
                   unsigned limited);

#endif /* LAB_LIB_INFER_WAITPKG_IS_H */
