/* SPDX-License-Identifier: MIT */
/* lib/arena.c: zeroed, aligned, never past its end. */
#include "lib/arena.h"

#include "tests/unit/tap.h"

enum { BLOCK_BYTES = 160 };

int main(void)
{
    static char block[BLOCK_BYTES + 1] __attribute__((aligned(16)));
    struct arena arena;
    const char *first, *second;
    bool zero = true;

    memset(block, 0x55, sizeof(block));
    arena_init(&arena, block + 1, BLOCK_BYTES);
    first = arena_alloc(&arena, 3, 5);
    second = arena_alloc(&arena, 1, 16);
    TAP_OK(first == block + 16 && second == block + 32, "each begins at 16 bytes");
    for (unsigned i = 0; first && second && i < 15; i++)
        zero &= !first[i] && !second[i];
    TAP_OK(zero, "and is zero");
    TAP_OK(!arena_alloc(&arena, 8, 15), "a block that does not fit");
    TAP_OK(!arena_alloc(&arena, SIZE_MAX / 2, 4) && !arena_alloc(&arena, SIZE_MAX, 1), "nor one whose size overflows");
    TAP_OK(arena_alloc(&arena, 7, 16) && !arena_alloc(&arena, 2, 1), "the rest to its last byte");
    TAP_OK(block[BLOCK_BYTES] == 0x55, "and nothing behind it");
    return tap_done();
}
