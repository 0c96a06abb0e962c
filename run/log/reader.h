/* SPDX-License-Identifier: MIT */
/*
 * Reads a log as it comes, in bounded memory, and tells what is in it and what is wrong with it: frame, sequence, CRC,
 * repeats, sum record, KTAP plan against results (docs/record-format.md, section 4). Does no input or output itself;
 * feed it from a file, a pipe, a line or a fuzzer.
 *
 * The launcher and the host tool judge by it, with the same strictness, except:
 * - To the launcher any BEGIN that no join record announces is a reboot, because it follows the machine itself. The
 *   tool takes a BEGIN with the run's own number for a line that came twice, as on a bad serial line.
 * - The tool also parses each record's JSON and recomputes the quantiles of raw samples. The launcher looks up the
 *   members that it needs and nothing more.
 */
#ifndef LAB_RUN_LOG_READER_H
#define LAB_RUN_LOG_READER_H

#include "run/log/state.h"

/*
 * A reader whose window holds `window_count` records (SEQ_WINDOW_DEFAULT_COUNT; a power of two). Returns NULL without
 * memory.
 */
struct log_reader *log_reader_new(const struct log_events *events, uint32_t window_count);

/* Takes the next bytes of the log. */
void log_reader_feed(struct log_reader *reader, const char *data, size_t bytes);

/* Goes on at `offset`: the log from `reboot_at`, or from the byte before it, on was taken out. */
void log_reader_go_back(struct log_reader *reader, uint64_t offset);

/* Takes a last line that has no end: its writer is gone. */
void log_reader_flush(struct log_reader *reader);

/* Ends the log: reports what is missing of the last run. */
void log_reader_finish(struct log_reader *reader);

/* True when the END of the run that is being read has arrived: a live source may be left. */
bool log_reader_at_end(const struct log_reader *reader);

void log_reader_free(struct log_reader *reader);

#endif
