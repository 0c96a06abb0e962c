/* SPDX-License-Identifier: MIT */
/* Where a log comes from: a file, standard input, a serial line, a socket. Host only. */
#ifndef LAB_TOOL_LOG_SOURCE_H
#define LAB_TOOL_LOG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct source {
    int fd;
    bool live;           /* more may come: a line, a socket, a pipe, or a file that is followed */
    bool follow_file;    /* a plain file that may grow */
    uint64_t size_bytes; /* of a plain file, else 0 */
};

/*
 * Opens `name`: a path, "-", "/dev/tty...[,baud]" (any character device; 115200 8N1 raw where no baud is named),
 * "tcp:host:port" or "unix:path". `follow` waits at the end of a plain file for more. Returns false with a message,
 * without newline, in error[error_bytes].
 */
bool source_open(struct source *source, const char *name, bool follow, char *error, size_t error_bytes);

/*
 * Waits up to wait_ms for bytes. Returns their number, 0 at the end, -1 on an error (errno), or SOURCE_NOTHING_YET
 * after wait_ms without any.
 */
#define SOURCE_NOTHING_YET (-2)
ssize_t source_read(struct source *source, char *buffer, size_t bytes, int wait_ms);

void source_close(struct source *source);

#endif
