/* SPDX-License-Identifier: MIT */
/*
 * A machine check may come at any instruction of record_emit(), and its handler ends the run in the place of the code
 * that was writing. Here the processor's single step is the machine check, at instructions around the line's way
 * out: whichever it is, no sequence number is lost, none has two texts, and the sum agrees.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

#include "lib/crc.h"
#include "lib/record/record.h"
#include "tests/unit/tap.h"

enum { BEFORE = 70, BEHIND = 210, STRIDE = 10, RECORDS_MAX = 16 };

static struct {
    char text[8192];
    size_t bytes;
} out;

static struct record_stream stream;
static char repeat[4096];
static sigjmp_buf handler;
static volatile unsigned long steps, stop_at, moved_at;

/* What the handler of #MC does. */
static void finish(void)
{
    static const struct record_counts counts = {.error = 1, .own_error = true};

    record_interrupted(&stream);
    record_emit(&stream, "{\"t\":\"fault\"}", false);
    record_end_run(&stream, &counts);
}

/* The interrupted code's stack is still there, as it is below a handler in the image. */
static void on_step(int number)
{
    (void)number;
    steps++;
    if (!moved_at && (stream.next_seq != 1 || stream.sending))
        moved_at = steps;
    if (stop_at && steps == stop_at) {
        finish();
        siglongjmp(handler, 1);
    }
}

static inline void step(bool on)
{
    if (on)
        __asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq" : : : "memory", "cc");
    else
        __asm__ volatile("pushfq\n\tandq $-0x101, (%%rsp)\n\tpopfq" : : : "memory", "cc");
}

static void take(void *context, const char *text, size_t bytes)
{
    (void)context;
    for (size_t i = 0; i < bytes && out.bytes + 1 < sizeof(out.text); i++) {
        *(volatile char *)&out.text[out.bytes] = text[i]; /* no byte is there before it is written */
        *(volatile size_t *)&out.bytes += 1;
    }
}

/* One record whole, then one that is interrupted after so many instructions (0: none), then the end. */
static void run(unsigned long interrupt_at)
{
    memset(&out, 0, sizeof(out));
    steps = moved_at = 0;
    stop_at = interrupt_at;
    record_init(&stream, repeat, sizeof(repeat));
    record_add_sink(&stream, (struct record_sink){.write = take});
    record_emit(&stream, "{\"t\":\"env\",\"k\":\"first\"}", false);
    if (sigsetjmp(handler, 1) == 0) {
        step(true);
        record_emit(&stream, "{\"t\":\"env\",\"k\":\"second\"}", false);
        step(false);
        finish();
    }
}

/* True where the whole records have numbers from 0 without gap or contradiction, and the last one is a true sum. */
static bool is_whole(void)
{
    char texts[RECORDS_MAX][256] = {""};
    unsigned count = 0, sum_crc = 0;
    uint32_t crc = 0;

    for (char *line = strtok(out.text, "\n"); line; line = strtok(NULL, "\n")) {
        char *end = strrchr(line, '*');
        unsigned seq;

        if (strncmp(line, "# IL ", 5) != 0 || !end || sscanf(line + 5, "%4x ", &seq) != 1 || seq >= RECORDS_MAX ||
            strlen(end) != 9 || strtoul(end + 1, NULL, 16) != crc32_update(0, line + 5, (size_t)(end - 1 - line - 5)))
            continue;
        end[-1] = '\0';
        if (texts[seq][0] && strcmp(texts[seq], line + 5) != 0)
            return false;
        snprintf(texts[seq], sizeof(texts[seq]), "%s", line + 5);
        count = seq + 1 > count ? seq + 1 : count;
    }
    for (unsigned i = 0; i + 1 < count; i++) {
        if (!texts[i][0])
            return false;
        crc = crc32_update(crc32_update(crc, texts[i], strlen(texts[i])), "\n", 1);
    }
    return count && strstr(texts[count - 1], "\"t\":\"sum\"") &&
           sscanf(strstr(texts[count - 1], "\"crc\":\""), "\"crc\":\"%8x", &sum_crc) == 1 && sum_crc == crc;
}

int main(void)
{
    struct sigaction action = {.sa_handler = on_step};
    unsigned long middle, wrong = 0, first_wrong = 0;

    sigaction(SIGTRAP, &action, NULL);
    run(0);
    middle = moved_at;
    TAP_OK(is_whole() && middle > BEFORE, "nothing comes between");
    for (unsigned long at = middle - BEFORE; at < middle + BEHIND; at += STRIDE) {
        run(at);
        if (!is_whole() && wrong++ == 0)
            first_wrong = at;
    }
    TAP_INT(wrong, 0, "nor does it matter where it comes");
    if (wrong)
        printf("# the first at instruction %lu, the stream changes at %lu\n", first_wrong, middle);
    return tap_done();
}
