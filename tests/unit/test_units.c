/* SPDX-License-Identifier: MIT */
/* lib/units, lib/script/words and lib/text: quantities, near words, bounded text. */
#include "lib/text.h"
#include "lib/units.h"
#include "lib/script/words.h"
#include "tests/unit/tap.h"

static const uint64_t UNTOUCHED = 77;

static void check_time(const char *text, uint64_t value, bool ticks)
{
    struct units_time time = {UNTOUCHED, !ticks};
    struct units_result result = units_parse_time(text, strlen(text), &time);
    TAP_OK(result.problem == UNITS_OK && time.value == value && time.ticks == ticks, text);
}

static void check_bad_time(const char *text, enum units_problem problem, uint32_t offset)
{
    struct units_time time = {UNTOUCHED, false};
    struct units_result result = units_parse_time(text, strlen(text), &time);
    TAP_INT(result.problem, problem, text);
    TAP_INT(result.offset, offset, text);
    TAP_INT(time.value, UNTOUCHED, "a bad time changes nothing");
}

static void check_count(const char *text, uint64_t want)
{
    uint64_t count = UNTOUCHED;
    struct units_result result = units_parse_count(text, strlen(text), &count);
    TAP_OK(result.problem == UNITS_OK && count == want, text);
}

static void check_bad_count(const char *text, enum units_problem problem, uint32_t offset)
{
    uint64_t count = UNTOUCHED;
    struct units_result result = units_parse_count(text, strlen(text), &count);
    TAP_INT(result.problem, problem, text);
    TAP_INT(result.offset, offset, text);
    TAP_INT(count, UNTOUCHED, "a bad count changes nothing");
}

static void test_times(void)
{
    check_time("50us", 50000, false);
    check_time("0ns", 0, false);
    check_time("2ms", 2000000, false);
    check_time("5s", 5000000000, false);
    check_time("300tsc", 300, true);
    check_time("1.5us", 1500, false);
    check_time("0.000000001s", 1, false);
    check_time("1.000000000000s", 1000000000, false);
    check_time("18446744073709551615ns", UINT64_MAX, false);
    check_time("18446744073.709551615s", UINT64_MAX, false);
    check_bad_time("50", UNITS_NO_UNIT, 0);
    check_bad_time("0x20", UNITS_BAD_UNIT, 1);
    check_bad_time("50usec", UNITS_BAD_UNIT, 2);
    check_bad_time("50 us", UNITS_BAD_UNIT, 2);
    check_bad_time("5.us", UNITS_BAD_UNIT, 1);
    check_bad_time("1.5.5us", UNITS_BAD_UNIT, 3);
    check_bad_time("us", UNITS_NO_NUMBER, 0);
    check_bad_time("", UNITS_NO_NUMBER, 0);
    check_bad_time("-5us", UNITS_NO_NUMBER, 0);
    check_bad_time("1.5ns", UNITS_NOT_WHOLE, 0);
    check_bad_time("0.0000000001s", UNITS_NOT_WHOLE, 0);
    check_bad_time("1.5tsc", UNITS_NOT_WHOLE, 0);
    check_bad_time("18446744073709551616ns", UNITS_TOO_LARGE, 0);
    check_bad_time("18446744073.709551616s", UNITS_TOO_LARGE, 0);
    check_bad_time("99999999999999999999999999s", UNITS_TOO_LARGE, 0);
}

static void test_counts(void)
{
    check_count("0", 0);
    check_count("2000", 2000);
    check_count("100k", 100000);
    check_count("2M", 2000000);
    check_count("3G", 3000000000);
    check_count("1.5k", 1500);
    check_count("0x20", 0x20);
    check_count("0xFFFFFFFFffffffff", UINT64_MAX);
    check_count("18446744073709551615", UINT64_MAX);
    check_bad_count("18446744073709551616", UNITS_TOO_LARGE, 0);
    check_bad_count("18446744073709552k", UNITS_TOO_LARGE, 0);
    check_bad_count("0x10000000000000000", UNITS_TOO_LARGE, 0);
    check_bad_count("0x", UNITS_NO_NUMBER, 0);
    check_bad_count("0xg", UNITS_NO_NUMBER, 0);
    check_bad_count("0x2g", UNITS_BAD_UNIT, 3);
    check_bad_count("ten", UNITS_NO_NUMBER, 0);
    check_bad_count("10K", UNITS_BAD_UNIT, 2);
    check_bad_count("10us", UNITS_BAD_UNIT, 2);
    check_bad_count("1.0005k", UNITS_NOT_WHOLE, 0);
    check_bad_count("0.5", UNITS_NOT_WHOLE, 0);
}

/* Distances known from the definition: an edit adds, drops or changes one character or swaps two neighbours. */
static void test_words(void)
{
    static const char *const words[] = {"idle", "by", "interval", "samples", "mwait", NULL};
    static const struct {
        const char *one;
        const char *other;
        size_t distance;
    } cases[] = {
        {"", "", 0},      {"", "abc", 3},      {"idle", "idle", 0},    {"idel", "idle", 1}, {"kitten", "sitting", 3},
        {"ca", "abc", 3}, {"flaw", "lawn", 2}, {"abcdef", "abcdf", 1}, {"ab", "ba", 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TAP_INT(words_distance(cases[i].one, strlen(cases[i].one), cases[i].other, strlen(cases[i].other)),
                cases[i].distance, cases[i].one);
        TAP_INT(words_distance(cases[i].other, strlen(cases[i].other), cases[i].one, strlen(cases[i].one)),
                cases[i].distance, "the distance is the same from the other side");
    }
    TAP_INT(words_distance("0123456789012345678901234567890123", 34, "a", 1), 33, "too long is far");
    TAP_STR(words_nearest(words, "idel", 4), "idle", "a swap is near");
    TAP_STR(words_nearest(words, "sampels", 7), "samples", "sampels means samples");
    TAP_STR(words_nearest(words, "inter", 5), "interval", "the beginning of a word is near");
    TAP_OK(words_nearest(words, "hz", 2) == NULL, "two other characters are another word");
    TAP_OK(words_nearest(words, "frequency", 9) == NULL, "a far word has no neighbour");
    TAP_OK(words_equal("idle", "idlexx", 4) && !words_equal("idle", "idlexx", 5), "words_equal");
}

static void test_text(void)
{
    char buffer[8];
    struct text text = text_in(buffer, sizeof(buffer));
    char wide[64];
    static const struct {
        uint64_t time_ns;
        const char *want;
    } times[] = {{0, "0ns"},         {999, "999ns"},       {1000, "1us"},    {1500000, "1500us"},     {2000000, "2ms"},
                 {5000000000, "5s"}, {60000000000, "60s"}, {1001, "1001ns"}, {1000000000000, "1000s"}};

    text_add(&text, "1234");
    text_add(&text, "5678");
    TAP_STR(buffer, "1234567", "text is cut at its buffer");
    TAP_OK(text.cut, "the cut is told");
    text = text_in(wide, sizeof(wide));
    text_add_printable(&text, "a\x80\n ~\x7f\x1f", 7);
    text_add_uint(&text, UINT64_MAX);
    text_add_hex(&text, 0xc02);
    TAP_STR(wide, "a\\x80\\x0a ~\\x7f\\x1f184467440737095516150xc02", "numbers and bytes");
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        text = text_in(wide, sizeof(wide));
        text_add_ns(&text, times[i].time_ns);
        TAP_STR(wide, times[i].want, "a time in its largest whole unit");
    }
}

static void test_list(void)
{
    char list[12] = "";

    text_list(list, sizeof(list), ", ", "l1");
    text_list(list, sizeof(list), ", ", "llc");
    TAP_STR(list, "l1, llc", "words with what stands between them");
    text_list(list, sizeof(list), ", ", "tlb");
    TAP_STR(list, "l1, llc", "one that does not fit is left out whole");
    text_list(list, sizeof(list), ", ", "a");
    TAP_STR(list, "l1, llc, a", "a shorter one is not");
}

int main(void)
{
    test_times();
    test_counts();
    test_words();
    test_text();
    test_list();
    return tap_done();
}
