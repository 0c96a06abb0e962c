/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/time/rtc.c
/* A second by the real-time clock: on a quiet machine, on a host that takes the CPU away, and where none ticks. */
#include "arch/x86/time/rtc.h"
#include "tests/unit/tap.h"

#define SECOND_TSC UINT64_C(1000000000)
#define LIMIT_TSC  (8 * SECOND_TSC)

enum { LOOK_TSC = 2000, UPDATE_TSC = 2000000 };

/* A clock, and a host that takes `stolen_tsc` of each `period_tsc`. */
struct machine {
    uint64_t now_tsc;
    uint64_t period_tsc, stolen_tsc;
    unsigned begin; /* the seconds at 0 */
    bool binary, absent, stands, no_bit;
};

static void take_time(struct machine *machine)
{
    machine->now_tsc += LOOK_TSC;
    if (machine->period_tsc && machine->now_tsc % machine->period_tsc < machine->stolen_tsc)
        machine->now_tsc += machine->stolen_tsc;
}

/* In the middle of an update the seconds are not there: any value. */
static uint8_t read(void *context, uint8_t index)
{
    struct machine *machine = context;
    bool update = machine->now_tsc % SECOND_TSC >= SECOND_TSC - UPDATE_TSC;
    unsigned value = (machine->begin + (unsigned)(machine->stands ? 0 : machine->now_tsc / SECOND_TSC)) % 60;

    take_time(machine);
    if (machine->absent)
        return 0xff;
    if (index == 0x0a)
        return update && !machine->no_bit && !machine->stands ? 0x80 : 0;
    if (index == 0x0b)
        return machine->binary ? 4 : 0;
    if (update && !machine->no_bit && !machine->stands &&
        machine->now_tsc % SECOND_TSC >= SECOND_TSC - UPDATE_TSC + 4 * LOOK_TSC)
        return 0xee;
    return (uint8_t)(machine->binary ? value : value / 10 * 16 + value % 10);
}

static uint64_t now_tsc(void *context)
{
    struct machine *machine = context;

    take_time(machine);
    return machine->now_tsc;
}

static bool watch(struct machine machine, struct rtc_second *second, uint64_t *took_tsc)
{
    struct rtc_reader reader = {read, now_tsc, &machine};
    uint64_t start_tsc = machine.now_tsc;
    bool watched = rtc_watch_second(&reader, second, LIMIT_TSC);

    *took_tsc = machine.now_tsc - start_tsc;
    return watched;
}

/* Both changes lie within their brackets, and they are neighbours. */
static void expect_second(struct machine machine, uint64_t slack_tsc, const char *title)
{
    struct rtc_second second;
    uint64_t took_tsc;

    if (!TAP_OK(watch(machine, &second, &took_tsc), title))
        return;
    TAP_OK(second.first_before_tsc / SECOND_TSC + 1 == second.first_after_tsc / SECOND_TSC &&
               second.last_before_tsc / SECOND_TSC + 1 == second.last_after_tsc / SECOND_TSC &&
               second.first_after_tsc / SECOND_TSC + 1 == second.last_after_tsc / SECOND_TSC,
           title);
    TAP_OK(second.first_after_tsc - second.first_before_tsc < slack_tsc &&
               second.last_after_tsc - second.last_before_tsc < slack_tsc,
           title);
}

static void expect_none(struct machine machine, const char *title)
{
    struct rtc_second second;
    uint64_t took_tsc;

    TAP_OK(!watch(machine, &second, &took_tsc), title);
    TAP_OK(took_tsc < LIMIT_TSC + 3 * SECOND_TSC, title);
}

int main(void)
{
    expect_second((struct machine){.now_tsc = 300000000}, 20 * LOOK_TSC, "a quiet machine");
    expect_second((struct machine){.now_tsc = 300000000, .binary = true, .begin = 57}, 20 * LOOK_TSC,
                  "binary, over the minute");
    expect_second((struct machine){.now_tsc = SECOND_TSC - UPDATE_TSC / 2}, 20 * LOOK_TSC,
                  "begun in the middle of an update");
    expect_second((struct machine){.now_tsc = 5, .no_bit = true, .begin = 59}, 20 * LOOK_TSC,
                  "a clock that never shows its updates");
    expect_second((struct machine){.now_tsc = 7, .period_tsc = 11000000, .stolen_tsc = 8000000}, 20000000,
                  "a host that takes the CPU away, updates among it");
    expect_second((struct machine){.now_tsc = 7, .period_tsc = 3100 * 1000000ull, .stolen_tsc = 1500 * 1000000ull},
                  SECOND_TSC, "a second is missed");
    expect_none((struct machine){.absent = true}, "no clock");
    expect_none((struct machine){.stands = true}, "a clock that stands: the limit holds for all of it");
    expect_none((struct machine){.period_tsc = 2 * SECOND_TSC, .stolen_tsc = 1999 * (SECOND_TSC / 1000)},
                "a CPU that hardly ever runs");
    return tap_done();
}
