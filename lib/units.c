/* SPDX-License-Identifier: MIT */
#include "lib/units.h"

#include "lib/fmt.h"
#include "lib/script/words.h"

/* One unit: its name and how many of the smallest unit (ns, ticks or 1) it is. */
struct unit {
    const char *name;
    uint64_t scale;
    bool ticks;
};

static const struct unit TIME_UNITS[] = {
    {"ns", 1, false}, {"us", 1000, false}, {"ms", 1000000, false}, {"s", 1000000000, false}, {"tsc", 1, true},
};

static const struct unit COUNT_UNITS[] = {
    {"", 1, false},
    {"k", 1000, false},
    {"M", 1000000, false},
    {"G", 1000000000, false},
};

/* A decimal number as it stands in the text: value = whole.fraction, the fraction as `fraction` / `divisor`. */
struct decimal {
    uint64_t whole;
    uint64_t fraction;
    uint64_t divisor; /* a power of ten, at most FRACTION_DIVISOR_MAX */
    size_t bytes;     /* characters read; 0 = no number */
    bool too_large;
    bool too_fine; /* digits beyond the smallest divisor that were not 0 */
};

static const uint64_t FRACTION_DIVISOR_MAX = 1000000000;

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* *value = *value * factor + more; false, and no change, where that does not fit. */
static bool multiply_add(uint64_t *value, uint64_t factor, uint64_t more)
{
    uint64_t product;
    uint64_t sum;
    if (__builtin_mul_overflow(*value, factor, &product) || __builtin_add_overflow(product, more, &sum))
        return false;
    *value = sum;
    return true;
}

static size_t read_fraction(const char *text, size_t bytes, struct decimal *decimal)
{
    size_t i = 0;
    for (; i < bytes && is_digit(text[i]); i++) {
        if (decimal->divisor == FRACTION_DIVISOR_MAX) {
            decimal->too_fine = decimal->too_fine || text[i] != '0';
            continue;
        }
        decimal->fraction = decimal->fraction * 10 + (uint64_t)(text[i] - '0');
        decimal->divisor *= 10;
    }
    return i;
}

static struct decimal read_decimal(const char *text, size_t bytes)
{
    struct decimal decimal = {.divisor = 1};
    size_t i = 0;
    for (; i < bytes && is_digit(text[i]); i++)
        if (!multiply_add(&decimal.whole, 10, (uint64_t)(text[i] - '0')))
            decimal.too_large = true;
    if (i > 0 && i + 1 < bytes && text[i] == '.' && is_digit(text[i + 1])) {
        i++;
        i += read_fraction(text + i, bytes - i, &decimal);
    }
    decimal.bytes = i;
    return decimal;
}

static enum units_problem scale_decimal(const struct decimal *decimal, uint64_t scale, uint64_t *value)
{
    /* fraction < divisor <= 10^9 and scale <= 10^9, so the product fits 64 bits. */
    uint64_t scaled_fraction = decimal->fraction * scale, scaled;
    if (decimal->too_fine || scaled_fraction % decimal->divisor != 0)
        return UNITS_NOT_WHOLE;
    scaled = decimal->whole;
    if (decimal->too_large || !multiply_add(&scaled, scale, scaled_fraction / decimal->divisor))
        return UNITS_TOO_LARGE;
    *value = scaled;
    return UNITS_OK;
}

static const struct unit *find_unit(const struct unit *units, size_t count, const char *text, size_t bytes)
{
    for (size_t i = 0; i < count; i++)
        if (words_equal(units[i].name, text, bytes))
            return &units[i];
    return NULL;
}

struct units_result units_parse_time(const char *text, size_t bytes, struct units_time *time)
{
    struct decimal decimal = read_decimal(text, bytes);
    struct units_time parsed;
    const struct unit *unit;
    enum units_problem problem;

    if (decimal.bytes == 0)
        return (struct units_result){UNITS_NO_NUMBER, 0};
    if (decimal.bytes == bytes)
        return (struct units_result){UNITS_NO_UNIT, 0};
    unit =
        find_unit(TIME_UNITS, sizeof(TIME_UNITS) / sizeof(TIME_UNITS[0]), text + decimal.bytes, bytes - decimal.bytes);
    if (unit == NULL)
        return (struct units_result){UNITS_BAD_UNIT, (uint32_t)decimal.bytes};
    parsed = (struct units_time){.ticks = unit->ticks};
    problem = scale_decimal(&decimal, unit->scale, &parsed.value);
    if (problem == UNITS_OK)
        *time = parsed;
    return (struct units_result){problem, 0};
}

/* The value of a hex digit, or -1. */
static int hex_digit(char character)
{
    if (is_digit(character))
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    if (character >= 'A' && character <= 'F')
        return character - 'A' + 10;
    return -1;
}

/* Reads the digits after 0x, which begin at offset 2. */
static struct units_result parse_hex(const char *text, size_t bytes, uint64_t *count)
{
    uint64_t value = 0;
    for (size_t i = 2; i < bytes; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0)
            return (struct units_result){i == 2 ? UNITS_NO_NUMBER : UNITS_BAD_UNIT, i == 2 ? 0 : (uint32_t)i};
        if (!multiply_add(&value, 16, (uint64_t)digit))
            return (struct units_result){UNITS_TOO_LARGE, 0};
    }
    if (bytes == 2)
        return (struct units_result){UNITS_NO_NUMBER, 0};
    *count = value;
    return (struct units_result){UNITS_OK, 0};
}

struct units_result units_parse_count(const char *text, size_t bytes, uint64_t *count)
{
    const struct unit *unit;
    struct decimal decimal;

    if (bytes >= 2 && text[0] == '0' && text[1] == 'x')
        return parse_hex(text, bytes, count);
    decimal = read_decimal(text, bytes);
    if (decimal.bytes == 0)
        return (struct units_result){UNITS_NO_NUMBER, 0};
    unit = find_unit(COUNT_UNITS, sizeof(COUNT_UNITS) / sizeof(COUNT_UNITS[0]), text + decimal.bytes,
                     bytes - decimal.bytes);
    if (unit == NULL)
        return (struct units_result){UNITS_BAD_UNIT, (uint32_t)decimal.bytes};
    return (struct units_result){scale_decimal(&decimal, unit->scale, count), 0};
}

const char *units_expected_time(enum units_problem problem)
{
    switch (problem) {
    case UNITS_NO_UNIT:
        return "a unit after the number: ns, us, ms, s or tsc";
    case UNITS_BAD_UNIT:
        return "one of the units ns, us, ms, s, tsc";
    case UNITS_TOO_LARGE:
        return "a time that fits 64 bits";
    case UNITS_NOT_WHOLE:
        return "a whole number of ns or of tsc ticks";
    case UNITS_OK:
    case UNITS_NO_NUMBER:
        break;
    }
    return "a time such as 50us";
}

const char *units_expected_count(enum units_problem problem)
{
    switch (problem) {
    case UNITS_BAD_UNIT:
        return "nothing more, or k, M or G";
    case UNITS_TOO_LARGE:
        return "a number that fits 64 bits";
    case UNITS_NOT_WHOLE:
        return "a whole number";
    case UNITS_OK:
    case UNITS_NO_NUMBER:
    case UNITS_NO_UNIT:
        break;
    }
    return "a number such as 2000, 100k or 0x20";
}

void units_write_time(uint64_t time_ns, char text[UNITS_TIME_BYTES])
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    uint64_t scale = 1, whole;
    unsigned unit = 0;

    for (; unit < 3 && time_ns / scale >= 1000; scale *= 1000)
        unit++;
    whole = time_ns / scale;
    if (whole >= 100 || !unit)
        fmt(text, UNITS_TIME_BYTES, "%lu %s", (time_ns + scale / 2) / scale, units[unit]);
    else
        fmt(text, UNITS_TIME_BYTES, whole >= 10 ? "%u.%u %s" : "%u.%02u %s", (unsigned)whole,
            (unsigned)(time_ns % scale / (scale / (whole >= 10 ? 10 : 100))), units[unit]);
}
