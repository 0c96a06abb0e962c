/* SPDX-License-Identifier: MIT */
/* lib/record/sample.c: the figures of one sample by its stamps, each of which may be missing. */
#include "lib/record/sample.h"

#include "tests/unit/tap.h"

static struct sample with(uint64_t isr_tsc, uint64_t after_tsc)
{
    return (struct sample){.before_tsc = 1000, .event_tsc = 3000, .isr_tsc = isr_tsc, .after_tsc = after_tsc};
}

static int64_t latency(uint64_t isr_tsc, uint64_t after_tsc)
{
    struct sample sample = with(isr_tsc, after_tsc);

    return sample_wake_latency(&sample);
}

int main(void)
{
    struct sample both = with(3100, 3400), neither = with(STAMP_NONE, STAMP_NONE), lost = both;

    TAP_INT(latency(3100, 3400), 100, "the handler was first");
    TAP_INT(latency(3400, 3100), 100, "the wait's end was first");
    TAP_INT(latency(3100, STAMP_NONE), 100, "the handler alone");
    TAP_INT(latency(STAMP_NONE, 3400), 400, "the wait's end alone");
    TAP_INT(latency(2900, 3400), -100, "a stamp before the event");
    TAP_OK(sample_wake_latency(&neither) == METRIC_NONE, "no latency without a stamp");
    TAP_INT(sample_interrupt_latency(&both), 100, "the handler's");
    TAP_INT(sample_return_latency(&both), 400, "the wait's end");
    TAP_OK(sample_interrupt_latency(&neither) == METRIC_NONE && sample_return_latency(&neither) == METRIC_NONE,
           "neither");
    TAP_INT(sample_silent_time(&both), 2000, "the time until the event");
    lost.event_tsc = STAMP_NONE;
    TAP_OK(sample_wake_latency(&lost) == METRIC_NONE && sample_silent_time(&lost) == METRIC_NONE,
           "no figure without the event");
    return tap_done();
}
