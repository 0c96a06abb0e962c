/* SPDX-License-Identifier: MIT */
#include "run/launch/line_splitter.h"

void line_splitter_init(struct line_splitter *splitter, void (*take)(void *ctx, const char *line, size_t bytes),
                        void *ctx)
{
    splitter->used = 0;
    splitter->take = take;
    splitter->ctx = ctx;
}

static void hand_out(struct line_splitter *splitter)
{
    size_t bytes = splitter->used;

    while (bytes > 0 && splitter->line[bytes - 1] == '\r')
        bytes--;
    splitter->used = 0;
    splitter->take(splitter->ctx, splitter->line, bytes);
}

void line_splitter_feed(struct line_splitter *splitter, const char *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        if (data[i] == '\n') {
            hand_out(splitter);
            continue;
        }
        if (splitter->used == sizeof(splitter->line))
            hand_out(splitter);
        splitter->line[splitter->used++] = data[i];
    }
}

void line_splitter_finish(struct line_splitter *splitter)
{
    if (splitter->used > 0)
        hand_out(splitter);
}
