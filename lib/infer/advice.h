/* SPDX-License-Identifier: MIT */
/*
 * Which of several ways of waiting is advised: by the price of a wake, its latency and the polling before it, in ns
 * with the same weight. Pure; any context.
 */
#ifndef LAB_LIB_INFER_ADVICE_H
#define LAB_LIB_INFER_ADVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/infer/confidence.h"

struct trade {
    uint64_t latency_ns;      /* of a wake, the median: the host's own delays stay out of it */
    uint64_t low_ns, high_ns; /* its interval; low_ns above high_ns: none */
    uint64_t burnt_ns;        /* polled for a wake, the mean */
    uint64_t wakes;
};

static inline uint64_t trade_price(const struct trade *trade)
{
    return trade->latency_ns + trade->burnt_ns;
}

/* The ways with the least price, the least latency and the least polled, of at least one. */
void advice_choose(const struct trade *trades, uint32_t count, uint32_t *best, uint32_t *fast, uint32_t *lean);

/*
 * `sure` where no other way's price is a tenth below that of `best`, by the intervals of both and 200 wakes or more of
 * each; else low.
 */
enum confidence advice_confidence(const struct trade *trades, uint32_t count, uint32_t best, enum confidence sure);

#endif /* LAB_LIB_INFER_ADVICE_H */
