/* SPDX-License-Identifier: MIT */
#include "lib/cstring.h"

#include <stdint.h>

#if !__STDC_HOSTED__ || defined(LAB_CSTRING_OWN)

/*
 * Both compilers turn a copying loop into a call of memcpy, which here would call itself for ever; each has its own way
 * to forbid that.
 */
#if defined(__clang__)
#define KEEP_LOOPS __attribute__((no_builtin))
#else
#define KEEP_LOOPS __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

/* Eight bytes at any address, allowed to alias anything: x86 reads them at no cost. */
typedef uint64_t word __attribute__((may_alias, aligned(1)));

/*
 * One instruction for all of it: fast on processors since 2012 (SDM volume 1, 7.3.9.3), and where software interprets
 * each instruction of the image, a loop would cost as much for each word as this does for the whole.
 */
static void copy_up(unsigned char *to, const unsigned char *from, size_t bytes)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

KEEP_LOOPS static void copy_down(unsigned char *to, const unsigned char *from, size_t bytes)
{
    to += bytes;
    from += bytes;
    for (; bytes >= sizeof(word); bytes -= sizeof(word)) {
        to -= sizeof(word);
        from -= sizeof(word);
        *(word *)to = *(const word *)from;
    }
    while (bytes--)
        *--to = *--from;
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    copy_up(to, from, bytes);
    return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
    /* One unsigned comparison: true where `to` does not lie inside the source. */
    if ((uintptr_t)to - (uintptr_t)from >= bytes)
        copy_up(to, from, bytes);
    else
        copy_down(to, from, bytes);
    return to;
}

/* By eight bytes: software that interprets a repeated instruction pays for each of its steps. */
void *memset(void *to, int value, size_t bytes)
{
    size_t words = bytes / sizeof(word), rest = bytes % sizeof(word);
    word pattern = (unsigned char)value * UINT64_C(0x0101010101010101);
    void *at = to;

    __asm__ volatile("rep stosq" : "+D"(at), "+c"(words) : "a"(pattern) : "memory");
    __asm__ volatile("rep stosb" : "+D"(at), "+c"(rest) : "a"(pattern) : "memory");
    return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
    const unsigned char *left = a;
    const unsigned char *right = b;

    for (; bytes; bytes--, left++, right++)
        if (*left != *right)
            return *left - *right;
    return 0;
}

KEEP_LOOPS size_t strlen(const char *text)
{
    size_t length = 0;

    while (text[length])
        length++;
    return length;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t bytes)
{
    for (; bytes; bytes--, a++, b++) {
        if (*a != *b)
            return (unsigned char)*a - (unsigned char)*b;
        if (!*a)
            return 0;
    }
    return 0;
}

char *strchr(const char *text, int wanted)
{
    for (; *text != (char)wanted; text++)
        if (!*text)
            return NULL;
    /* ISO C takes a const text and returns it without const: by way of an integer, to satisfy -Wcast-qual. */
    return (char *)(uintptr_t)text;
}

#endif
