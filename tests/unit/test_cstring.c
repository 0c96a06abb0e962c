/* SPDX-License-Identifier: MIT */
/* lib/cstring.c under other names, against the host's own functions. */
#include "tests/unit/tap.h"

#include <stdlib.h>

#define memcpy  own_memcpy
#define memmove own_memmove
#define memset  own_memset
#define memcmp  own_memcmp
#define strlen  own_strlen
#define strcmp  own_strcmp
#define strncmp own_strncmp
#define strchr  own_strchr
#define LAB_CSTRING_OWN
#include "lib/cstring.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen
#undef strcmp
#undef strncmp
#undef strchr

enum { ROUNDS = 20000, SPAN = 64 };

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static bool moves_agree(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        unsigned char own[SPAN];
        unsigned char host[SPAN];
        size_t from = (size_t)rand() % SPAN;
        size_t to = (size_t)rand() % SPAN;
        size_t most = SPAN - (from > to ? from : to);
        size_t bytes = (size_t)rand() % (most + 1);

        for (int i = 0; i < SPAN; i++)
            own[i] = host[i] = (unsigned char)rand();
        own_memmove(own + to, own + from, bytes);
        memmove(host + to, host + from, bytes);
        if (memcmp(own, host, SPAN) != 0)
            return false;
        own_memset(own + to, round, bytes);
        memset(host + to, round, bytes);
        if (memcmp(own, host, SPAN) != 0)
            return false;
        if (from + bytes <= to || to + bytes <= from) {
            own_memcpy(own + to, own + from, bytes);
            memcpy(host + to, host + from, bytes);
        }
        if (memcmp(own, host, SPAN) != 0)
            return false;
    }
    return true;
}

static bool texts_agree(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        char a[12];
        char b[12];
        size_t length = (size_t)rand() % sizeof(a);
        size_t limit = (size_t)rand() % (sizeof(a) + 1);
        int wanted = "abc\xff"[rand() % 4];

        for (size_t i = 0; i < sizeof(a); i++) {
            a[i] = i < length ? "abc\xff"[rand() % 4] : '\0';
            b[i] = rand() % 4 ? a[i] : (i < length ? 'b' : '\0');
        }
        a[11] = b[11] = '\0';
        if (own_strlen(a) != strlen(a) || sign(own_strcmp(a, b)) != sign(strcmp(a, b)) ||
            sign(own_strncmp(a, b, limit)) != sign(strncmp(a, b, limit)) ||
            sign(own_memcmp(a, b, limit > 12 ? 12 : limit)) != sign(memcmp(a, b, limit > 12 ? 12 : limit)) ||
            own_strchr(a, wanted) != strchr(a, wanted) || own_strchr(a, 0) != strchr(a, 0))
            return false;
    }
    return true;
}

int main(void)
{
    srand(1);
    TAP_OK(moves_agree(), "memmove_memset_memcpy_as_the_host");
    TAP_OK(texts_agree(), "strlen_strcmp_strncmp_memcmp_strchr_as_the_host");
    return tap_done();
}
