/* SPDX-License-Identifier: MIT */
#include "lib/dependence_blocks.h"

#include "lib/fixed.h"

enum {
    PERMILLE = 1000,
    RARE_LEAST = 25,   /* samples on either side of a quantile, fewer raise no mark by blocks */
    RARE_PAYS = 20,    /* but pay from so many on, by 20 blocks and by 10 */
    BLOCK_LEAST = 50,  /* samples in a block: shorter blocks scatter less than the series does */
    NUMBER_TIMES = 16, /* blocks that agree more than so are not worth more */
    QUARTERS = 4,
    HALVES_PERMILLE = 4410, /* 2.1^2: two intervals of 96.4 % */
    QUARTERS_USUAL = 20,    /* quarters of independent samples scatter more, over 3 degrees, twice in 10,000 */
    QUARTERS_TIMES = 4,     /* and so much more than the blocks within them, in variance */
    GROWTH_TIMES = 2,       /* a scatter that grows so with the blocks' length is not known */
    SCATTER_SEEN = 160,     /* a scatter over that of chance, in percent, from which on an unmarked series pays */
    SCATTER_TWENTY = 266,   /* chi-square of 19 and of 4 degrees over that, one in 10,000, in percent */
    SCATTER_FIVE = 588,
    EFFECTIVE_PERCENT = 126, /* (2.2 / 1.96)^2: the scatter of 20 blocks is an estimate */
};

/*
 * Blocks in a row that count as one: 20 blocks, 10 or 5. Their scatter is an estimate, which (t / 1.96)^2 pays for.
 */
static const struct scale {
    unsigned joined;
    uint64_t paid_percent;
} scales[] = {{1, EFFECTIVE_PERCENT}, {2, 139}, {4, 201}};
enum { SCALES = sizeof(scales) / sizeof(scales[0]) };

/*
 * The intervals of the halves' medians do not meet: of `half` samples each, so many more of one half lie at or below
 * the common median that each half's count is 2.1 standard errors, sqrt(half * p * (1 - p)), beyond the middle.
 */
static bool are_halves_apart(const struct below *median, size_t n)
{
    uint64_t half = n / DEPENDENCE_BLOCKS * (DEPENDENCE_BLOCKS / 2), first = 0, second = 0, apart, usual;

    for (unsigned i = 0; i < DEPENDENCE_BLOCKS; i++)
        *(i < DEPENDENCE_BLOCKS / 2 ? &first : &second) += median->block[i];
    apart = first > second ? first - second : second - first;
    usual = muldiv_u64(first + second, 2 * half - first - second, half ? half : 1); /* 4 half p (1 - p) */
    return muldiv_u64(apart, apart * PERMILLE, HALVES_PERMILLE) > usual;
}

/*
 * The quarters are further apart than the blocks within them say (analysis of variance, 3 and 16 degrees of freedom),
 * and than chance: the level changed and came back, or only once, near an end. All sums are 20 times what they are.
 */
static bool are_quarters_apart(const struct below *median, size_t n)
{
    enum { EACH = DEPENDENCE_BLOCKS / QUARTERS };
    uint64_t all = n / DEPENDENCE_BLOCKS * DEPENDENCE_BLOCKS;
    uint64_t sum = 0, blocks = 0, quarters = 0, between, within;

    for (unsigned i = 0; i < DEPENDENCE_BLOCKS; i += EACH) {
        uint64_t quarter = 0;

        for (unsigned k = i; k < i + EACH; k++) {
            quarter += median->block[k];
            blocks += median->block[k] * median->block[k] * DEPENDENCE_BLOCKS;
        }
        sum += quarter;
        quarters += quarter * quarter * QUARTERS;
    }
    between = quarters - sum * sum;
    within = blocks - quarters;
    return between / QUARTERS_USUAL > muldiv_u64(sum, all - sum, all) &&
           between / (QUARTERS - 1) * (DEPENDENCE_BLOCKS - QUARTERS) / QUARTERS_TIMES > within;
}

bool blocks_drift(const struct below *median, size_t n)
{
    return are_halves_apart(median, n) || are_quarters_apart(median, n);
}

/*
 * n / tau, where tau is the variance of a block's count over that of independent samples, length * p * (1 - p).
 * With S and Q, sums of the counts and of their squares, the variance is (B Q - S^2) / (B (B - 1)), p = S / (B length).
 * `joined` blocks in a row count as one.
 */
static uint64_t number_by(const struct below *below, size_t n, unsigned joined)
{
    uint64_t blocks = DEPENDENCE_BLOCKS / joined, all = n / DEPENDENCE_BLOCKS * DEPENDENCE_BLOCKS;
    uint64_t sum = 0, squares = 0, scatter, usual, number;

    for (unsigned i = 0; i < DEPENDENCE_BLOCKS; i += joined) {
        uint64_t count = 0;

        for (unsigned k = 0; k < joined; k++)
            count += below->block[i + k];
        sum += count;
        squares += count * count;
    }
    scatter = blocks * squares - sum * sum;
    if (!scatter)
        return n;
    usual = muldiv_u64(sum * PERMILLE, all - sum, all); /* B * length * p * (1 - p), in thousandths */
    number = muldiv_u64(n, (blocks - 1) * usual, scatter * PERMILLE);
    return number / NUMBER_TIMES < n ? number : (uint64_t)n * NUMBER_TIMES;
}

/*
 * By 20 blocks, 10 or 5, whichever is least. Where five long blocks scatter much more than the short ones do, something
 * lasts as long as a block: how often it comes cannot be known from so few.
 */
uint64_t blocks_effective(const struct below *below, size_t n)
{
    uint64_t number = number_by(below, n, 1), least = number;

    for (unsigned i = 1; i < SCALES; i++) {
        uint64_t by = number_by(below, n, scales[i].joined);

        least = by < least ? by : least;
    }
    if (n / DEPENDENCE_BLOCKS < BLOCK_LEAST || number_by(below, n, 4) * GROWTH_TIMES < number)
        return 0;
    number = muldiv_u64(least, 100, EFFECTIVE_PERCENT);
    if (number >= n)
        return n;
    return number < DEPENDENCE_EFFECTIVE_LEAST ? 0 : number;
}

/* A few samples on one side of the quantile, or in a block, have no law: two of two in one block are no news. */
static bool do_blocks_tell(const struct below *below, size_t n, unsigned joined, uint64_t rare_least)
{
    return n / DEPENDENCE_BLOCKS * joined >= BLOCK_LEAST && below->count >= rare_least &&
           n - below->count >= rare_least;
}

/*
 * One independent series in five has blocks of some length that scatter this much. Of real series that pass every look
 * more have, for a reason, and the interval pays for it.
 */
uint64_t blocks_even(const struct below *below, size_t n)
{
    uint64_t number = n;

    for (unsigned i = 0; i < SCALES; i++) {
        uint64_t by = number_by(below, n, scales[i].joined);

        if (!do_blocks_tell(below, n, scales[i].joined, i + 1 < SCALES ? RARE_PAYS : RARE_LEAST) ||
            by * SCATTER_SEEN > (uint64_t)n * 100)
            continue;
        by = by * 100 / scales[i].paid_percent;
        number = by < number ? by : number;
    }
    return number;
}

bool blocks_scatter(const struct below *below, size_t n)
{
    return (do_blocks_tell(below, n, 1, RARE_LEAST) && number_by(below, n, 1) * SCATTER_TWENTY < (uint64_t)n * 100) ||
           (do_blocks_tell(below, n, 4, RARE_LEAST) && number_by(below, n, 4) * SCATTER_FIVE < (uint64_t)n * 100);
}
