/* SPDX-License-Identifier: MIT */
/*
 * Wake patterns: when the events of a load come, which of them a governor may know of, and how much work follows each.
 * The same seed gives the same events.
 *
 * All times are distances in ns from the end of the work before, except the timer of PATTERN_PERIODIC: its distance is
 * from the timer before. Integers only; one owner per generator, any context.
 */
#ifndef LAB_LIB_PATTERN_H
#define LAB_LIB_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/prng.h"

enum pattern_kind {
    PATTERN_PERIODIC, /* a timer on a grid, with work and sleep */
    PATTERN_POISSON,  /* a device that interrupts at random, which no governor can foresee */
    PATTERN_BURST,    /* eight wakes 20 us apart, the bursts at random */
    PATTERN_NET,      /* trains of packets with silence between them, and a timer of 40 ms */
    PATTERN_PINGPONG, /* two CPUs wake each other in turn */
    PATTERN_RING,     /* a token goes round all CPUs */
    PATTERN_TRACE,    /* the rows of a trace, repeated */
    PATTERN_KINDS,
};

enum {
    PATTERN_HZ_MAX = 100000,
    PATTERN_BURST_WAKES = 8,
    PATTERN_BURST_GAP_NS = 20000,
};

/* The distance of an event that does not come by itself. */
#define PATTERN_NEVER UINT64_MAX

/* The timeout that the load keeps armed and usually cancels: the longest sleep. */
#define PATTERN_TIMEOUT_NS UINT64_C(1000000000)

struct pattern_spec {
    enum pattern_kind kind;
    uint64_t hz;      /* 0: the kind takes none */
    const char *rows; /* of PATTERN_TRACE: text behind the header line */
    size_t rows_bytes;
};

/* The events that a CPU waits for. The earlier of the two distances ends the wait. */
struct pattern_event {
    uint64_t timer_ns; /* a timer: governors may ask for it */
    uint64_t wake_ns;  /* an interrupt by a device: they may not; or PATTERN_NEVER */
    uint64_t work_ns;  /* work of the load after the wake */
};

struct pattern {
    struct pattern_spec spec;
    struct prng prng;
    uint64_t pending_ns; /* distance of a wake that comes after a timer */
    uint32_t left;       /* wakes left in this train or burst */
    size_t at;           /* in the rows of a trace */
};

/*
 * Reads "periodic:211", "ring" and so on from `bytes` characters: a kind, and where it has a rate a colon and Hz, 1 to
 * PATTERN_HZ_MAX. NULL, or what was expected.
 */
const char *pattern_parse(const char *text, size_t bytes, struct pattern_spec *spec);

/* True where another CPU makes the events: the distances are then only the timeout. */
static inline bool pattern_is_remote(enum pattern_kind kind)
{
    return kind == PATTERN_PINGPONG || kind == PATTERN_RING;
}

/*
 * Takes a trace, one row a line, the header first: period,next_timer_ns,tick_ns,latency_ns,wake_ns, cause,... as
 * `idlelab replay` reads it. The text must outlive the spec. NULL, or what is wrong.
 */
const char *pattern_trace_open(const char *text, size_t bytes, struct pattern_spec *spec);

/* True where a text begins like a trace. */
bool pattern_is_trace(const char *text, size_t bytes);

/* Gives the row at *at and advances it, at the end to the first; a timer or wake is no later than the timeout. */
void pattern_trace_next(const struct pattern_spec *spec, size_t *at, struct pattern_event *event);

/* Starts a generator. */
void pattern_start(struct pattern *pattern, const struct pattern_spec *spec, uint64_t seed);

/* The next event. */
void pattern_next(struct pattern *pattern, struct pattern_event *event);

#endif
