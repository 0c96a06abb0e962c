/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/haltpoll/halt.c experiments/kit/time.c experiments/kit/wait.c lib/governor/haltpoll.c
/* Which of several reasons to reject a halt of `haltpoll` counts, and what is counted beside it; the nap is made up. */
#include "experiments/haltpoll/parts.h"
#include "tests/unit/tap.h"

static uint32_t reasons;
static uint64_t told_ns;

uint32_t nap_take(struct nap *nap, uint64_t ticks_tsc, struct sample *sample)
{
    (void)nap, (void)ticks_tsc;
    *sample = (struct sample){.steal_ns = told_ns};
    return reasons;
}

static struct haltpoll hp;

static enum sample_reject take(uint32_t why, uint64_t stolen_ns)
{
    static struct machine machine = {.clock.tsc_hz = 1000000000};
    struct step step = {.state = &hp, .machine = &machine};

    reasons = why;
    told_ns = stolen_ns;
    return haltpoll_take(&step, 0, NULL).reject;
}

int main(void)
{
    const uint32_t early = REASON(REJECT_EARLY), spurious = REASON(REJECT_SPURIOUS), skew = REASON(REJECT_SKEW);

    TAP_INT(take(skew | spurious | early, 5), REJECT_SKEW, "first skew");
    TAP_INT(take(spurious | early, 5), REJECT_SPURIOUS, "spurious");
    TAP_INT(take(early, 5), REJECT_EARLY, "early");
    TAP_INT(take(0, 5), REJECT_STEAL, "stolen");
    TAP_INT(take(REASON(REJECT_NMI), 0), REJECT_NONE, "an NMI is none");
    TAP_INT(hp.steal_samples, 4, "stolen ones are counted, whatever else they are");
    TAP_INT(hp.steal_ns, 20, "and so is their time");
    TAP_INT(hp.short_stolen, 4, "short ones once more");
    TAP_INT(hp.short_halts, 5, "beside all short ones");
    TAP_OK(!hp.nap.window, "without a guest that polls it is a halt");
    return tap_done();
}
