/* SPDX-License-Identifier: MIT */
/*
 * A governor chooses the state in which a CPU idles. One file and one descriptor each; integers only.
 *
 * One pass of an idle loop: governor_choose(), sleep, governor_slept(). Pure: clock and I/O only by the loop's answers.
 * One CPU owns one governor_run; any context.
 */
#ifndef LAB_LIB_GOVERNOR_GOVERNOR_H
#define LAB_LIB_GOVERNOR_GOVERNOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/governor/counters.h"
#include "lib/governor/idle_loop.h"

enum { GOVERNOR_STATE_BYTES = 512 };

struct governor {
    const char *name;
    const char *alias; /* another name for the same behaviour, or NULL */
    const char *title;
    uint32_t state_bytes; /* size of the governor's own data, zeroed before enable(); GOVERNOR_STATE_BYTES at most */
    bool needs_argument;  /* a state's name or number after a colon */
    bool needs_future;    /* runs only where the loop can answer future_ns */
    /* Returns NULL, or why the governor cannot run with this table. The pointer may be NULL. */
    const char *(*check)(const struct idle_table *table, uint32_t argument);
    /* Prepares the governor's data. `argument` is 0 where it takes none. The pointer may be NULL. */
    void (*enable)(void *state, struct idle_loop *loop, uint32_t argument);
    /* Returns the state to enter. *stop_tick is true on entry; false keeps the tick running. */
    uint32_t (*select)(void *state, struct idle_loop *loop, bool *stop_tick);
    /* Called after an idle period, unless the entry was refused. */
    void (*reflect)(void *state, struct idle_loop *loop, uint32_t chosen);
};

/*
 * Makes the governor known: put it after its definition. The section's name is a C identifier, so the linker defines
 * its start and end; an image linked with --gc-sections must name it in its linker script.
 */
#define GOVERNOR(descriptor)                                                                                           \
    static const struct governor *const governor_entry_##descriptor __attribute__((used, section("lab_governors"))) =  \
        &(descriptor)

/* All governors, from 0 to governor_count() - 1, in the linker's order. */
uint32_t governor_count(void);
const struct governor *governor_at(uint32_t index);

/*
 * The governor that `word` names: its name or alias, or its name, a colon and a state. NULL where there is none;
 * *argument is the text after the colon, or NULL.
 */
const struct governor *governor_find(const char *word, const char **argument);

struct governor_choice {
    uint32_t state;
    bool stop_tick;    /* the governor's answer */
    bool tick_stopped; /* whether the tick is stopped during the sleep */
    bool queried;      /* the governor asked for the distances */
};

struct governor_run {
    const struct governor *governor;
    bool tick_always; /* nohz=off: the tick cannot be stopped */
    struct idle_loop loop;
    struct idle_counters counters;
    uint64_t state[GOVERNOR_STATE_BYTES / sizeof(uint64_t)];
};

/*
 * Starts a governor on a copy of `loop` whose device record is empty. `argument` is the text after the governor's
 * colon, or NULL. Returns NULL, or why the governor cannot run.
 */
const char *governor_start(struct governor_run *run, const struct governor *governor, const char *argument,
                           const struct idle_loop *loop);

/*
 * The first half of a pass: asks the governor, keeps or stops the tick. False where it chose a state that the table
 * does not have: choice->state has its number, and the caller must enter no state.
 */
bool governor_choose(struct governor_run *run, struct governor_choice *choice);

/*
 * The second half: `residency_ns` was spent in `chosen`, the exit included; `tick_woke`: the tick fired meanwhile. A
 * poll whose budget ran out has set loop.device.timed_out.
 */
void governor_slept(struct governor_run *run, uint32_t chosen, uint64_t residency_ns, bool tick_woke);

/* The second half where the entry was refused: the governor is not told. */
void governor_refused(struct governor_run *run, uint32_t chosen);

#endif
