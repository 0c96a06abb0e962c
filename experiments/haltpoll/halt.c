/* SPDX-License-Identifier: MIT */
/*
 * One wait of `haltpoll`: by HLT, or by the guest's own halt polling. Then it polls before each halt for as long as the
 * governor haltpoll says (lib/governor/haltpoll.c; Linux Documentation/virt/guest-halt-polling.rst). A wake that comes
 * meanwhile costs no exit for the halt; the polled time is burned.
 */
#include "arch/x86/time/tsc.h"
#include "experiments/haltpoll/parts.h"

enum { STATE_POLL };

/* With interrupts on all the time, as a kernel polls: a software hypervisor does not deliver within one instruction. */
static bool poll_until(const struct haltpoll *hp, uint64_t end_tsc)
{
    bool over;

    sti();
    do {
        pause();
        over = idle_is_over(&hp->nap.call);
    } while (!over && tsc_now() < end_tsc);
    cli();
    return over;
}

/* One poll. True: the wake came. */
static bool poll(struct step *step, struct haltpoll *hp, struct haltpoll_guest *guest)
{
    struct idle_device *device = &guest->governor.loop.device;
    uint64_t start_tsc = tsc_now(), spent_tsc;
    bool over = poll_until(hp, start_tsc + step_tsc(step, idle_poll_budget_ns(&guest->governor.loop)));

    spent_tsc = tsc_now() - start_tsc;
    device->timed_out = !over;
    guest->burned_tsc += spent_tsc;
    guest->polled += over;
    governor_slept(&guest->governor, STATE_POLL, haltpoll_ns(step, (int64_t)spent_tsc), false);
    return over;
}

static bool halt(struct step *step, struct haltpoll *hp, struct haltpoll_guest *guest, uint32_t state)
{
    struct idle_call *call = &hp->nap.call;
    uint64_t spent_tsc;

    hp->nap.wait(call);
    spent_tsc = call->after_tsc - call->before_tsc;
    hp->nap.waits += spent_tsc != 0;
    guest->halts++;
    governor_slept(&guest->governor, state, haltpoll_ns(step, (int64_t)spent_tsc), false);
    return idle_is_over(call);
}

/* Waits by haltpoll's rule until the watched word has changed. */
static void wait_as_guest(void *owner)
{
    struct step *step = owner;
    struct haltpoll *hp = step->state;
    struct haltpoll_guest *guest = hp->guest;
    struct governor_choice choice;
    uint64_t before_tsc = tsc_now();
    bool over;

    do {
        governor_choose(&guest->governor, &choice);
        over = choice.state == STATE_POLL ? poll(step, hp, guest) : halt(step, hp, guest, choice.state);
    } while (!over);
    hp->nap.call.before_tsc = before_tsc;
    hp->nap.call.after_tsc = tsc_now();
}

struct sample haltpoll_take(struct step *step, uint64_t ticks_tsc, struct haltpoll_guest *guest)
{
    static const uint8_t order[] = {REJECT_SKEW, REJECT_SPURIOUS, REJECT_EARLY, REJECT_STEAL, REJECT_NONE};
    struct haltpoll *hp = step->state;
    struct sample sample = {0};
    uint32_t reasons;

    hp->guest = guest;
    hp->nap.window = guest ? wait_as_guest : NULL;
    hp->nap.owner = step;
    reasons = wait_take(step, &hp->nap, ticks_tsc, &sample);
    if (sample.steal_ns)
        reasons |= REASON(REJECT_STEAL);
    haltpoll_count_steal(hp, ticks_tsc <= step_tsc(step, HALTPOLL_SHORT_NS), sample.steal_ns);
    sample.reject = (uint8_t)sample_judge(reasons, order);
    return sample;
}
