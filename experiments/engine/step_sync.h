/* SPDX-License-Identifier: MIT */
/*
 * A handshake at the two edges of a step, so that a launcher can read the host's counters while the guest does nothing
 * else (boot argument sync=serial; docs/record-format.md, `sync`).
 */
#ifndef LAB_EXPERIMENTS_ENGINE_STEP_SYNC_H
#define LAB_EXPERIMENTS_ENGINE_STEP_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/console/serial.h"
#include "lib/record/record.h"

struct machine;

struct step_sync {
    struct machine *machine;
    struct serial *serial;
    struct record_stream *stream;
    uint32_t count;      /* records sent */
    uint32_t unanswered; /* in a row */
    uint32_t said_step;  /* the last step whose missing answer was said; 0 = none */
};

/*
 * Writes the `sync` record of an edge ("begin", "end") and waits, at most 3 s, for its answer: the letter 'a' + n
 * modulo 26, n being the record's own number; other bytes are dropped. After an edge without an answer the run goes on
 * and a finding of the step says so; after two in a row no more are sent. Boot CPU, all others parked, outside every
 * window. sync NULL: nothing happens.
 */
void step_sync_edge(struct step_sync *sync, uint32_t number, const char *edge);

#endif /* LAB_EXPERIMENTS_ENGINE_STEP_SYNC_H */
