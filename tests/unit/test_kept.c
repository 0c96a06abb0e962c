/* SPDX-License-Identifier: MIT */
/*
 * A log that is kept in memory comes back byte for byte, from any copy, with one copy damaged wherever, stopped at each
 * line; what did not survive is said, and other bytes are never given out as the log.
 */
#define _GNU_SOURCE /* memmem() */
#include "lib/kept/kept.h"

#include <stdlib.h>

#include "lib/crc.h"
#include "tests/unit/tap.h"

enum { BLOCKS = 3, COPIES = 2, TEXT_MAX = 4 * KEPT_BLOCK_BYTES };

static uint8_t memory[COPIES][BLOCKS * KEPT_BLOCK_BYTES];
static char made[TEXT_MAX], back[TEXT_MAX];
static size_t made_bytes, back_bytes;
static struct kept kept;
static size_t stored_bytes;

static void count_stored(const void *at, size_t bytes)
{
    (void)at;
    stored_bytes += bytes;
}

static void begin(void)
{
    kept = (struct kept){
        .copies = {memory[0], memory[1]}, .copy_count = COPIES, .block_count = BLOCKS, .store = count_stored};
    kept_begin(&kept, 77, false);
    made_bytes = 0;
}

static void add(const char *text)
{
    size_t bytes = strlen(text);

    memcpy(made + made_bytes, text, bytes);
    made_bytes += bytes;
    kept_add(&kept, text, bytes);
}

/* Lines until there are so many bytes. */
static void add_lines(size_t bytes)
{
    char line[64];

    for (unsigned i = 0; made_bytes < bytes; i++) {
        snprintf(line, sizeof(line), "# IL %04x line number %u\n", i, i);
        add(line);
    }
}

static bool take(void *context, const char *text, size_t bytes)
{
    (void)context;
    if (back_bytes + bytes > sizeof(back))
        return false;
    memcpy(back + back_bytes, text, bytes);
    back_bytes += bytes;
    return true;
}

static struct kept_found found;

/* What the finder makes of the memory: the bytes that are missing. */
static uint64_t find(void)
{
    memset(&found, 0, sizeof(found));
    back_bytes = 0;
    for (size_t copy = 0; copy < COPIES; copy++)
        for (size_t i = 0; i < BLOCKS; i++)
            kept_look(&found, memory[copy] + i * KEPT_BLOCK_BYTES);
    return kept_text(&found, take, NULL);
}

static bool same(void)
{
    return back_bytes == made_bytes && memcmp(back, made, made_bytes) == 0;
}

static bool says(const char *text)
{
    return memmem(back, back_bytes, text, strlen(text)) != NULL;
}

static void test_whole(void)
{
    char line[64];
    uint64_t offset = 0;
    size_t lines = 0, bytes = 0;

    begin();
    stored_bytes = 0;
    add_lines(2 * KEPT_TEXT_BYTES + 100);
    TAP_OK(stored_bytes >= COPIES * made_bytes, "all of it is stored past the caches");
    find();
    TAP_OK(says("# idlelab: the log ends here: the run had not ended"), "a run that stopped is told");
    kept_end(&kept, false);
    TAP_INT(find(), 0, "nothing is missing");
    TAP_OK(same() && found.run == 77 && found.damaged == 0, "it comes back byte for byte");
    TAP_INT(kept_bytes(&kept), made_bytes, "its length");
    while (kept_line(&kept, &offset, line, sizeof(line))) {
        bytes += strlen(line) + 1;
        lines++;
    }
    TAP_OK(bytes == made_bytes && lines > 1000, "it is read by lines");
}

/* One copy is damaged at each place in turn: head, text, far behind the text. */
static void test_one_damaged(void)
{
    bool right = true;

    for (size_t at = 0; at < sizeof(memory[0]); at += at % KEPT_BLOCK_BYTES < KEPT_HEAD_BYTES ? 1 : 4099) {
        memory[0][at] ^= 0x10;
        right = right && find() == 0 && same();
        memory[0][at] ^= 0x10;
    }
    TAP_OK(right, "one damaged copy is no loss");
    memset(memory[1], 0xff, sizeof(memory[1]));
    TAP_OK(find() == 0 && same(), "the other may be gone");
}

static void test_both_damaged(void)
{
    memory[0][KEPT_BLOCK_BYTES + 5000] ^= 1;
    TAP_INT(find(), KEPT_TEXT_BYTES, "a block that is whole in no copy is missing");
    TAP_OK(says("\n# idlelab: 65472 bytes of the log did not survive in memory\n"), "and told");
    TAP_OK(memcmp(back, made, KEPT_TEXT_BYTES) == 0, "what is before it is there");
    memory[0][0] ^= 1;
    memory[0][2 * KEPT_BLOCK_BYTES] ^= 1;
    find();
    TAP_OK(!found.any && back_bytes > 0, "nothing at all is found in nothing");
}

/* The machine stops behind each store in turn: of the log as it was then at most the last line is missing. */
static size_t stop_behind;

static void stop(const void *at, size_t bytes)
{
    (void)at;
    (void)bytes;
    stop_behind--;
    if (stop_behind == 0)
        kept.copy_count = 0;
}

static void test_stopped(void)
{
    bool right = true;
    size_t whole;

    for (size_t i = 1; i < 40; i++) {
        begin();
        add_lines(KEPT_TEXT_BYTES - 60);
        whole = made_bytes;
        kept.store = stop;
        stop_behind = i;
        for (unsigned k = 0; k < 6; k++)
            add("another line of about thirty\n");
        find();
        right = right && back_bytes > whole && memcmp(back, made, whole) == 0;
    }
    TAP_OK(right, "a machine that stops between two stores loses no earlier line");
}

static void test_full(void)
{
    begin();
    add_lines(BLOCKS * KEPT_TEXT_BYTES + 1000);
    kept_end(&kept, false);
    TAP_OK(find() != 0 && says("the log was longer than the memory kept for it"), "a log that does not fit is told");
    TAP_OK(memcmp(back, made, (size_t)BLOCKS * KEPT_TEXT_BYTES) == 0, "its beginning is there");
    begin();
    add("short\n");
    kept_end(&kept, false);
    TAP_OK(find() == 0 && same(), "nothing of the run before is left");
}

/* Heads whose sums are right and whose numbers are not. */
static void test_hostile(void)
{
    struct kept_head head;
    uint32_t values[] = {KEPT_BLOCKS_MAX, UINT32_MAX, 0x80000000};

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        for (int member = 0; member < 2; member++) {
            memset(memory, 0, sizeof(memory));
            head = (struct kept_head){.magic = KEPT_MAGIC, .run = 1};
            *(member == 0 ? &head.index : &head.bytes) = values[i] + (member == 1 ? KEPT_BLOCK_BYTES : 0);
            head.head_crc = crc32_update(0, &head, offsetof(struct kept_head, head_crc));
            memcpy(memory[0], &head, sizeof(head));
            find();
            TAP_OK(!found.any, "a head with impossible numbers");
        }
}

/* A text that would reach into the next block, with sums that are right. */
static void test_too_long(void)
{
    struct kept_head head = {.magic = KEPT_MAGIC, .run = 1, .bytes = KEPT_TEXT_BYTES + 1};

    memset(memory, 0, sizeof(memory));
    head.text_crc = crc32_update(0, memory[0] + KEPT_HEAD_BYTES, head.bytes);
    head.head_crc = crc32_update(0, &head, offsetof(struct kept_head, head_crc));
    memcpy(memory[0], &head, sizeof(head));
    find();
    TAP_OK(!found.any, "a text that is longer than a block");
}

/* One copy got the last line, the other did not: the longer one is taken, whichever is seen first. */
static void test_later(void)
{
    for (uint32_t i = 0; i < COPIES; i++) {
        begin();
        add("first\n");
        kept.copies[0] = memory[i];
        kept.copy_count = 1;
        add("second\n");
        find();
        TAP_OK(back_bytes > made_bytes && memcmp(back, made, made_bytes) == 0, "the copy that has more");
    }
}

/* Whether somebody is waited for behind the saving: not between two boots of a series. */
static void test_series(void)
{
    begin();
    add("one boot, no series\n");
    find();
    TAP_OK(!kept_goes_on(&found), "no series");
    kept_begin(&kept, 78, true);
    made_bytes = 0;
    add_lines(KEPT_TEXT_BYTES + 100);
    find();
    TAP_OK(kept_goes_on(&found), "a boot that stopped in the middle: the series goes on");
    kept_end(&kept, true);
    TAP_OK(find() == 0 && kept_goes_on(&found), "it goes on behind a boot that ended");
    kept_begin(&kept, 79, true);
    made_bytes = 0;
    add_lines(KEPT_TEXT_BYTES + 100);
    kept_end(&kept, false);
    find();
    TAP_OK(!kept_goes_on(&found), "it was to go on, and does not");
}

int main(void)
{
    test_whole();
    test_one_damaged();
    test_both_damaged();
    test_stopped();
    test_full();
    test_hostile();
    test_too_long();
    test_later();
    test_series();
    return tap_done();
}
