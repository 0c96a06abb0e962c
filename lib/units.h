/* SPDX-License-Identifier: MIT */
/*
 * Quantities as people write them: `50us`, `1.5ms`, `300tsc`, `100k`, `0x20`.
 *
 * A time must carry its unit (ns, us, ms, s, or tsc for ticks of the time-stamp counter); a count may carry k, M or G
 * (thousand, million, thousand million) or be hex with a leading 0x. A fraction is taken when the result is whole.
 * Pure: any context.
 */
#ifndef LAB_LIB_UNITS_H
#define LAB_LIB_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum units_problem {
    UNITS_OK,
    UNITS_NO_NUMBER, /* does not begin with a digit, or 0x without hex digits */
    UNITS_NO_UNIT,   /* a time that ends after its number */
    UNITS_BAD_UNIT,  /* a unit that is not known, or more text after it */
    UNITS_TOO_LARGE, /* does not fit 64 bits */
    UNITS_NOT_WHOLE, /* a fraction that is not a whole number of ns, of ticks or of the count */
};

struct units_result {
    enum units_problem problem;
    uint32_t offset; /* of the characters at fault, from 0: the unit for BAD_UNIT, else 0 */
};

struct units_time {
    uint64_t value; /* in ns, or in TSC ticks where `ticks` is set */
    bool ticks;
};

/* Reads exactly `bytes` characters as a time; `time` is changed only where the result is UNITS_OK. */
struct units_result units_parse_time(const char *text, size_t bytes, struct units_time *time);

/* Reads exactly `bytes` characters as a count; `count` is changed only where the result is UNITS_OK. */
struct units_result units_parse_count(const char *text, size_t bytes, uint64_t *count);

/* What should have stood there instead, for an error message. */
const char *units_expected_time(enum units_problem problem);
const char *units_expected_count(enum units_problem problem);

enum { UNITS_TIME_BYTES = 24 };

/* A time in three digits: "200 us", "18.3 us", "1.25 ms". */
void units_write_time(uint64_t time_ns, char text[UNITS_TIME_BYTES]);

#endif /* LAB_LIB_UNITS_H */
