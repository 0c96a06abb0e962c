/* SPDX-License-Identifier: MIT */
/*
 * Runs the steps of a plan, one after the other, and lets none of them take the others down.
 *
 * Boot CPU. A step ends by its samples, its budget, or badly: a wake that never came, a hang, a fault; each way leaves
 * a record and a machine on which the next step can run.
 */
#ifndef LAB_EXPERIMENTS_ENGINE_RUNNER_H
#define LAB_EXPERIMENTS_ENGINE_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/record/ktap.h"
#include "lib/script/plan.h"
#include "lib/record/record.h"

struct machine;
struct step_sync;

struct runner {
    struct machine *machine;
    struct record_stream *stream;
    struct ktap *ktap;
    bool seed_given; /* by the command line: for steps without a seed of their own */
    uint64_t seed;
    uint32_t first_step;    /* from 1; the steps before it are not run */
    uint64_t boot_tsc;      /* what "ms since boot" counts from */
    uint64_t tick_due_tsc;  /* when the next heartbeat goes out */
    struct step_sync *sync; /* the handshake at each step's edges; NULL = none */
    /* Waits until what was written is out of the machine, which a batch may take down. NULL = it always is. */
    void (*drain)(void *context);
    void *context; /* of drain */
};

/* Runs the steps from `first_step` on; the KTAP plan line is out already. */
void runner_run(struct runner *runner, const struct plan *plan);

#endif /* LAB_EXPERIMENTS_ENGINE_RUNNER_H */
