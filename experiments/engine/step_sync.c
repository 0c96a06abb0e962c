/* SPDX-License-Identifier: MIT */
#include "experiments/engine/step_sync.h"

#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"

enum {
    LIMIT_US = 3 * 1000 * 1000,
    LOOK_US = 20, /* between two polls: each one is an exit to the host, and counted there */
    REST_LOOKS_MAX = 4096,
    LETTERS = 26,
    UNANSWERED_MAX = 2,
    STALE_BYTES_MAX = 64, /* more than any FIFO holds: the search ends even where bytes never stop */
};

/* The limit counts only after this many polls: a CPU that the host did not run has not polled. */
static const uint32_t looks_min = 64;
/* Where the TSC stands still, this many polls alone end the wait. */
static const uint32_t looks_max = UINT32_C(1) << 24;

/* An answer that came too late for an earlier edge. */
static void drop_stale(struct serial *serial)
{
    uint8_t byte;

    for (unsigned i = 0; i < STALE_BYTES_MAX && serial_read(serial, 0, &byte); i++)
        ;
}

/* Without PAUSE, which some hosts intercept and count as well; bounded where the TSC stands still. */
static void rest(uint64_t ticks_tsc)
{
    uint64_t begin_tsc = tsc_now();

    for (unsigned i = 0; i < REST_LOOKS_MAX && tsc_now() - begin_tsc < ticks_tsc; i++)
        ;
}

static bool wait_for_answer(struct step_sync *sync, uint8_t wanted)
{
    uint64_t begin_tsc = tsc_now(), limit_tsc = delay_tsc(sync->machine, LIMIT_US);
    uint64_t rest_tsc = delay_tsc(sync->machine, LOOK_US);

    for (uint32_t looks = 0; looks < looks_max; looks++) {
        uint8_t byte;

        if (serial_read(sync->serial, wanted, &byte) && byte == wanted)
            return true;
        if (looks >= looks_min && tsc_now() - begin_tsc > limit_tsc)
            break;
        rest(rest_tsc);
    }
    return false;
}

/* Reported once a step: a reading taken too late is worse than none. */
static void say_unanswered(struct step_sync *sync, uint32_t number)
{
    if (sync->said_step == number)
        return;
    sync->said_step = number;
    record_finding(sync->stream, number, "sync_unanswered", CONFIDENCE_NONE,
                   "no answer came on the serial port in time: what the host counted in this step is "
                   "not known, whatever the log says");
}

void step_sync_edge(struct step_sync *sync, uint32_t number, const char *edge)
{
    if (!sync || !serial_is_ready(sync->serial) || sync->unanswered >= UNANSWERED_MAX)
        return;
    drop_stale(sync->serial);
    record_write(sync->stream, false, "t:%s step:%u at:%s n:%u", "sync", number, edge, sync->count);
    if (wait_for_answer(sync, (uint8_t)('a' + sync->count % LETTERS))) {
        sync->unanswered = 0;
    } else {
        sync->unanswered++;
        say_unanswered(sync, number);
    }
    sync->count++;
}
