/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/monitor/shorten.c
/* How long `monitor` waits where a host's tick, or its other interrupts, end its waits before their guard. */
#include "experiments/monitor/parts.h"
#include "tests/unit/tap.h"

enum { MS_TSC = 1000000, US_TSC = 1000, INTERVAL_TSC = MS_TSC / 2 };

/* What waits end by, beside the guard; an instruction that does not sleep takes at_once_tsc. */
static struct {
    uint64_t now_tsc, tick_tsc, at_once_tsc, late_tsc;
    bool irregular; /* no tick: interrupts up to tick_tsc apart */
    unsigned tries, fault_at;
} host;

void monitor_try(struct step *step, struct monitor *monitor, struct monitor_case *one)
{
    uint64_t left_tsc = host.tick_tsc ? host.tick_tsc - host.now_tsc % host.tick_tsc : UINT64_MAX;
    uint64_t slept_tsc;
    enum monitor_outcome outcome = OUTCOME_GUARD;

    (void)step;
    if (host.irregular)
        left_tsc = host.tick_tsc * (host.tries * 7 % 10 + 1) / 10;
    slept_tsc = left_tsc < monitor->guard_tsc ? left_tsc : monitor->guard_tsc;
    if (host.at_once_tsc)
        slept_tsc = host.at_once_tsc + (host.tries % 4 == 1 ? host.late_tsc : 0);
    if (slept_tsc < monitor->guard_tsc)
        outcome = slept_tsc < monitor->interval_tsc / 2 ? OUTCOME_AT_ONCE : OUTCOME_EARLY;
    host.now_tsc += slept_tsc + 3 * US_TSC;
    one->outcomes[outcome]++;
    one->tries++;
    one->slept_tsc += slept_tsc;
    one->slept_min_tsc = (int64_t)slept_tsc < one->slept_min_tsc ? (int64_t)slept_tsc : one->slept_min_tsc;
    one->slept_max_tsc = (int64_t)slept_tsc > one->slept_max_tsc ? (int64_t)slept_tsc : one->slept_max_tsc;
    if (++host.tries == host.fault_at)
        monitor->fault_code = 1;
}

/* By what the waits became shorter; the guard by as much. */
static uint64_t shorter(uint64_t tick_tsc, uint64_t at_once_tsc, uint64_t late_tsc)
{
    static struct monitor monitor;
    struct step step = {0};

    host.tick_tsc = tick_tsc;
    host.at_once_tsc = at_once_tsc;
    host.late_tsc = late_tsc;
    host.tries = 0;
    monitor = (struct monitor){.interval_tsc = INTERVAL_TSC, .guard_tsc = (uint64_t)GUARD_TIMES * INTERVAL_TSC};
    monitor.inside_tsc = 1;
    monitor_shorten(&step, &monitor);
    TAP_OK(monitor.guard_tsc == GUARD_TIMES * monitor.interval_tsc && !monitor.inside_tsc, "guard and interval alike");
    return INTERVAL_TSC / monitor.interval_tsc;
}

int main(void)
{
    TAP_INT(shorter(0, 0, 0), 1, "nothing ends waits: they stay as they are");
    TAP_INT(shorter(20 * MS_TSC, 0, 0), 1, "nor does a rare interrupt make them shorter");
    TAP_INT(shorter(4 * MS_TSC, 0, 0), 4, "a tick of 250 Hz ends half of the waits of 2 ms");
    TAP_INT(shorter(MS_TSC, 0, 0), 16, "one of 1 kHz");
    host.irregular = true;
    TAP_INT(shorter(200 * US_TSC, 0, 0), 16, "interrupts that come before half the interval: it sleeps");
    host.irregular = false;
    TAP_INT(shorter(0, 2 * US_TSC, 0), 1, "what returns at once: no shorter wait would help");
    TAP_INT(host.tries, 8, "and none is tried");
    TAP_INT(shorter(0, 100 * US_TSC, 50 * US_TSC), 1, "nor where it takes a host some time");
    host.fault_at = 3;
    TAP_INT(shorter(MS_TSC, 0, 0), 4, "a fault ends the tries");
    TAP_INT(host.tries, 3, "at once");
    return tap_done();
}
