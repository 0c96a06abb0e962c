/* SPDX-License-Identifier: MIT */
/*
 * Formatted text into a caller's buffer: the part of printf that the lab needs, without locale, allocation or floating
 * point.
 *
 * Conversions: %s %c %d %i %u %x %X %p %% with the lengths hh h l ll z, the flags `0` and `-`, a width and a precision
 * (number or `*`; the precision limits %s and is the least number of digits of an integer). Any context; reentrant.
 */
#ifndef LAB_LIB_FMT_H
#define LAB_LIB_FMT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Writes at most bytes - 1 characters and a NUL (nothing at all when bytes is 0). Returns the length that the whole
 * text has, as snprintf does: the text was cut when that is >= bytes. An unknown conversion is copied unchanged.
 */
int fmt(char *buf, size_t bytes, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vfmt(char *buf, size_t bytes, const char *format, va_list args) __attribute__((format(printf, 3, 0)));

#endif
