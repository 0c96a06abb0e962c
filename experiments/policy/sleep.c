/* SPDX-License-Identifier: MIT */
/*
 * One wait of a governed CPU: its timer, its entry, and what ended it.
 *
 * A CPU that waits in a state that watches memory is woken by a store to its flag alone; any other takes an interrupt
 * too. The waker stores the flag, then reads `watching`; the sleeper stores `watching`, then looks at the flag (the
 * method's window does, idle.h). Both pairs are full barriers, so one of the two sees the other: no wake is lost. Linux
 * does the same with TIF_POLLING_NRFLAG.
 */
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/tsc.h"
#include "experiments/policy/parts.h"

/* Without a division, which would be part of every pass; exact to a tick or a nanosecond. */
uint64_t policy_ns_to_tsc(const struct policy *policy, uint64_t time_ns)
{
    return (uint64_t)(((unsigned __int128)time_ns * policy->tsc_per_ns_q32) >> 32);
}

uint64_t policy_tsc_to_ns(const struct policy *policy, uint64_t ticks_tsc)
{
    return (uint64_t)(((unsigned __int128)ticks_tsc * policy->ns_per_tsc_q32) >> 32);
}

static uint64_t earliest(const struct policy_lane *lane, bool tick_stopped)
{
    uint64_t due_tsc = lane->timer_due_tsc;

    if (lane->wake_due_tsc < due_tsc)
        due_tsc = lane->wake_due_tsc;
    if (!tick_stopped && lane->tick_due_tsc < due_tsc)
        due_tsc = lane->tick_due_tsc;
    return due_tsc;
}

static void arm(struct policy_cpu *at, struct policy_lane *lane, bool tick_stopped)
{
    const struct machine *machine = at->policy->step->machine;
    uint64_t due_tsc = earliest(lane, tick_stopped), now_tsc;

    sti_nop_cli(); /* an event left pending by an earlier arming would end this wait */
    now_tsc = tsc_now();
    lane->armed_for_tsc = due_tsc;
    lane->armed_tsc = apic_timer_arm(&machine->apic, &machine->timer, due_tsc > now_tsc ? due_tsc - now_tsc : 1);
}

/* The timer may come a little later than asked for. */
static uint64_t real_due(const struct policy_lane *lane, uint64_t due_tsc)
{
    return due_tsc == lane->armed_for_tsc && lane->armed_tsc > due_tsc ? lane->armed_tsc : due_tsc;
}

static bool has_mail(const struct policy_cpu *at, uint64_t until_tsc)
{
    return __atomic_load_n(&at->flag, __ATOMIC_ACQUIRE) != at->seen && (int64_t)(at->event_tsc - until_tsc) <= 0;
}

/* Which events have come until the stamp behind the wait; the first one is the one that counts. */
static void find_event(const struct policy_cpu *at, const struct policy_lane *lane, struct policy_sleep *sleep)
{
    uint64_t timer_tsc = real_due(lane, lane->timer_due_tsc);
    uint64_t wake_tsc = real_due(lane, lane->wake_due_tsc);
    uint64_t first_tsc = timer_tsc < wake_tsc ? timer_tsc : wake_tsc;

    sleep->by_mail = has_mail(at, sleep->after_tsc);
    sleep->event = sleep->by_mail || first_tsc <= sleep->after_tsc;
    sleep->event_tsc = sleep->by_mail && at->event_tsc < first_tsc ? at->event_tsc : first_tsc;
    sleep->tick = real_due(lane, lane->tick_due_tsc) <= sleep->after_tsc;
}

/*
 * Polls with interrupts on until an event or the end of the budget. As in a kernel, a timer is noticed by its
 * interrupt. A tick is taken and does not end the poll, but the timer must be armed for what comes next.
 */
static void poll(struct policy_cpu *at, struct policy_lane *lane, struct policy_sleep *sleep)
{
    uint64_t count = percpu_count(&at->cpu->wake_count), end_tsc;

    sleep->before_tsc = tsc_now();
    end_tsc = sleep->before_tsc + policy_ns_to_tsc(at->policy, (uint64_t)sleep->budget_ns);
    do {
        bool interrupted;

        sti_nop_cli();
        pause();
        sleep->after_tsc = tsc_now();
        interrupted = percpu_count(&at->cpu->wake_count) != count;
        if (!interrupted && !has_mail(at, sleep->after_tsc))
            continue;
        find_event(at, lane, sleep);
        if (interrupted && !sleep->event)
            arm(at, lane, true);
        count = percpu_count(&at->cpu->wake_count);
    } while (!sleep->event && sleep->after_tsc < end_tsc);
    sleep->first_tsc = sleep->after_tsc;
}

static void wait(struct policy_cpu *at, const struct idle_driver_state *state, struct policy_sleep *sleep)
{
    const struct idle_method *method = state->method;
    uint64_t count = percpu_count(&at->cpu->wake_count);

    at->call.argument = state->argument;
    at->call.watch_was = at->seen;
    (method->wait ? method->wait : method->wait_masked)(&at->call);
    sti_nop_cli(); /* runs the handler of the interrupt that ended it */
    sleep->before_tsc = at->call.before_tsc;
    sleep->after_tsc = at->call.after_tsc;
    sleep->first_tsc = sleep->after_tsc;
    if (percpu_count(&at->cpu->wake_count) != count && percpu_count(&at->cpu->wake_tsc) < sleep->after_tsc)
        sleep->first_tsc = percpu_count(&at->cpu->wake_tsc);
}

void policy_enter(struct policy_cpu *at, struct policy_lane *lane, uint32_t state, bool tick_stopped,
                  struct policy_sleep *sleep)
{
    const struct idle_driver_state *entered = &at->policy->driver.states[state];

    arm(at, lane, tick_stopped);
    __atomic_store_n(&at->watching, entered->watches, __ATOMIC_SEQ_CST);
    if (entered->method)
        wait(at, entered, sleep);
    else
        poll(at, lane, sleep);
    __atomic_store_n(&at->watching, 0, __ATOMIC_SEQ_CST);
    find_event(at, lane, sleep);
}

void policy_wake(struct policy_cpu *from, struct policy_cpu *to)
{
    uint64_t stamp_tsc = tsc_end();

    to->event_tsc = stamp_tsc - (uint64_t)(from->cpu->tsc_offset - to->cpu->tsc_offset);
    __atomic_store_n(&to->flag, to->flag + 1, __ATOMIC_SEQ_CST);
    if (!__atomic_load_n(&to->watching, __ATOMIC_SEQ_CST))
        apic_send_fixed(&from->policy->step->machine->apic, to->cpu->apic_id, VECTOR_WAKE_IPI);
}
