/* SPDX-License-Identifier: MIT */
#include "lib/record/sample.h"

enum sample_reject sample_judge(uint32_t reasons, const uint8_t *order)
{
    if (!reasons)
        return REJECT_NONE;
    while (*order != REJECT_NONE && !(reasons & REASON(*order)))
        order++;
    return *order;
}

bool sample_woke(const struct sample *sample)
{
    const uint32_t disturbed =
        REASON(REJECT_NONE) | REASON(REJECT_SMI) | REASON(REJECT_STEAL) | REASON(REJECT_NMI) | REASON(REJECT_PREEMPTED);

    return (disturbed & REASON(sample->reject)) && sample->cause != WAKE_UNKNOWN &&
           sample->event_tsc > sample->before_tsc;
}

static int64_t difference(uint64_t later_tsc, uint64_t earlier_tsc)
{
    if (later_tsc == STAMP_NONE || earlier_tsc == STAMP_NONE)
        return METRIC_NONE;
    return (int64_t)(later_tsc - earlier_tsc);
}

int64_t sample_wake_latency(const struct sample *sample)
{
    uint64_t first_tsc = sample->isr_tsc;

    if (first_tsc == STAMP_NONE || (sample->after_tsc != STAMP_NONE && sample->after_tsc < first_tsc))
        first_tsc = sample->after_tsc;
    return difference(first_tsc, sample->event_tsc);
}

int64_t sample_interrupt_latency(const struct sample *sample)
{
    return difference(sample->isr_tsc, sample->event_tsc);
}

int64_t sample_return_latency(const struct sample *sample)
{
    return difference(sample->after_tsc, sample->event_tsc);
}

int64_t sample_silent_time(const struct sample *sample)
{
    return difference(sample->event_tsc, sample->before_tsc);
}

const struct sample_metric sample_metrics[SAMPLE_METRICS] = {
    {"wake_latency", sample_wake_latency},
    {"interrupt_latency", sample_interrupt_latency},
    {"return_latency", sample_return_latency},
    {"silent_time", sample_silent_time},
};

const char *sample_cause_name(unsigned cause)
{
    static const char *const NAMES[WAKE_COUNT] = {
        "unknown", "interrupt", "flag", "deadline", "both",
    };

    return cause < WAKE_COUNT ? NAMES[cause] : "unknown";
}
