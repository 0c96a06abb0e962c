/* SPDX-License-Identifier: MIT */
/* A heap of expiries, the earliest on top. Entries may be stale; whoever owns it knows. Only timers.c includes it. */
#ifndef LAB_TOOL_TRACE_HEAP_H
#define LAB_TOOL_TRACE_HEAP_H

#include <stdbool.h>
#include <stdint.h>

struct trace_entry {
    int64_t expires;
    uint32_t timer, generation;
};

struct trace_heap {
    struct trace_entry *entry;
    uint32_t count, room;
};

/* There must be room: count below room. */
void trace_heap_push(struct trace_heap *heap, struct trace_entry entry);

void trace_heap_pop(struct trace_heap *heap);

/*
 * The first `kept` entries, in whatever order, are all there is; makes more room where they fill half of it. False
 * where there is none.
 */
bool trace_heap_keep(struct trace_heap *heap, uint32_t kept);

#endif
