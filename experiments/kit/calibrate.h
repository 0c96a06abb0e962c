/* SPDX-License-Identifier: MIT */
/*
 * The empty path: a method's own window with the wake already pending, so that nothing is waited for.
 *
 * The time from the stamp before to the first stamp of the wake is the floor of every latency measured by that method.
 * It is taken a second time through the window with an LFENCE behind the wait (idle.h): what that floor has more, a
 * stamp without the fence may hide.
 */
#ifndef LAB_EXPERIMENTS_KIT_CALIBRATE_H
#define LAB_EXPERIMENTS_KIT_CALIBRATE_H

#include <stdbool.h>
#include <stdint.h>

struct idle_call;
struct idle_method;
struct machine;
struct step;

struct empty_floor {
    uint32_t count;  /* samples kept */
    uint32_t missed; /* tries in which the interrupt was not pending in time */
    int64_t min_tsc; /* min(t_isr, t_after) - t_before */
    int64_t p50_tsc;
    int64_t after_min_tsc; /* t_after - t_before */
};

struct empty_path {
    uint32_t waits; /* windows entered, the missed ones and those with a fence included */
    struct empty_floor plain, fenced;
};

/*
 * Sends the running CPU an interrupt, waits until it is pending, enters the window. Interrupts off, in a batch. Fills
 * *empty with this one sample. False: it was not pending in time, and only `waits` is set.
 */
bool calibrate_empty_once(struct step *step, void (*wait)(struct idle_call *call), struct idle_call *call,
                          struct empty_path *empty);

/*
 * Takes 200 such samples of a method's window, with interrupts on or masked, and 200 of its twin with a fence; none
 * where nothing can be pending for it.
 */
void calibrate_empty(struct step *step, const struct idle_method *method, bool masked, struct idle_call *call,
                     struct empty_path *empty);

/* The `cal` records. Boot CPU, nothing measuring. */
void calibrate_emit(struct step *step, const char *irq, const char *method, const struct empty_path *empty);

#endif /* LAB_EXPERIMENTS_KIT_CALIBRATE_H */
