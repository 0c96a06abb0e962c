/* SPDX-License-Identifier: MIT */
/*
 * What blocks say, of counts that are made so that each limit is just passed or just not. The expected numbers are from
 * the formulas of lib/dependence_blocks.h, computed apart.
 */
#include "tests/unit/tap.h"

#include "lib/dependence_blocks.h"

/* Blocks of `length` with `mean` samples each, and `more` and less by turns of so many blocks. */
static struct rare by_turns(unsigned count, uint64_t length, int64_t mean, unsigned turn, int64_t more)
{
    struct rare rare = {.blocks = {.count = count, .length = length}};

    for (unsigned i = 0; i < count; i++) {
        rare.blocks.figure[i] = mean + (i / turn % 2 ? -more : more);
        rare.count += (uint64_t)rare.blocks.figure[i];
    }
    blocks_usual(&rare.blocks);
    /* Pairs as of independent samples. */
    rare.pairs[0] = rare.pairs[1] = rare.count * rare.count / (count * length);
    return rare;
}

/* 20 blocks of which the first has `first` samples and each other `others`, or the rest of `all`. */
static struct rare in_one(uint64_t n, int64_t first, int64_t all)
{
    struct rare rare = {.count = (uint64_t)all, .blocks = {.count = 20, .length = n / 20}};
    int64_t rest = all - first;

    rare.blocks.figure[0] = first;
    for (unsigned i = 2; rest > 0; i = i < 19 ? i + 1 : 2, rest--)
        rare.blocks.figure[i]++;
    blocks_usual(&rare.blocks);
    return rare;
}

static void check_lengths(void)
{
    TAP_INT(blocks_of(479), 20, "forty_blocks_of_eleven_are_too_short");
    TAP_INT(blocks_of(480), 40, "of_twelve_they_are_not");
    TAP_INT(blocks_of(960), 80, "eighty_of_twelve");
}

/* From which difference on blocks pay, by how long they are alike, and for what. */
static void check_even(void)
{
    static const struct {
        unsigned turn;
        int64_t more;
        long long worth;
    } pays[] = {{1, 10, 30052}, {2, 8, 22509}, {4, 6, 18124}, {8, 5, 10596}, {16, 4, 5100}};

    for (size_t i = 0; i < sizeof(pays) / sizeof(pays[0]); i++) {
        struct rare rare = by_turns(80, 500, 100, pays[i].turn, pays[i].more - 1);

        TAP_INT((long long)blocks_even(&rare, 0, 40000), 40000, "a_scatter_of_chance_pays_nothing");
        rare = by_turns(80, 500, 100, pays[i].turn, pays[i].more);
        TAP_INT((long long)blocks_even(&rare, 0, 40000), pays[i].worth, "a_larger_one_pays");
    }
    /* Few, and all in one block. */
    for (int64_t few = 8; few < 20; few++) {
        struct rare rare = in_one(1000, few, few);

        TAP_INT((long long)blocks_even(&rare, 0, 1000), 0, "a_few_that_came_at_once_are_worth_nothing");
    }
    for (int64_t other = 7; other <= 20; other += 13) {
        struct rare rare = in_one(1000, other, other);

        TAP_OK(blocks_even(&rare, 0, 1000) > 0, "seven_are_too_few_to_tell_and_twenty_are_judged_by_blocks");
    }
}

static void check_once(void)
{
    struct rare rare = in_one(1000, 10, 10);

    TAP_OK(blocks_once(&rare, 1000), "ten_samples_in_a_tenth_came_once");
    rare = in_one(1000, 9, 9);
    TAP_OK(!blocks_once(&rare, 1000), "nine_are_too_few_to_tell");
    rare = in_one(2400, 20, 20);
    TAP_OK(blocks_once(&rare, 2400), "one_sample_of_120_is_enough");
    rare = in_one(2400, 19, 19);
    TAP_OK(!blocks_once(&rare, 2400), "less_is_not");
    rare = in_one(800, 100, 100);
    TAP_OK(blocks_once(&rare, 800), "an_eighth_may_have_come_once");
    TAP_OK(!blocks_once(&rare, 799), "more_is_no_tail");
    rare = in_one(2400, 78, 100);
    TAP_OK(blocks_once(&rare, 2400), "seventy_eight_of_a_hundred_in_a_tenth");
    rare = in_one(2400, 76, 100);
    TAP_OK(!blocks_once(&rare, 2400), "seventy_six_are_less");
}

static void check_marks(void)
{
    struct rare rare = in_one(1000, 25, 25);

    TAP_OK(blocks_scatter(&rare, 1000), "twenty_five_samples_in_a_block");
    rare = in_one(1000, 24, 24);
    TAP_OK(!blocks_scatter(&rare, 1000), "twenty_four_raise_no_mark");
    rare = in_one(250, 25, 25);
    TAP_OK(blocks_scatter(&rare, 250), "five_blocks_of_fifty");
    TAP_OK(!blocks_scatter(&rare, 249), "shorter_ones_raise_none");
}

/* 1000 of 2000 samples, ten more and less by turns: their variance is 4.21 times that of independent ones. */
static void check_effective(void)
{
    struct rare rare = by_turns(20, 100, 50, 1, 10);

    rare.pairs[0] = 700; /* an autocorrelation of 0.4 */
    TAP_INT((long long)blocks_effective(&rare, 2000), 410, "a_fifth_of_2000");
    TAP_OK(!blocks_last(&rare.blocks, 89, 2000) && blocks_last(&rare.blocks, 88, 2000), "what_lasts_longer_than_that");
    rare = by_turns(20, 100, 50, 4, 5); /* five blocks scatter 4.8 times, twenty 1.05 times as much as chance */
    rare.pairs[0] = 700;
    TAP_INT((long long)blocks_effective(&rare, 2000), 0, "a_scatter_that_still_grows_is_not_known");
    rare = by_turns(20, 50, 25, 1, 1);
    TAP_INT((long long)blocks_effective(&rare, 1000), 1000, "a_thousand_samples_can_tell");
    TAP_INT((long long)blocks_effective(&rare, 999), 0, "fewer_cannot");
}

static void check_printable(void)
{
    struct rare rare = in_one(2000, 0, 0);

    TAP_INT((long long)blocks_more(&rare), 0, "none_is_not_more");
    for (unsigned i = 0; i < 4; i++)
        rare.blocks.figure[5 * i] = 5;
    rare.count = 20;
    blocks_usual(&rare.blocks);
    /* A scatter of 4.253: E = 20 / 3.253 clusters, and exp(1.96 / sqrt(E) + 1 / (2 E)) - 1. */
    TAP_OK(blocks_more(&rare) > 1375 && blocks_more(&rare) < 1395, "four_clusters_may_be_more_than_twice_as_many");
    rare = in_one(2000, 20, 20);
    TAP_OK(blocks_more(&rare) > 9900 && blocks_more(&rare) < 10100, "of_one_nothing_is_known");
    rare = by_turns(20, 100, 10, 1, 0);
    TAP_INT((long long)blocks_more(&rare), 0, "even_ones_are_as_many");
    TAP_INT((long long)blocks_limit(200, 20, 1000, 2000), 3457, "one_in_a_hundred_more");
    TAP_INT((long long)blocks_limit(200, 20, 2000, 2000), 864, "twice_as_far_is_a_quarter");
    TAP_OK(blocks_limit(200, 20, 0, 2000) >= 2000, "no_more_is_no_limit");
    TAP_INT((long long)blocks_alike(100, 400), 288, "a_tenth_is_at_most_0_162");
    TAP_INT((long long)blocks_alike(0, 400), 400, "no_neighbours_alike");
    TAP_INT((long long)blocks_alike(990, 100), 2, "at_most_0_95");
}

int main(void)
{
    check_lengths();
    check_even();
    check_once();
    check_marks();
    check_effective();
    check_printable();
    return tap_done();
}
