/* SPDX-License-Identifier: MIT */
/* Intervals: `50us`, `uniform:1us..4ms`, `log:1us..4ms`, and the sweeps `1us..10ms/log20` and `1us..10ms/lin10`. */
#include "lib/script/plan_value.h"

#include "lib/cstring.h"
#include "lib/fixed.h"
#include "lib/script/words.h"

enum {
    SWEEP_MIN = 2,              /* values of a sweep: both of its ends */
    SWEEP_DIGITS_MAX = 1000000, /* six significant digits: what log2 and exp2 get right in any case */
};

static const char INTERVAL_FORMS[] =
    "a time such as 50us, uniform:1us..4ms, log:1us..4ms or a sweep such as 1us..10ms/log20";

static const char *const SHAPE_WORDS[] = {"uniform", "log", NULL};
static const char *const SCALE_WORDS[] = {"log", "lin", NULL};

/* Offset of the first `..` in a token, or its length where there is none. */
static size_t find_dots(const struct script_token *token)
{
    for (size_t at = 0; at + 1 < token->bytes; at++)
        if (token->text[at] == '.' && token->text[at + 1] == '.')
            return at;
    return token->bytes;
}

/* Reads `low..high`. */
static bool parse_range(const struct plan_reader *reader, const struct script_token *range,
                        struct plan_interval *interval)
{
    size_t dots = find_dots(range);
    struct script_token low_token, high_token;
    struct units_time low, high;

    if (dots == range->bytes)
        return plan_refuse(reader, range, "a range such as 1us..4ms", NULL);
    low_token = plan_token_part(range, 0, dots);
    high_token = plan_token_part(range, dots + 2, range->bytes - dots - 2);
    if (!plan_parse_time(reader, &low_token, &low) || !plan_parse_time(reader, &high_token, &high))
        return false;
    if (low.ticks != high.ticks)
        return plan_refuse(reader, range, "both ends in tsc or neither", NULL);
    if (low.value > high.value)
        return plan_refuse(reader, range, "the smaller time first", NULL);
    interval->ticks = low.ticks;
    interval->low = low.value;
    interval->high = high.value;
    return true;
}

static bool check_log(const struct plan_reader *reader, const struct script_token *range,
                      const struct plan_interval *interval)
{
    if (interval->low == 0)
        return plan_refuse(reader, range, "a range above 0: it is divided by its logarithm", NULL);
    return true;
}

static uint64_t round_to_digits(uint64_t number)
{
    uint64_t unit = 1, rounded_down;
    bool up;

    while (number / unit >= SWEEP_DIGITS_MAX)
        unit *= 10;
    rounded_down = number - number % unit;
    up = unit > 1 && number % unit >= unit / 2 && rounded_down <= UINT64_MAX - unit;
    return up ? rounded_down + unit : rounded_down;
}

/* Value `index` of `count` between the ends of a sweep, the ends themselves exact. */
static uint64_t sweep_point(const struct plan_interval *sweep, bool logarithmic, uint64_t index, uint64_t count)
{
    uint64_t low_log2, high_log2, point;

    if (index == 0)
        return sweep->low;
    if (index == count - 1)
        return sweep->high;
    if (!logarithmic)
        return sweep->low + muldiv_round_u64(sweep->high - sweep->low, index, count - 1);
    low_log2 = log2_q32(sweep->low);
    high_log2 = log2_q32(sweep->high);
    point = exp2_q32(low_log2 + muldiv_u64(high_log2 - low_log2, index, count - 1));
    point = round_to_digits(point);
    if (point < sweep->low)
        return sweep->low;
    return point < sweep->high ? point : sweep->high;
}

/* Adds the points of a sweep; a point that rounding made equal to the one before is left out. */
static void add_sweep(const struct plan_reader *reader, const struct plan_interval *sweep, bool logarithmic,
                      uint64_t count, struct plan_values *values)
{
    uint64_t before = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t point = sweep_point(sweep, logarithmic, i, count);
        struct plan_value value;

        if (i > 0 && point == before)
            continue;
        value = (struct plan_value){.given = reader->given};
        value.interval = (struct plan_interval){PLAN_FIXED, sweep->ticks, point, point};
        plan_values_add(values, &value);
        before = point;
    }
}

/* Reads what follows the slash of a sweep: log or lin, and the number of values. */
static bool parse_scale(const struct plan_reader *reader, const struct script_token *scale, bool *logarithmic,
                        uint64_t *count)
{
    size_t word_bytes = strlen(SCALE_WORDS[0]); /* both have three characters */
    for (unsigned i = 0; SCALE_WORDS[i] != NULL; i++) {
        if (scale->bytes > word_bytes && memcmp(scale->text, SCALE_WORDS[i], word_bytes) == 0) {
            struct script_token number = plan_token_part(scale, word_bytes, scale->bytes - word_bytes);
            *logarithmic = i == 0;
            return plan_parse_count(reader, &number, SWEEP_MIN, PLAN_SWEEP_MAX, count);
        }
    }
    return plan_refuse(reader, scale, "log or lin and a number of values, such as log20", NULL);
}

static bool parse_sweep(const struct plan_reader *reader, const struct script_token *item, size_t slash,
                        struct plan_values *values)
{
    struct script_token range = plan_token_part(item, 0, slash);
    struct script_token scale = plan_token_part(item, slash + 1, item->bytes - slash - 1);
    struct plan_interval sweep = {.shape = PLAN_FIXED};
    bool logarithmic = false;
    uint64_t count = 0;
    if (!parse_range(reader, &range, &sweep) || !parse_scale(reader, &scale, &logarithmic, &count) ||
        (logarithmic && !check_log(reader, &range, &sweep)))
        return false;
    if (!reader->spec->list)
        return plan_refuse(reader, item, "one interval: this key takes no sweep", NULL);
    add_sweep(reader, &sweep, logarithmic, count, values);
    return true;
}

/* Reads `uniform:low..high` or `log:low..high`. */
static bool parse_random(const struct plan_reader *reader, const struct script_token *item, size_t colon,
                         struct plan_values *values)
{
    struct script_token word = plan_token_part(item, 0, colon);
    struct script_token range = plan_token_part(item, colon + 1, item->bytes - colon - 1);
    struct plan_value value = {.given = reader->given};
    if (words_equal(SHAPE_WORDS[0], word.text, word.bytes)) {
        value.interval.shape = PLAN_UNIFORM;
    } else if (words_equal(SHAPE_WORDS[1], word.text, word.bytes)) {
        value.interval.shape = PLAN_LOG;
    } else {
        return plan_refuse(reader, &word, "uniform or log before the colon",
                           words_nearest(SHAPE_WORDS, word.text, word.bytes));
    }
    if (!parse_range(reader, &range, &value.interval) ||
        (value.interval.shape == PLAN_LOG && !check_log(reader, &range, &value.interval)))
        return false;
    plan_values_add(values, &value);
    return true;
}

bool plan_interval_parse(const struct plan_reader *reader, const struct script_token *item, struct plan_values *values)
{
    size_t slash = plan_token_find(item, '/');
    size_t colon = plan_token_find(item, ':');
    struct plan_value value;
    struct units_time time;

    if (slash < item->bytes)
        return parse_sweep(reader, item, slash, values);
    if (colon < item->bytes)
        return parse_random(reader, item, colon, values);
    if (find_dots(item) < item->bytes)
        return plan_refuse(reader, item, "a sweep such as 1us..10ms/log20, or uniform: or log: before the range", NULL);
    if (item->text[0] < '0' || item->text[0] > '9')
        return plan_refuse(reader, item, INTERVAL_FORMS, NULL);
    if (!plan_parse_time(reader, item, &time))
        return false;
    value = (struct plan_value){.given = reader->given};
    value.interval = (struct plan_interval){PLAN_FIXED, time.ticks, time.value, time.value};
    plan_values_add(values, &value);
    return true;
}
