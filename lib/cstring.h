/* SPDX-License-Identifier: MIT */
/*
 * The few functions of <string.h> that lib/ and the compiler itself need.
 *
 * Freestanding builds get them from lib/cstring.c with the meaning of ISO C 7.24; hosted builds use the host's. Any
 * context.
 */
#ifndef LAB_LIB_CSTRING_H
#define LAB_LIB_CSTRING_H

#include <stddef.h>

/* LAB_CSTRING_OWN asks for our own functions in a hosted build: the unit test of this file does. */
#if __STDC_HOSTED__ && !defined(LAB_CSTRING_OWN)
#include <string.h>
#else
void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t bytes);
char *strchr(const char *text, int wanted);
#endif

#endif
