/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: an answer of QEMU's machine protocol is input from another program. The bytes up to the first `|`
 * are the first reading of a step, the rest is the second; what the launcher makes of them must be whole `# IH` lines.
 * Seeds: answers of QEMU 7.2.
 */
// UNIT_EXTRA: run/launch/host_counters.c run/launch/hist_order.c run/launch/host_records.c
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crc.h"
#include "run/launch/hist_order.h"
#include "run/launch/host_counters.h"
#include "run/launch/host_records.h"
#include "lib/json_field.h"

enum {
    MARK_CHARS = 5,
    TAIL_CHARS = 11, /* " *", eight digits, LF */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* The frame of docs/record-format.md. */
static void check_line(void *ctx, const char *text, size_t bytes)
{
    char tail[TAIL_CHARS + 1];

    (void)ctx;
    if (bytes < MARK_CHARS + TAIL_CHARS || bytes >= RECORD_LINE_BYTES ||
        memcmp(text, RECORD_HOST_MARK, MARK_CHARS) != 0)
        abort();
    snprintf(tail, sizeof(tail), " *%08x\n", crc32_update(0, text + MARK_CHARS, bytes - MARK_CHARS - TAIL_CHARS));
    if (memcmp(text + bytes - TAIL_CHARS, tail, TAIL_CHARS) != 0 || memchr(text, '\n', bytes - 1) != NULL)
        abort();
}

/* What the launcher takes out of an answer: all of it lies inside the text. */
static void read_answer(struct host_counters *out, const char *text, size_t bytes)
{
    struct json_span returned = json_field(text, bytes, "return");
    struct json_span error = json_field(text, bytes, "error");
    char desc[64];

    if (error.text != NULL)
        json_field_text(error.text, error.bytes, "desc", desc, sizeof(desc));
    host_counters_read(out, returned.text, returned.bytes);
    if (out->counter_count > HOST_COUNTERS_MAX || out->hist_count > HOST_HISTS_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct host_counters before;
    static struct host_counters now;
    struct hist_order order = {0};
    struct record_stream stream;
    /* A copy of its own, so that a read behind its end is seen. */
    char *text = malloc(bytes > 0 ? bytes : 1);
    const char *bar;
    size_t first;
    enum hist_direction direction;

    if (text == NULL)
        abort();
    if (bytes > 0)
        memcpy(text, data, bytes);
    bar = bytes > 0 ? memchr(text, '|', bytes) : NULL;
    first = bar != NULL ? (size_t)(bar - text) : bytes;

    read_answer(&before, text, first);
    read_answer(&now, bar != NULL ? bar + 1 : text, bar != NULL ? bytes - first - 1 : bytes);
    record_init(&stream, NULL, 0);
    stream.mark = RECORD_HOST_MARK;
    record_add_sink(&stream, (struct record_sink){check_line, NULL});
    hist_order_take(&order, &now);
    direction = hist_order_direction(&order);
    host_record_counters(&stream, 1, 0, "kvm", &before, &now);
    host_record_hists(&stream, 1, 0, direction, &before, &now);
    if (stream.refused_count > 0)
        abort();
    free(text);
    return 0;
}
