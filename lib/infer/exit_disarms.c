/* SPDX-License-Identifier: MIT */
#include "lib/infer/exit_disarms.h"

enum { MANY = 20 };

/* Nineteen of twenty; the others are what a host or firmware ends. */
static bool nearly_all(uint32_t count, uint32_t tries)
{
    return tries && count * 20 >= tries * 19;
}

enum disarms disarms_judge(const struct disarm_seen *seen, enum confidence *confidence)
{
    uint32_t stores = seen->cpuid_store.tries;

    *confidence = CONFIDENCE_LOW;
    if (seen->nothing.guard * 2 <= seen->nothing.tries) {
        if (seen->nothing.at_once * 2 < seen->nothing.tries)
            return DISARMS_ENDED;
        return seen->alike ? DISARMS_NO_SLEEP : DISARMS_UNKNOWN;
    }
    /*
     * What is disarmed returns at once where a store is to come, too. Interrupts that an exit lets in end many waits of
     * the one series, seldom of both; where no store can come, on one CPU, they may be what ended it.
     */
    if (nearly_all(seen->cpuid.at_once, seen->cpuid.tries) && seen->nothing.at_once * 8 <= seen->nothing.tries &&
        (!stores || nearly_all(seen->cpuid_store.at_once, stores))) {
        if (stores)
            *confidence = seen->alone || seen->cpuid.tries < MANY ? CONFIDENCE_MEDIUM : CONFIDENCE_HIGH;
        return DISARMS_YES;
    }
    if (nearly_all(seen->cpuid_store.store, stores)) {
        *confidence = seen->alone ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
        return DISARMS_NO;
    }
    return DISARMS_UNKNOWN;
}
