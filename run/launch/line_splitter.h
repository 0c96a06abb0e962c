/* SPDX-License-Identifier: MIT */
/*
 * Cuts a byte stream into lines: LF, CR LF and CR CR LF end a line. Keeps the unfinished rest until the next bytes
 * come.
 */
#ifndef LAB_RUN_LAUNCH_LINE_SPLITTER_H
#define LAB_RUN_LAUNCH_LINE_SPLITTER_H

#include <stddef.h>

enum { LINE_SPLITTER_BYTES = 65536 }; /* a longer line is handed out in pieces of this size */

struct line_splitter {
    char line[LINE_SPLITTER_BYTES];
    size_t used;
    void (*take)(void *ctx, const char *line, size_t bytes);
    void *ctx;
};

void line_splitter_init(struct line_splitter *splitter, void (*take)(void *ctx, const char *line, size_t bytes),
                        void *ctx);

/* Hands every line that [data, data + bytes) completes to `take`, without its end. */
void line_splitter_feed(struct line_splitter *splitter, const char *data, size_t bytes);

/* Hands out a last line that has no end, if there is one. */
void line_splitter_finish(struct line_splitter *splitter);

#endif /* LAB_RUN_LAUNCH_LINE_SPLITTER_H */
