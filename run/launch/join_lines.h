/* SPDX-License-Identifier: MIT */
/*
 * The launcher's lines in the log between a machine that died and the next one: a join record and the result of the
 * step (docs/record-format.md, "Host records").
 */
#ifndef LAB_RUN_LAUNCH_JOIN_LINES_H
#define LAB_RUN_LAUNCH_JOIN_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/record/record.h"
#include "run/log/reader.h"

struct join {
    const char *run_id; /* run id of the machine that died */
    uint64_t step;      /* step in which the machine died */
    const char *name;   /* name of the step */
    uint64_t next;      /* step that the next machine begins with; 0 = none follows */
    const char *why;    /* one word, e.g. kvm_internal_error */
    const char *note;   /* the emulator's or the system's words; "" = none */
    uint64_t cut_bytes; /* moved out of the log: what the machine wrote after it restarted by itself */
};

/* Ends a line that the machine left half written in `log`, then writes both lines. `host` writes into `log`. */
void join_lines_write(FILE *log, struct record_stream *host, const struct join *join);

/*
 * Moves what the log has from the reboot on that `reader` met, with the empty line before it, into a file `aside`; the
 * log's position, and the reader's, is then its new end. `cut_bytes` is the number of bytes moved. False when a file
 * cannot be read or written; the log is then unchanged.
 */
bool join_lines_cut_restart(FILE *log, struct log_reader *reader, const char *aside, uint64_t *cut_bytes);

#endif /* LAB_RUN_LAUNCH_JOIN_LINES_H */
