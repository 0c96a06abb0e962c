/* SPDX-License-Identifier: MIT */
#include "boot/loader_info.c"

#include "tests/proof/proof.h"

static struct boot_info info;
static struct memory_draft draft;
static char found;

/* A loader's memory: any byte at each look, or none. */
static const void *map(void *context, uint64_t address, uint64_t bytes)
{
    (void)context;
    (void)address;
    (void)bytes;
    found = nondet_char();
    return nondet_bool() ? NULL : &found;
}

/* Byte by byte: CBMC's own model takes any length. */
void *memmove(void *to, const void *from, size_t bytes)
{
    assert((char *)to <= (const char *)from); /* the only use is to the front */
    for (size_t i = 0; i < bytes; i++)
        ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

static const struct boot_source source = {.map = map};
static const struct loader_reading reading = {&source, &info, &draft};

/* A buffer of `bytes` bytes: it always ends in a NUL, and nothing is lost unless that is said. */
static void string(size_t bytes)
{
    uint64_t limit = nondet_u64();
    char *to = malloc(bytes);
    bool all = loader_string(&reading, nondet_u64(), limit, to, bytes);
    size_t length = 0;

    while (length < bytes && to[length] != '\0')
        length++;
    assert(length < bytes && length <= limit);
    assert(all || length == bytes - 1);
}

void prove_string(void)
{
    string(1);
    string(2);
    string(5);
}

/* A name of at most `bytes` - 1 characters: the last part of its first word stays, which is no longer than that. */
static void base_name(size_t bytes)
{
    char *name = malloc(bytes);
    size_t length = 0;

    ASSUME(name[bytes - 1] == '\0');
    keep_base_name(name);
    for (; length < bytes && name[length] != '\0'; length++)
        assert(name[length] != '/' && name[length] != ' ');
    assert(length < bytes);
}

void prove_base_name(void)
{
    base_name(1);
    base_name(3);
    base_name(5);
}

/* One entry to a draft of `before` entries with any content. */
static void draft_of(uint32_t before)
{
    __CPROVER_havoc_object(&draft);
    draft.count = before;
    draft.lost = 0;
    if (nondet_bool())
        memory_draft_add(&draft, nondet_u64(), nondet_u64(), nondet_u32());
    else
        memory_draft_reserve(&draft, nondet_u64(), nondet_u64());
    assert(draft.count <= MEMORY_DRAFT_MAX && draft.count + draft.lost - before <= 1);
    if (draft.count > before)
        assert(draft.ranges[before].start <= draft.ranges[before].end);
}

void prove_draft(void)
{
    draft_of(0);
    draft_of(1);
    draft_of(BOOT_MEMORY_MAX - 1);
    draft_of(BOOT_MEMORY_MAX);
    draft_of(MEMORY_DRAFT_MAX - 1);
    draft_of(MEMORY_DRAFT_MAX);
}
