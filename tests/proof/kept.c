/* SPDX-License-Identifier: MIT */
/* The finder of a kept log, on memory that holds anything. */
#include "lib/kept/kept.h"

#include "tests/proof/proof.h"

/* lib/crc.h: it reads those bytes, and may make anything of them, as sums that happen to be right. */
uint32_t crc32_update(uint32_t crc, const void *bytes, size_t count)
{
    (void)crc;
    assert(count == 0 || __CPROVER_r_ok(bytes, count));
    return nondet_u32();
}

int fmt(char *to, size_t to_bytes, const char *format, ...)
{
    size_t made = nondet_size();

    (void)format;
    assert(__CPROVER_w_ok(to, to_bytes));
    ASSUME(made < to_bytes);
    return (int)made;
}

static bool take(void *context, const char *text, size_t bytes)
{
    (void)context;
    assert(bytes <= KEPT_TEXT_BYTES && (bytes == 0 || __CPROVER_r_ok(text, bytes)));
    return nondet_bool();
}

/* Any block, seen behind any other: what is taken stays inside of it. */
void prove_look(void)
{
    static struct kept_found found;
    uint8_t *first = malloc(KEPT_BLOCK_BYTES), *second = malloc(KEPT_BLOCK_BYTES);

    kept_look(&found, first);
    kept_look(&found, second);
    assert(found.count <= KEPT_BLOCKS_MAX);
    ASSUME(found.count <= 2);
    kept_text(&found, take, NULL);
}
