/* SPDX-License-Identifier: MIT */
/* The selection of run/tool/model/raw_values.h against sorting, on values of every size. TAP on standard output. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/prng.h"
#include "run/tool/model/raw_values.h"

#define ROUNDS     400
#define VALUES_MAX 3000

static int ascending(const void *left, const void *right)
{
    int64_t l, r;
    memcpy(&l, left, sizeof(l));
    memcpy(&r, right, sizeof(r));
    return (l > r) - (l < r);
}

/* A value of a random size and sign; many rounds have some of the kinds alone. */
static int64_t draw(struct prng *prng, uint64_t kinds)
{
    static const unsigned bits[] = {10, 20, 21, 31, 32, 45};
    unsigned kind = (unsigned)(prng_next(prng) % 6);
    int64_t value;

    if (!(kinds >> kind & 1))
        kind = 0;
    value = (int64_t)(prng_next(prng) >> (64 - bits[kind]));
    return kinds >> 6 & prng_next(prng) & 1 ? -value : value;
}

static bool one_round(struct prng *prng, struct raw_values *values)
{
    static int64_t sorted[VALUES_MAX];
    uint64_t ranks[RAW_RANKS_MAX];
    int64_t selected[RAW_RANKS_MAX];
    uint64_t kinds = prng_next(prng);
    size_t n = 1 + prng_next(prng) % VALUES_MAX;
    bool good;

    for (size_t i = 0; i < n; i++) {
        sorted[i] = draw(prng, kinds);
        raw_values_add(values, sorted[i]);
    }
    qsort(sorted, n, sizeof(sorted[0]), ascending);
    for (size_t i = 0; i < RAW_RANKS_MAX; i++)
        ranks[i] = 1 + i * (n - 1) / (RAW_RANKS_MAX - 1);
    good = raw_values_count(values) == n && !values->overflowed &&
           raw_values_select(values, ranks, RAW_RANKS_MAX, selected);
    for (size_t i = 0; good && i < RAW_RANKS_MAX; i++)
        good = selected[i] == sorted[ranks[i] - 1];
    raw_values_clear(values);
    return good;
}

int main(void)
{
    struct raw_values values = {0};
    struct prng prng;
    size_t bad = 0;
    prng_seed(&prng, 11);
    for (int i = 0; i < ROUNDS; i++)
        bad += !one_round(&prng, &values);
    raw_values_free(&values);
    printf("TAP version 13\n1..1\n%s 1 - selected values are those of sorting\n", bad ? "not ok" : "ok");
    return bad > 0;
}
