/* SPDX-License-Identifier: MIT */
/* One wait of `haltpoll`: the event sent off, the wait in the window of the idle method hlt, and what became of it. */
#include "arch/x86/time/tsc.h"
#include "experiments/haltpoll/parts.h"

enum { LATE_NS = 20 * 1000 * 1000 };

/* Sends off the event. Returns when it is due, where that is known by then. */
static uint64_t send_off(struct run *run, struct haltpoll *hp, uint64_t ticks_tsc)
{
    hp->call.watch_was = percpu_count(hp->call.watch);
    __atomic_store_n(&run->waiting, 1, __ATOMIC_RELAXED);
    if (!hp->source->remote)
        return hp->source->arm(run->machine, ticks_tsc);
    waker_ask(&hp->waker, tsc_now() + ticks_tsc);
    return 0;
}

/* The event may be still to come, and must not fall into the next halt. */
static void settle(const struct haltpoll *hp)
{
    while (!idle_is_over(&hp->call)) {
        sti_nop_cli();
        pause();
    }
}

/*
 * An older interrupt was taken for this one, which must not be taken for the next one's; bounded, because there may be
 * none.
 */
static void take_late(const struct run *run, const struct haltpoll *hp)
{
    uint64_t seen = percpu_count(hp->call.watch);
    uint64_t start_tsc = tsc_now(), limit_tsc = run_tsc(run, LATE_NS);

    while (percpu_count(hp->call.watch) == seen && tsc_now() - start_tsc < limit_tsc) {
        sti_nop_cli();
        pause();
    }
}

static bool came_too_soon(const struct haltpoll *hp, int64_t latency_tsc)
{
    uint64_t bound_tsc;

    if (!hp->source->remote)
        return false;
    bound_tsc = hp->waker.cpu->tsc_offset_bound + hp->waker.target->tsc_offset_bound;
    return latency_tsc < -(int64_t)bound_tsc;
}

static uint64_t steal_ns(const struct haltpoll *hp)
{
    uint64_t value_ns = 0;

    if (hp->steal)
        kvm_steal_ns(hp->steal, &value_ns);
    return value_ns;
}

struct haltpoll_halt haltpoll_take(struct run *run, uint64_t ticks_tsc, struct haltpoll_guest *guest)
{
    struct haltpoll *hp = run->state;
    struct haltpoll_halt halt = {.outcome = HALT_KEPT};
    uint64_t stolen_ns = steal_ns(hp), event_tsc, before_tsc, first_tsc;
    bool over;

    event_tsc = send_off(run, hp, ticks_tsc);
    if (guest) {
        first_tsc = haltpoll_guest_wait(run, guest, &before_tsc);
    } else {
        hp->hlt->wait(&hp->call);
        before_tsc = hp->call.before_tsc;
        first_tsc = hp->call.after_tsc;
        hp->hlts += first_tsc != before_tsc;
    }
    over = idle_is_over(&hp->call);
    settle(hp);
    if (hp->source->remote)
        event_tsc = waker_event(&hp->waker);
    __atomic_store_n(&run->waiting, 0, __ATOMIC_RELAXED);
    stolen_ns = steal_ns(hp) - stolen_ns;
    if (over && wake_stamp(run->cpu, hp->source->trace) < first_tsc)
        first_tsc = wake_stamp(run->cpu, hp->source->trace);
    halt.silent_tsc = event_tsc - before_tsc;
    halt.latency_tsc = (int64_t)(first_tsc - event_tsc);
    if (!over)
        halt.outcome = HALT_SPURIOUS;
    else if ((int64_t)halt.silent_tsc <= 0)
        halt.outcome = HALT_EARLY;
    else if (stolen_ns)
        halt.outcome = HALT_STOLEN;
    hp->steal_samples += stolen_ns != 0;
    hp->steal_ns += stolen_ns;
    if (over && came_too_soon(hp, halt.latency_tsc)) {
        halt.outcome = HALT_SKEW;
        take_late(run, hp);
    }
    return halt;
}
