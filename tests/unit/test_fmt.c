/* SPDX-License-Identifier: MIT */
/* lib/fmt.c against the host's snprintf. */
#include "tests/unit/tap.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#include "lib/fmt.h"

/* One call of both with the same arguments; texts and returned lengths must agree. */
#define SAME(...)                                                                                                      \
    do {                                                                                                               \
        char own[200];                                                                                                 \
        char host[200];                                                                                                \
        int own_length = fmt(own, sizeof(own), __VA_ARGS__);                                                           \
        int host_length = snprintf(host, sizeof(host), __VA_ARGS__);                                                   \
                                                                                                                       \
        if (!TAP_OK(own_length == host_length && strcmp(own, host) == 0, #__VA_ARGS__))                                \
            printf("# own '%s' host '%s'\n", own, host);                                                               \
    } while (0)

static void check_fixed_cases(void)
{
    SAME("plain text");
    SAME("%s|%5s|%-5s|%.2s|%6.3s|%-6.3s|", "abc", "abc", "abc", "abc", "abcdef", "abcdef");
    SAME("%*s|%-*s|%.*s|", 6, "ab", 6, "ab", 1, "ab");
    SAME("%*d|", -6, 42);
    SAME("%c%c|%3c|%-3c|", 'x', '%', 'y', 'z');
    SAME("%d %i %u %x %X", -1, 0, 4294967295u, 0xdeadbeefu, 0xdeadbeefu);
    SAME("%05d|%5d|%-5d|%05d|", 42, 42, 42, -42);
    SAME("%.3d|%6.3d|%-6.3d|%06x|%.0d|", 7, -7, 7, 0xabu, 5);
    SAME("%ld %lu %lx", LONG_MIN, ULONG_MAX, 0x123456789abcdefUL);
    SAME("%lld %llu %016llx", LLONG_MAX, ULLONG_MAX, 0xfeedfaceULL);
    SAME("%zu %zx", (size_t)SIZE_MAX, (size_t)255);
    SAME("%hhd %hhu %hd %hu", (signed char)-3, (unsigned char)200, (short)-300, (unsigned short)65535);
    SAME("%" PRIu64 " %" PRIx64 " %" PRId64, UINT64_MAX, UINT64_C(1) << 63, INT64_MIN);
    SAME("%p", (void *)(uintptr_t)0x1234);
    SAME("100%% %d%%", 5);
    SAME("%08x *%04x", 0x1fu, 0x12345u);
}

static void check_edges(void)
{
    char buf[8] = "zzzzzzz";

    TAP_INT(fmt(NULL, 0, "%d", 12345), 5, "no_buffer_gives_the_length");
    TAP_INT(fmt(buf, 4, "%d", 12345), 5, "cut_text_gives_the_whole_length");
    TAP_STR(buf, "123", "cut_text_ends_in_nul");
    TAP_OK(buf[4] == 'z', "nothing_written_behind_the_buffer");
    fmt(buf, 1, "abc");
    TAP_STR(buf, "", "one_byte_holds_the_nul");
}

/* vfmt directly: the attribute of fmt would refuse these formats. */
static int loose(char *buf, size_t bytes, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vfmt(buf, bytes, format, args);
    va_end(args);
    return length;
}

static void check_wrong_formats(void)
{
    char buf[32];

    loose(buf, sizeof(buf), "a%qb");
    TAP_STR(buf, "a%qb", "unknown_conversion_is_copied");
    TAP_INT(loose(buf, sizeof(buf), "a%"), 2, "format_may_end_in_percent");
    TAP_STR(buf, "a%", "lone_percent_is_copied");
    TAP_INT(loose(buf, sizeof(buf), "%-08"), 4, "format_may_end_in_a_width");
    TAP_STR(buf, "%-08", "cut_conversion_is_copied");
    loose(buf, sizeof(buf), "%s", (const char *)NULL);
    TAP_STR(buf, "(null)", "null_text");
}

static bool random_numbers_agree(void)
{
    for (int round = 0; round < 20000; round++) {
        char own[80];
        char host[80];
        uint64_t value = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ (uint64_t)rand();
        int width = rand() % 30 - 5;
        int precision = rand() % 26 - 1;
        long number = (long)(value >> rand() % 64);

        fmt(own, sizeof(own), "%0*ld|%-*.*ld|%*lx|%.*lX", width, number, width, precision, -number, width, number,
            precision, number);
        snprintf(host, sizeof(host), "%0*ld|%-*.*ld|%*lx|%.*lX", width, number, width, precision, -number, width,
                 number, precision, number);
        if (strcmp(own, host) != 0) {
            printf("# own '%s' host '%s'\n", own, host);
            return false;
        }
    }
    return true;
}

int main(void)
{
    srand(2);
    check_fixed_cases();
    check_edges();
    check_wrong_formats();
    TAP_OK(random_numbers_agree(), "random_numbers_as_snprintf");
    return tap_done();
}
