/* SPDX-License-Identifier: MIT */
/*
 * The guest's own halt polling: before each halt it polls for as long as the governor haltpoll says
 * (lib/governor/haltpoll.c; Linux Documentation/virt/guest-halt-polling.rst). A wake that comes meanwhile costs no exit
 * for the halt; the polled time is burned.
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
        over = idle_is_over(&hp->call);
    } while (!over && tsc_now() < end_tsc);
    cli();
    return over;
}

/* One poll. True: the wake came. */
static bool poll(struct run *run, struct haltpoll_guest *guest)
{
    struct haltpoll *hp = run->state;
    struct idle_device *device = &guest->governor.loop.device;
    uint64_t start_tsc = tsc_now(), spent_tsc;
    bool over = poll_until(hp, start_tsc + run_tsc(run, idle_poll_budget_ns(&guest->governor.loop)));

    spent_tsc = tsc_now() - start_tsc;
    device->timed_out = !over;
    guest->burned_tsc += spent_tsc;
    guest->polled += over;
    governor_slept(&guest->governor, STATE_POLL, haltpoll_ns(run, (int64_t)spent_tsc), false);
    return over;
}

static bool halt(struct run *run, struct haltpoll_guest *guest, uint32_t state)
{
    struct haltpoll *hp = run->state;
    uint64_t spent_tsc;

    hp->hlt->wait(&hp->call);
    spent_tsc = hp->call.after_tsc - hp->call.before_tsc;
    hp->hlts += spent_tsc != 0;
    guest->halts++;
    governor_slept(&guest->governor, state, haltpoll_ns(run, (int64_t)spent_tsc), false);
    return idle_is_over(&hp->call);
}

uint64_t haltpoll_guest_wait(struct run *run, struct haltpoll_guest *guest, uint64_t *before_tsc)
{
    struct governor_choice choice;
    bool over;

    *before_tsc = tsc_now();
    do {
        governor_choose(&guest->governor, &choice);
        over = choice.state == STATE_POLL ? poll(run, guest) : halt(run, guest, choice.state);
    } while (!over);
    return tsc_now();
}
