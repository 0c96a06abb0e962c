/* SPDX-License-Identifier: MIT */
/* How well a step's own timer keeps its due times. */
#include "experiments/kit/experiment.h"
#include "lib/fixed.h"
#include "lib/fmt.h"

enum { BLUR_PARTS = 10, TEXT_BYTES = 128, NS_PER_S = 1000000000 };

uint64_t step_timer_blur_tsc(const struct step *step, uint64_t ahead_tsc, int64_t median_tsc)
{
    uint64_t off_tsc = apic_timer_off_tsc(&step->machine->timer, ahead_tsc);

    return median_tsc > 0 && off_tsc <= (uint64_t)median_tsc / BLUR_PARTS ? 0 : off_tsc;
}

void result_timer_blur(struct step *step, uint64_t blur_tsc)
{
    char text[TEXT_BYTES];

    if (!blur_tsc)
        return;
    fmt(text, sizeof(text),
        "a one-shot timer's due time may be off by %lu ns, over a tenth of a median latency by timer",
        muldiv_u64(blur_tsc, NS_PER_S, step->machine->clock.tsc_hz));
    result_finding(step, "timer_blur", CONFIDENCE_NONE, text);
}
