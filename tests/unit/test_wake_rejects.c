/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/wake/sample.c experiments/kit/wait.c
/* Which of several reasons to reject a nap counts, for `wake` and for naps in C-states; the nap itself is made up. */
#include "experiments/wake/parts.h"
#include "tests/unit/tap.h"

enum { BEFORE_TSC = 1000, ALL = REASON(REJECT_COUNT) - 1 };

/* What the next nap gives back; the seam has no context of the test's. */
static struct {
    uint32_t reasons;
    uint64_t event_tsc, after_tsc, steal_ns;
    uint64_t smi_count;
    const struct step *step;
    bool waiting;
} next;

uint32_t nap_take(struct nap *nap, uint64_t ticks_tsc, struct sample *sample)
{
    (void)nap, (void)ticks_tsc;
    *sample = (struct sample){
        .before_tsc = BEFORE_TSC, .event_tsc = next.event_tsc, .after_tsc = next.after_tsc, .steal_ns = next.steal_ns};
    next.waiting = next.step->waiting;
    return next.reasons;
}

uint64_t step_now_tsc(void)
{
    return 0;
}

void step_pet(struct step *step)
{
    (void)step;
}

void evidence_read(const struct evidence *evidence, uint64_t values[EVIDENCE_COUNT])
{
    (void)evidence, (void)values;
}

void evidence_since(const struct evidence *evidence, uint64_t values[EVIDENCE_COUNT])
{
    (void)evidence;
    values[EVIDENCE_SMI] = next.smi_count;
}

/* One sample of `wake`, the first or, with a warm-up of one, a discarded one. */
static enum sample_reject take_wake(uint32_t reasons, bool is_guard, uint32_t warmup)
{
    struct idle_method method = {.name = "hlt"};
    struct wake_source source = {.is_guard = is_guard};
    struct wake wake = {
        .nap = {.method = &method, .source = &source}, .warmup = warmup, .evidence = {.readable = 1u << EVIDENCE_SMI}};
    struct sample sample = {0};
    struct step step = {.state = &wake, .samples = &sample};

    next.reasons = reasons;
    next.step = &step;
    wake_take_sample(&step);
    TAP_OK(next.waiting && !step.waiting, "the watchdog knows that it waits");
    TAP_INT(step.rejected, sample.reject != REJECT_NONE, "a rejected sample is counted");
    return sample.reject;
}

/* Each reason counts only where those before it are not there. */
static void test_wake(void)
{
    const uint32_t nap = REASON(REJECT_NMI) | REASON(REJECT_SPURIOUS) | REASON(REJECT_EARLY) | REASON(REJECT_SKEW);

    next.event_tsc = next.after_tsc = 2 * BEFORE_TSC;
    next.steal_ns = next.smi_count = 1;
    TAP_INT(take_wake(nap, true, 1), REJECT_WARMUP, "wake: first the warm-up");
    TAP_INT(take_wake(nap, true, 0), REJECT_NMI, "wake: an NMI");
    TAP_INT(take_wake(nap & ~REASON(REJECT_NMI), true, 0), REJECT_SMI, "wake: an SMI");
    next.smi_count = 0;
    TAP_INT(take_wake(nap & ~REASON(REJECT_NMI), true, 0), REJECT_SPURIOUS, "wake: steal is part of every wait");
    TAP_INT(take_wake(REASON(REJECT_EARLY) | REASON(REJECT_SKEW), true, 0), REJECT_EARLY, "wake: early");
    TAP_INT(take_wake(REASON(REJECT_SKEW), true, 0), REJECT_GUARD, "wake: the guard");
    TAP_INT(take_wake(REASON(REJECT_SKEW), false, 0), REJECT_SKEW, "wake: skew");
    TAP_INT(take_wake(0, false, 0), REJECT_NONE, "wake: kept");
    TAP_INT(take_wake(REASON(REJECT_STEAL), false, 0), REJECT_NONE, "wake: kept, with a reason that is none here");
}

static enum sample_reject take_state(uint32_t reasons, bool masked, uint64_t event_tsc)
{
    struct nap nap = {.masked = masked};
    struct sample sample;
    struct step step = {0};

    next.reasons = reasons;
    next.event_tsc = event_tsc;
    next.step = &step;
    wait_take_state(&step, &nap, 0, &sample);
    return sample.reject;
}

static void test_state(void)
{
    uint64_t inside_tsc = BEFORE_TSC + 1;

    next.after_tsc = BEFORE_TSC + 10;
    TAP_INT(take_state(ALL, false, inside_tsc), REJECT_SKEW, "state: first skew");
    TAP_INT(take_state(ALL & ~REASON(REJECT_SKEW), false, inside_tsc), REJECT_NMI, "state: an NMI");
    TAP_INT(take_state(REASON(REJECT_SPURIOUS) | REASON(REJECT_EARLY), false, inside_tsc), REJECT_SPURIOUS,
            "state: spurious");
    TAP_INT(take_state(REASON(REJECT_EARLY), false, inside_tsc), REJECT_EARLY, "state: early");
    TAP_INT(take_state(0, true, inside_tsc), REJECT_NONE, "state: kept");
    TAP_INT(take_state(0, false, next.after_tsc + 1), REJECT_NONE, "state: kept, though felt before it was sent");
    TAP_INT(take_state(0, true, next.after_tsc + 1), REJECT_SPURIOUS, "state: pending only when it was looked for");
}

/* Its own event ended it: the disturbed ones count among all that woke. */
static void test_woke(void)
{
    struct sample sample = {.before_tsc = BEFORE_TSC, .event_tsc = BEFORE_TSC + 1, .cause = WAKE_INTERRUPT};
    uint32_t woke = 0;

    for (unsigned reject = 0; reject < REJECT_COUNT; reject++) {
        sample.reject = (uint8_t)reject;
        woke |= sample_woke(&sample) ? REASON(reject) : 0;
    }
    TAP_INT(woke,
            REASON(REJECT_NONE) | REASON(REJECT_SMI) | REASON(REJECT_STEAL) | REASON(REJECT_NMI) |
                REASON(REJECT_PREEMPTED),
            "woke: kept, or disturbed by an SMI, steal, an NMI, another task");
    sample.reject = REJECT_NMI;
    sample.cause = WAKE_UNKNOWN;
    TAP_OK(!sample_woke(&sample), "woke: not where the NMI ended the wait");
    sample.cause = WAKE_INTERRUPT;
    sample.event_tsc = BEFORE_TSC;
    TAP_OK(!sample_woke(&sample), "woke: not where the event came before");
}

int main(void)
{
    test_woke();
    test_wake();
    test_state();
    return tap_done();
}
