/* SPDX-License-Identifier: MIT */
#include "run/tool/compare/deal.h"

#include <math.h>
#include <string.h>

#define SEED UINT64_C(0x1D1E1AB)

double deal_ways(size_t n, size_t chosen)
{
    double product = 1;
    for (size_t i = 1; i <= chosen; i++)
        product = product * (double)(n - chosen + i) / (double)i;
    return floor(product + 0.5);
}

void dealer_begin(struct dealer *dealer, size_t a_count, size_t b_count, size_t most, size_t sampled)
{
    double all = deal_ways(a_count + b_count, b_count);
    memset(dealer, 0, sizeof(*dealer));
    dealer->n = a_count + b_count;
    dealer->chosen = b_count;
    dealer->exact = all <= (double)most;
    dealer->left = dealer->exact ? (size_t)all : sampled;
    for (size_t i = 0; i < dealer->chosen; i++)
        dealer->picks[i] = i;
    prng_seed(&dealer->prng, SEED);
}

/* The next choice in the order of the alphabet. */
static void next_picks(struct dealer *dealer)
{
    size_t i = dealer->chosen;
    while (i > 0 && dealer->picks[i - 1] == dealer->n - dealer->chosen + i - 1)
        i--;
    if (i == 0)
        return;
    dealer->picks[i - 1]++;
    for (; i < dealer->chosen; i++)
        dealer->picks[i] = dealer->picks[i - 1] + 1;
}

bool deal(struct dealer *dealer)
{
    if (dealer->left == 0)
        return false;
    dealer->left--;
    memset(dealer->in_b, 0, sizeof(dealer->in_b));
    if (dealer->exact) {
        for (size_t i = 0; i < dealer->chosen; i++)
            dealer->in_b[dealer->picks[i]] = true;
        next_picks(dealer);
        return true;
    }
    /* R. W. Floyd's choice: each set is as likely as any other. */
    for (size_t i = dealer->n - dealer->chosen; i < dealer->n; i++) {
        size_t pick = (size_t)prng_below(&dealer->prng, i + 1);
        dealer->in_b[dealer->in_b[pick] ? i : pick] = true;
    }
    return true;
}
