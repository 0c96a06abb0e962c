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

/*
 * 16 samples of 40,000 in 80 blocks, four digits for every eighth of these: 28 or 30, 36 or 38, 46 or 48 is the sum of
 * the squares of 80, 40 and 20 blocks.
 */
static uint64_t worth_of_few(const char *digits)
{
    struct rare rare = {.blocks = {.count = 80, .length = 500}};

    for (unsigned i = 0; digits[i]; i++) {
        rare.blocks.figure[i / 4 * 8 + i % 4] = digits[i] - '0';
        rare.count += (uint64_t)(digits[i] - '0');
    }
    blocks_usual(&rare.blocks);
    return blocks_even(&rare, 0, 40000);
}

static void check_few(void)
{
    struct rare rare = in_one(1000, 7, 7);

    TAP_INT((long long)blocks_even(&rare, 0, 1000), 1000, "seven_samples_say_nothing");
    rare = in_one(1000, 8, 8);
    TAP_INT((long long)blocks_even(&rare, 0, 1000), 0, "eight_at_once_are_no_tail");
    rare = in_one(1000, 13, 19);
    TAP_INT((long long)blocks_even(&rare, 0, 1000), 0, "nor_thirteen_of_nineteen");
    rare = in_one(1000, 13, 20);
    TAP_OK(blocks_even(&rare, 0, 1000) > 0, "of_twenty_they_only_pay");
    TAP_INT((long long)worth_of_few("2000200020002000200020001000100010001000"), 40000, "six_pairs_in_80_blocks");
    TAP_OK(worth_of_few("200020002000200020002000200010001000") < 40000, "seven_pay");
    TAP_INT((long long)worth_of_few("21002100110011001100110010001000"), 40000,
            "two_threes_and_four_pairs_in_40_blocks");
    TAP_OK(worth_of_few("21002100210011001100100010001000") < 40000, "three_threes_and_two_pairs_pay");
    TAP_INT((long long)worth_of_few("111011101110111011101000"), 40000, "five_threes_in_20_blocks");
    TAP_OK(worth_of_few("111111101110111010101000") < 40000, "a_four_three_threes_and_a_pair_pay");
}

/* Five, three and two of ten samples in tenths of the series: 38 hundredths is the sum of their squared shares. */
static void check_few_at_once(void)
{
    struct rare rare = in_one(1000, 5, 5);

    rare.count = 10;
    rare.blocks.figure[2] = 3;
    rare.blocks.figure[4] = 2;
    TAP_INT((long long)blocks_even(&rare, 0, 1000), 0, "too_uneven_for_so_few");
    rare.blocks.figure[4] = rare.blocks.figure[6] = 1;
    TAP_OK(blocks_even(&rare, 0, 1000) > 0, "36_hundredths_are_not");
}

/* 4000 of 40,000 samples in even blocks; an autocorrelation of 0.015 is three standard errors. */
static void check_pairs(void)
{
    struct rare rare = by_turns(80, 500, 50, 1, 0);

    rare.pairs[0] = 453;
    TAP_INT((long long)blocks_even(&rare, 0, 40000), 40000, "pairs_of_chance_pay_nothing");
    rare.pairs[0] = 454;
    TAP_OK(blocks_even(&rare, 0, 40000) < 40000, "one_more_pays");
}

/* What scatters 1.7 times as much in ten blocks, and lasts. */
static void check_last(void)
{
    struct rare rare = by_turns(20, 10000, 5000, 2, 43);

    TAP_OK(!blocks_last(&rare.blocks, 0, 1000), "a_scatter_of_chance_says_nothing");
    rare = by_turns(20, 10000, 5000, 2, 44);
    TAP_OK(blocks_last(&rare.blocks, 0, 1000), "a_larger_one_lasts");
    rare = by_turns(20, 100, 50, 2, 10);
    TAP_OK(!blocks_last(&rare.blocks, 217, 2000) && blocks_last(&rare.blocks, 216, 2000), "by_one_sample_in_110");
}

/* 1000 of 2000 samples, ten more and less by turns: their variance is 4.21 times that of independent ones. */
static void check_effective(void)
{
    struct rare rare = by_turns(20, 100, 50, 1, 10);

    rare.pairs[0] = 700; /* an autocorrelation of 0.4 */
    TAP_INT((long long)blocks_effective(&rare, 2000), 410, "a_fifth_of_2000");
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

    TAP_INT((long long)blocks_more(&rare, false, 2000), 0, "none_is_not_more");
    rare.count = 20;
    rare.near = 6;
    TAP_INT((long long)blocks_more(&rare, false, 2000), 0, "six_of_twenty_are_near_by_chance");
    rare.near = 7; /* v = 2 / 13 - 1 / 20, and exp(1.96 sqrt(v) + v / 2) - 1 */
    TAP_OK(blocks_more(&rare, false, 2000) > 970 && blocks_more(&rare, false, 2000) < 990,
           "thirteen_clusters_may_be_twice_as_many");
    rare.near = 19;
    TAP_OK(blocks_more(&rare, false, 2000) > 39500 && blocks_more(&rare, false, 2000) < 40300,
           "of_one_nothing_is_known");
    rare = (struct rare){.count = 2, .near = 1, .pairs = {1}}; /* exp(1.96 sqrt(1.5) + 0.75) - 1 */
    TAP_OK(blocks_more(&rare, false, 2000) > 22200 && blocks_more(&rare, false, 2000) < 22500, "two_of_2000_follow");
    TAP_INT((long long)blocks_more(&rare, false, 1500), 0, "two_of_1500_do_by_chance");
    TAP_INT((long long)blocks_more(&rare, true, 2000), 0, "in_a_clustered_series_the_blocks_say_it");
    rare = (struct rare){.count = 10, .near = 2, .pairs = {2}}; /* (10 * 9 / 2000)^2 / 2 */
    TAP_OK(blocks_more(&rare, false, 2000) > 0, "so_do_two_of_ten");
    rare = (struct rare){.count = 20, .near = 6, .pairs = {6}};
    TAP_INT((long long)blocks_more(&rare, false, 2000), 0, "of_more_those_that_are_near_count");
    TAP_INT((long long)blocks_limit(200, 20, 1000, 2000), 4268, "one_in_a_hundred_more");
    TAP_INT((long long)blocks_limit(200, 20, 2000, 2000), 1066, "twice_as_far_is_a_quarter");
    TAP_OK(blocks_limit(200, 20, 0, 2000) >= 2000, "no_more_is_no_limit");
    TAP_INT((long long)blocks_alike(100, 400), 288, "a_tenth_is_at_most_0_162");
    TAP_INT((long long)blocks_alike(0, 400), 400, "no_neighbours_alike");
    TAP_INT((long long)blocks_alike(990, 100), 2, "at_most_0_95");
}

/* 2000 / 110 samples: exp(-1.1) is 0.33, and 1 / (1 + 1.1 + 1.1^2 / 2) is 0.37. */
static void check_fading(void)
{
    TAP_OK(blocks_hardly_fade(16000, 6000, 20, 2000), "0_375_at_lag_20_hardly_fades");
    TAP_OK(!blocks_hardly_fade(16000, 5800, 20, 2000), "0_363_fades");
    TAP_OK(blocks_hardly_fade(2000, 1500, 20, 2000), "0_046_is_surely_more_than_0");
    TAP_OK(!blocks_hardly_fade(2000, 1450, 20, 2000), "0_044_is_not");
    TAP_OK(!blocks_hardly_fade(-16000, 6000, 20, 2000), "neighbours_that_avoid_each_other_are_not_alike");
}

int main(void)
{
    check_lengths();
    check_even();
    check_once();
    check_few();
    check_few_at_once();
    check_pairs();
    check_last();
    check_fading();
    check_effective();
    check_printable();
    return tap_done();
}
