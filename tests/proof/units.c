/* SPDX-License-Identifier: MIT */
#include "lib/units.c"

#include "tests/proof/proof.h"

enum { TEXT_MAX = 4 };

static void read_time(size_t bytes)
{
    char *text = malloc(bytes);
    struct units_time time = {.value = 1, .ticks = true};
    struct units_result result = units_parse_time(text, bytes, &time);
    uint64_t digits = 0;
    size_t i = 0;

    assert(result.problem == UNITS_OK || (time.value == 1 && time.ticks));
    assert(result.problem <= UNITS_NOT_WHOLE && result.offset <= bytes);
    for (; i < bytes && text[i] >= '0' && text[i] <= '9'; i++)
        digits = digits * 10 + (uint64_t)(text[i] - '0');
    assert((i == 0) == (result.problem == UNITS_NO_NUMBER));
    assert(i == 0 || i < bytes || result.problem == UNITS_NO_UNIT);
    if (i > 0 && i + 2 == bytes && text[i + 1] == 's') {
        if (text[i] == 'n')
            assert(result.problem == UNITS_OK && time.value == digits && !time.ticks);
        if (text[i] == 'u')
            assert(result.problem == UNITS_OK && time.value == digits * 1000 && !time.ticks);
    }
}

void prove_time(void)
{
    for (size_t bytes = 0; bytes <= TEXT_MAX; bytes++)
        read_time(bytes);
}

static void read_count(size_t bytes)
{
    char *text = malloc(bytes);
    uint64_t count = 1, digits = 0;
    struct units_result result = units_parse_count(text, bytes, &count);
    size_t i = 0;

    assert(result.problem == UNITS_OK || count == 1);
    assert(result.problem <= UNITS_NOT_WHOLE && result.offset <= bytes);
    for (; i < bytes && text[i] >= '0' && text[i] <= '9'; i++)
        digits = digits * 10 + (uint64_t)(text[i] - '0');
    if (i == bytes)
        assert(i == 0 ? result.problem == UNITS_NO_NUMBER : count == digits);
    if (i > 0 && i + 1 == bytes && text[i] == 'k')
        assert(result.problem == UNITS_OK && count == digits * 1000);
}

void prove_count(void)
{
    for (size_t bytes = 0; bytes <= TEXT_MAX; bytes++)
        read_count(bytes);
}
