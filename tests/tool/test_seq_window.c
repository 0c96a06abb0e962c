/* SPDX-License-Identifier: MIT */
/*
 * run/log/seq_window.c, a ring of 16: what is new, known, another or too late, which gaps are told and when, and the
 * CRC over all texts. TAP on standard output.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <zlib.h>

#include "run/log/seq_window.h"

enum { RING = 16 };

static unsigned number, failed;
static char told[200]; /* the gaps: FIRST-LAST@LINE_BEFORE,LINE_AFTER */

static void ok(bool good, const char *name)
{
    failed += !good;
    printf("%sok %u - %s\n", good ? "" : "not ", ++number, name);
    if (!good)
        printf("# gaps told: %s\n", told);
}

static void tell(void *ctx, const struct seq_gap *gap)
{
    size_t used = strlen(told);

    (void)ctx;
    snprintf(told + used, sizeof(told) - used, "%" PRIu32 "-%" PRIu32 "@%" PRIu32 ",%" PRIu32 " ", gap->first,
             gap->last, gap->line_before, gap->line_after);
}

/* Number `seq` on line 100 + seq. */
static enum seq_status put(struct seq_window *window, uint32_t seq, const char *text)
{
    uint32_t crc = (uint32_t)crc32(0, (const unsigned char *)text, (unsigned)strlen(text));

    return seq_window_put(window, seq, crc, strlen(text), 100 + seq);
}

static void start(struct seq_window *window)
{
    seq_window_reset(window);
    told[0] = '\0';
}

static void check_order(struct seq_window *window)
{
    static const char all[] = "zero\none\ntwo\n";

    start(window);
    ok(put(window, 0, "zero") == SEQ_NEW && put(window, 2, "two") == SEQ_NEW && put(window, 1, "one") == SEQ_NEW,
       "three records, the second one last");
    ok(window->crc == (uint32_t)crc32(0, (const unsigned char *)all, sizeof(all) - 1), "the CRC over all");
    ok(window->crc_before == (uint32_t)crc32(0, (const unsigned char *)all, 9), "and over all but the last");
    ok(put(window, 1, "one") == SEQ_REPEAT, "the same once more");
    ok(put(window, 1, "eno") == SEQ_CONFLICT && put(window, 1, "one ") == SEQ_CONFLICT, "the same number otherwise");
    seq_window_finish(window, 3);
    ok(!told[0] && window->given_up_count == 0, "nothing is missing");
}

static void check_gaps(struct seq_window *window)
{
    start(window);
    put(window, 0, "a");
    put(window, 3, "b");
    put(window, 5, "c");
    seq_window_finish(window, 0);
    ok(strcmp(told, "1-2@100,103 4-4@103,105 ") == 0, "two gaps and the lines beside them");
    ok(window->given_up_count == 3, "three are missing");
    start(window);
    put(window, 0, "a");
    seq_window_finish(window, 4);
    ok(strcmp(told, "1-3@100,0 ") == 0 && window->given_up_count == 3, "what is missing behind the last");
}

/* Half of the ring stays free: number 9 is as far ahead of 1 as may not be. */
static void check_far_ahead(struct seq_window *window)
{
    start(window);
    put(window, 0, "a");
    put(window, 8, "b");
    ok(!told[0] && put(window, 1, "c") == SEQ_NEW, "eight ahead of the first one missing");
    start(window);
    put(window, 0, "a");
    put(window, 9, "b");
    ok(strcmp(told, "1-1@100,0 ") == 0 && window->given_up_count == 1, "nine ahead: that one is given up at once");
    ok(put(window, 1, "c") == SEQ_TOO_LATE && put(window, 2, "d") == SEQ_NEW, "and comes too late, the next one not");
    put(window, 1000, "e");
    ok(window->given_up_count == 1 + 1000 - RING / 2 - 3, "far ahead, all but half of the ring are");
    ok(put(window, 900, "f") == SEQ_TOO_LATE, "what left the ring is too late");
}

int main(void)
{
    struct seq_window window;

    if (!seq_window_init(&window, RING, tell, NULL))
        return 1;
    check_order(&window);
    check_gaps(&window);
    check_far_ahead(&window);
    seq_window_free(&window);
    printf("1..%u\n", number);
    return failed != 0;
}
