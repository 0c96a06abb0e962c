/* SPDX-License-Identifier: MIT */
#include "run/tool/trace/heap.h"

#include <stdlib.h>

enum { HEAP_FIRST = 64 };

static void sift_down(struct trace_heap *heap, uint32_t at)
{
    for (;;) {
        uint32_t child = 2 * at + 1;
        struct trace_entry moved = heap->entry[at];

        if (child + 1 < heap->count && heap->entry[child + 1].expires < heap->entry[child].expires)
            child++;
        if (child >= heap->count || moved.expires <= heap->entry[child].expires)
            return;
        heap->entry[at] = heap->entry[child];
        heap->entry[child] = moved;
        at = child;
    }
}

void trace_heap_pop(struct trace_heap *heap)
{
    heap->entry[0] = heap->entry[--heap->count];
    sift_down(heap, 0);
}

bool trace_heap_keep(struct trace_heap *heap, uint32_t kept)
{
    uint32_t room = heap->room ? 2 * heap->room : HEAP_FIRST;
    struct trace_entry *more;

    heap->count = kept;
    for (uint32_t i = kept / 2; i-- > 0;)
        sift_down(heap, i);
    if (kept < heap->room / 2)
        return true;
    more = realloc(heap->entry, room * sizeof(*more));
    if (!more)
        return kept < heap->room;
    heap->entry = more;
    heap->room = room;
    return true;
}

void trace_heap_push(struct trace_heap *heap, struct trace_entry entry)
{
    uint32_t at;

    for (at = heap->count++; at > 0 && heap->entry[(at - 1) / 2].expires > entry.expires; at = (at - 1) / 2)
        heap->entry[at] = heap->entry[(at - 1) / 2];
    heap->entry[at] = entry;
}
