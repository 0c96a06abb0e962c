/* SPDX-License-Identifier: MIT */
#include "lib/infer/advice.h"

enum { WAKES_LEAST = 200, TENTH = 10 };

/* True where a trade is better by one side, or, with that side the same, by the whole price. */
static bool is_better(uint64_t side, uint64_t than, const struct trade *trade, const struct trade *other)
{
    return side != than ? side < than : trade_price(trade) < trade_price(other);
}

void advice_choose(const struct trade *trades, uint32_t count, uint32_t *best, uint32_t *fast, uint32_t *lean)
{
    *best = *fast = *lean = 0;
    for (uint32_t g = 1; g < count; g++) {
        const struct trade *trade = &trades[g], *f = &trades[*fast], *l = &trades[*lean];

        if (trade_price(trade) < trade_price(&trades[*best]))
            *best = g;
        if (is_better(trade->latency_ns, f->latency_ns, trade, f))
            *fast = g;
        if (is_better(trade->burnt_ns, l->burnt_ns, trade, l))
            *lean = g;
    }
}

enum confidence advice_confidence(const struct trade *trades, uint32_t count, uint32_t best, enum confidence sure)
{
    uint64_t most_ns = trades[best].high_ns + trades[best].burnt_ns;

    for (uint32_t g = 0; g < count; g++) {
        const struct trade *trade = &trades[g];
        uint64_t least_ns = trade->low_ns + trade->burnt_ns;

        if (trade->wakes < WAKES_LEAST || trade->low_ns > trade->high_ns)
            return CONFIDENCE_LOW;
        if (g != best && most_ns > least_ns && most_ns - least_ns > least_ns / TENTH)
            return CONFIDENCE_LOW;
    }
    return sure;
}
