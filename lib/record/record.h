/* SPDX-License-Identifier: MIT */
/*
 * The stream of lines that leaves the lab: frame, records and plain lines (docs/record-format.md, fmt=1).
 *
 * One stream per run, owned by one CPU; nothing here may be called while a CPU measures, because a sink may wait for
 * hardware. Every line reaches each sink whole, in one call of its write function.
 */
#ifndef LAB_LIB_RECORD_RECORD_H
#define LAB_LIB_RECORD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/infer/confidence.h"
#include "lib/json.h"

#define RECORD_MARK      "# IL " /* the lab's records */
#define RECORD_HOST_MARK "# IH " /* what the host knows, joined in by the launcher */

enum {
    RECORD_SINKS_MAX = 6,
    RECORD_LINE_BYTES = 240, /* the longest line: "# IL " 8 hex, blank, 200, " *" 8 hex, LF, NUL */
    RECORD_FORMAT = 1,
};

struct record_sink {
    void (*write)(void *ctx, const char *text, size_t bytes);
    void *ctx;
};

struct record_counts {
    uint32_t pass;
    uint32_t fail;
    uint32_t skip;
    uint32_t error; /* the lab's own failures */
    bool own_error; /* the last of them is no step's: it ends the run */
};

enum record_result {
    RECORD_PASS,
    RECORD_FAIL,
    RECORD_ERROR,
};

extern const char *const RECORD_RESULT_WORDS[]; /* PASS, FAIL, ERROR: as IDLELAB-END says them */

struct record_stream {
    struct record_sink sinks[RECORD_SINKS_MAX];
    uint32_t sink_count;
    uint32_t next_seq;      /* = number of records so far */
    uint32_t crc;           /* CRC-32 of all record texts, each followed by LF */
    uint32_t refused_count; /* records that did not fit and were not written */
    uint64_t run_id;
    bool ended;          /* IDLELAB-END is out, or on its way: nothing follows it */
    const char *sending; /* the line that is on its way to the sinks; NULL: none */
    size_t sending_bytes;
    uint32_t sending_crc, sending_seq; /* crc and next_seq behind that line */
    const char *mark;                  /* the beginning of record lines: RECORD_MARK, or another writer's */
    char *repeat;                      /* whole lines that wait for their second copy */
    size_t repeat_bytes;
    size_t repeat_used;
};

/* Makes an empty stream. The repeat buffer stays the caller's; with repeat_bytes = 0 second copies go out at once. */
void record_init(struct record_stream *stream, char *repeat, size_t repeat_bytes);

/* Adds one sink; false when there are RECORD_SINKS_MAX already. */
bool record_add_sink(struct record_stream *stream, struct record_sink sink);

/* Writes an empty line and IDLELAB-BEGIN, and starts the sequence at 0. */
void record_begin_run(struct record_stream *stream, uint64_t run_id);

/*
 * Writes one record at once and, when `twice`, keeps its line for the second copy (when the buffer is full, the waiting
 * repeats are sent first). json_text is what json_end() gave: NULL, an empty text or one over 200 characters is refused
 * and counted; the run then ends as ERROR. False when refused.
 */
bool record_emit(struct record_stream *stream, const char *json_text, bool twice);

/* A whole record of members as json_add() takes them. */
bool record_write(struct record_stream *stream, bool twice, const char *members, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Sends the interrupted line again, on a line of its own. For a handler that ends the run in the place of the code that
 * was writing: no record is lost, and readers know a torn line by the whole one behind it.
 */
void record_interrupted(struct record_stream *stream);

/* Sends the second copies that wait; called at the end of each step. */
void record_flush_repeats(struct record_stream *stream);

/*
 * Writes one line that is not a record (KTAP, "# comment"). Characters outside printable ASCII become '?'; a line over
 * 238 characters is cut and ends in "...".
 */
void record_line(struct record_stream *stream, const char *text);

/* Turns every character outside printable ASCII into '?'. */
void record_clean(char *text);

/*
 * One record whose last member `key` is a text of any length: head holds the members before it, not ended. Where the
 * text does not fit, the record goes out in parts, each with the members p (from 1) and of before its piece. False when
 * even the head leaves no room, or a text needs more than 9999 parts.
 */
bool record_long(struct record_stream *stream, const struct json *head, const char *key, const char *text, bool twice);

/* Facts: {"t":"env","k":key,"v":value}, sent twice; long texts are split. The cpu forms are the same with "t":"cpu". */
bool record_env(struct record_stream *stream, const char *key, const char *value);
bool record_env_uint(struct record_stream *stream, const char *key, uint64_t value);
bool record_cpu(struct record_stream *stream, const char *key, const char *value);
bool record_cpu_uint(struct record_stream *stream, const char *key, uint64_t value);

/*
 * {"t":"finding","step":step,"id":id,"text":text,"conf":conf}, sent twice. step < 0: about the run, no member `step`;
 * conf CONFIDENCE_NONE: not an inference, no member `conf`.
 */
bool record_finding(struct record_stream *stream, int64_t step, const char *id, enum confidence conf, const char *text);

/*
 * Ends the run: a finding where records were refused, the sum record, all second copies, the KTAP totals, IDLELAB-END.
 * The result is ERROR with any error or refused record, else FAIL with any failure, else PASS; it is returned for the
 * exit code.
 */
enum record_result record_end_run(struct record_stream *stream, const struct record_counts *counts);

#endif
