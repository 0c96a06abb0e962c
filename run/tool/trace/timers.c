/* SPDX-License-Identifier: MIT */
#include "run/tool/trace/timers.h"

#include <stdlib.h>
#include <string.h>

#include "run/tool/trace/heap.h"

enum { TIMERS_FIRST = 256 };

enum place {
    PLACE_NONE,
    PLACE_QUEUE,
    PLACE_LATE,
    PLACE_UNPLACED,
    PLACE_SILENT,
};

struct timer {
    uint64_t id;
    int64_t expires;
    uint32_t cpu;
    uint32_t generation; /* of the entry in a heap that is valid */
    uint32_t next_free;
    uint8_t place, queue;
};

struct cpu_timers {
    struct trace_heap heap[TRACE_QUEUES];
    uint32_t late, unplaced;
    int64_t latest; /* expiry of the last that was found late */
};

struct trace_timers {
    struct cpu_timers *cpu;
    uint32_t cpus_max;
    struct timer *timer;
    uint32_t *slot;             /* index of a timer, and 1; 0 for an empty one, UINT32_MAX for one that was left */
    uint32_t count, room, free; /* of the timers; the slots are twice the room */
    uint32_t used_slots;
    uint64_t dropped;
};

void trace_timers_free(struct trace_timers *timers)
{
    for (uint32_t c = 0; timers->cpu && c < timers->cpus_max; c++)
        for (uint32_t q = 0; q < TRACE_QUEUES; q++)
            free(timers->cpu[c].heap[q].entry);
    free(timers->cpu);
    free(timers->timer);
    free(timers->slot);
    free(timers);
}

static uint32_t hash_of(const struct trace_timers *timers, uint64_t id)
{
    return (uint32_t)(id * UINT64_C(0x9E3779B97F4A7C15) >> 32) % (2 * timers->room);
}

/* The slot that holds `id`, or the number of slots. */
static uint32_t find_slot(const struct trace_timers *timers, uint64_t id)
{
    for (uint32_t i = 0, at = hash_of(timers, id); i < 2 * timers->room; i++, at = (at + 1) % (2 * timers->room)) {
        uint32_t slot = timers->slot[at];

        if (slot == 0)
            break;
        if (slot != UINT32_MAX && timers->timer[slot - 1].id == id)
            return at;
    }
    return 2 * timers->room;
}

/* Fills the table of slots anew, without those that were left. */
static void rehash(struct trace_timers *timers)
{
    memset(timers->slot, 0, 2 * (size_t)timers->room * sizeof(*timers->slot));
    timers->used_slots = 0;
    for (uint32_t i = 0; i < timers->count; i++) {
        uint32_t at = hash_of(timers, timers->timer[i].id);

        if (timers->timer[i].place == PLACE_NONE)
            continue;
        while (timers->slot[at])
            at = (at + 1) % (2 * timers->room);
        timers->slot[at] = i + 1;
        timers->used_slots++;
    }
}

/* Room for twice as many timers; false where there is none. */
static bool grow(struct trace_timers *timers)
{
    uint32_t room = timers->room ? 2 * timers->room : TIMERS_FIRST;
    struct timer *more = room <= TRACE_TIMERS_MAX ? realloc(timers->timer, room * sizeof(*more)) : NULL;
    uint32_t *slot;

    if (!more)
        return false;
    memset(more + timers->room, 0, (room - timers->room) * sizeof(*more));
    timers->timer = more;
    slot = realloc(timers->slot, 2 * (size_t)room * sizeof(*slot));
    if (!slot)
        return false;
    timers->slot = slot;
    timers->room = room;
    rehash(timers);
    return true;
}

struct trace_timers *trace_timers_new(uint32_t cpus_max)
{
    struct trace_timers *timers = calloc(1, sizeof(*timers));

    if (!timers)
        return NULL;
    timers->cpus_max = cpus_max;
    timers->cpu = calloc(cpus_max, sizeof(*timers->cpu));
    timers->free = UINT32_MAX;
    if (timers->cpu && grow(timers))
        return timers;
    trace_timers_free(timers);
    return NULL;
}

/* A place for `id`, or NULL where all are taken. */
static struct timer *add(struct trace_timers *timers, uint64_t id)
{
    uint32_t index = timers->free, at;

    if (index != UINT32_MAX) {
        timers->free = timers->timer[index].next_free;
    } else if (timers->count < timers->room || grow(timers)) {
        index = timers->count++;
    } else {
        timers->dropped++;
        return NULL;
    }
    if (timers->used_slots > 2 * timers->room / 4 * 3)
        rehash(timers);
    for (at = hash_of(timers, id); timers->slot[at]; at = (at + 1) % (2 * timers->room))
        if (timers->slot[at] == UINT32_MAX) {
            timers->used_slots--;
            break;
        }
    timers->slot[at] = index + 1;
    timers->used_slots++;
    timers->timer[index].id = id;
    return &timers->timer[index];
}

/* Takes a timer out of what it is in; its entries in heaps become stale. */
static void leave(struct trace_timers *timers, struct timer *timer)
{
    struct cpu_timers *cpu = &timers->cpu[timer->cpu];

    if (timer->place == PLACE_LATE && timer->queue != TRACE_QUEUE_HRTIMER)
        cpu->late--;
    if (timer->place == PLACE_UNPLACED)
        cpu->unplaced--;
    timer->generation++;
    timer->place = PLACE_NONE;
}

static void release(struct trace_timers *timers, uint32_t slot)
{
    uint32_t index = timers->slot[slot] - 1;

    leave(timers, &timers->timer[index]);
    timers->timer[index].next_free = timers->free;
    timers->free = index;
    timers->slot[slot] = UINT32_MAX;
}

static bool is_stale(const struct trace_timers *timers, const struct trace_entry *entry)
{
    const struct timer *timer = &timers->timer[entry->timer];

    return timer->place != PLACE_QUEUE || timer->generation != entry->generation;
}

static void push(struct trace_timers *timers, const struct timer *timer)
{
    struct trace_heap *heap = &timers->cpu[timer->cpu].heap[timer->queue];
    struct trace_entry entry = {timer->expires, (uint32_t)(timer - timers->timer), timer->generation};

    /* What is stale goes before there is more room. */
    if (heap->count == heap->room) {
        uint32_t kept = 0;

        for (uint32_t i = 0; i < heap->count; i++)
            if (!is_stale(timers, &heap->entry[i]))
                heap->entry[kept++] = heap->entry[i];
        if (!trace_heap_keep(heap, kept)) {
            timers->dropped++;
            return;
        }
    }
    trace_heap_push(heap, entry);
}

static struct timer *timer_for(struct trace_timers *timers, uint64_t id, uint32_t cpu)
{
    uint32_t slot = find_slot(timers, id);
    struct timer *timer = slot < 2 * timers->room ? &timers->timer[timers->slot[slot] - 1] : add(timers, id);

    if (!timer || cpu >= timers->cpus_max)
        return NULL;
    leave(timers, timer);
    timer->cpu = cpu;
    return timer;
}

void trace_timers_arm(struct trace_timers *timers, enum trace_queue queue, uint64_t id, uint32_t cpu, int64_t expires)
{
    struct timer *timer = timer_for(timers, id, cpu);

    if (!timer)
        return;
    timer->place = PLACE_QUEUE;
    timer->queue = (uint8_t)queue;
    timer->expires = expires;
    push(timers, timer);
}

void trace_timers_arm_unplaced(struct trace_timers *timers, uint64_t id, uint32_t cpu)
{
    struct timer *timer = timer_for(timers, id, cpu);

    if (!timer)
        return;
    timer->place = PLACE_UNPLACED;
    timers->cpu[cpu].unplaced++;
}

void trace_timers_arm_silent(struct trace_timers *timers, uint64_t id, uint32_t cpu)
{
    struct timer *timer = timer_for(timers, id, cpu);

    if (timer)
        timer->place = PLACE_SILENT;
}

bool trace_timers_drop(struct trace_timers *timers, uint64_t id)
{
    uint32_t slot = find_slot(timers, id);

    if (slot >= 2 * timers->room)
        return false;
    release(timers, slot);
    return true;
}

void trace_timers_forget(struct trace_timers *timers, uint32_t cpu)
{
    for (uint32_t i = 0; i < timers->count; i++)
        if (timers->timer[i].place != PLACE_NONE && timers->timer[i].cpu == cpu)
            release(timers, find_slot(timers, timers->timer[i].id));
}

int64_t trace_timers_next(struct trace_timers *timers, enum trace_queue queue, uint32_t cpu, int64_t from)
{
    struct cpu_timers *own = &timers->cpu[cpu];
    struct trace_heap *heap = &own->heap[queue];

    while (heap->count > 0) {
        struct timer *timer = &timers->timer[heap->entry[0].timer];

        if (!is_stale(timers, &heap->entry[0])) {
            if (timer->expires >= from)
                return timer->expires;
            timer->place = PLACE_LATE;
            if (queue != TRACE_QUEUE_HRTIMER) {
                own->late++;
                own->latest = timer->expires;
            }
        }
        trace_heap_pop(heap);
    }
    return INT64_MAX;
}

bool trace_timers_late(const struct trace_timers *timers, uint32_t cpu, int64_t from, int64_t patience)
{
    return timers->cpu[cpu].late > 0 && (int64_t)((uint64_t)from - (uint64_t)timers->cpu[cpu].latest) <= patience;
}

bool trace_timers_unplaced(const struct trace_timers *timers, uint32_t cpu)
{
    return timers->cpu[cpu].unplaced > 0;
}

uint64_t trace_timers_dropped(const struct trace_timers *timers)
{
    return timers->dropped;
}
