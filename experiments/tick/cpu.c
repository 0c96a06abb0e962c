/* SPDX-License-Identifier: MIT */
/*
 * One CPU's ticks of a stretch. Interrupts are on inside HLT's window alone, so a tick that comes outside of it stays
 * pending and ends the next HLT at once: none is lost between two.
 */
#include "experiments/tick/parts.h"

#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/apic_timer.h"
#include "lib/fixed.h"

static void keep(struct tick_lane *lane, uint64_t last_tsc, uint64_t isr_tsc, uint64_t due_tsc)
{
    if (lane->kept == lane->kept_max)
        return;
    lane->wakes[lane->kept++] = (struct tick_wake){
        .isr_tsc = isr_tsc,
        .gap_tsc = last_tsc ? isr_tsc - last_tsc : 0,
        .late_tsc = due_tsc ? (int64_t)(isr_tsc - due_tsc) : 0,
    };
}

/* HLT until a tick has come. Returns the stub's stamp, the last one's where several came; counts other ends of HLT. */
static uint64_t wait_for_tick(struct tick_lane *lane)
{
    struct idle_call *call = &lane->call;
    uint64_t came, isr_tsc = 0;

    call->watch_was = percpu_count(call->watch);
    do {
        uint64_t end_tsc;

        lane->hlt->wait(call);
        lane->counts[TICK_HLTS]++;
        came = percpu_count(call->watch) - call->watch_was;
        isr_tsc = percpu_count(&lane->cpu->wake_tsc);
        end_tsc = came && isr_tsc < call->after_tsc ? isr_tsc : call->after_tsc;
        lane->asleep_tsc += end_tsc - call->before_tsc;
        lane->counts[TICK_RETURNS] += !came;
    } while (!came);
    lane->counts[TICK_WAKES] += came;
    lane->counts[TICK_DOUBLED] += came - 1;
    if (lane->step)
        step_pet(lane->step);
    return isr_tsc;
}

/* Arms for a due time and returns it; in one-shot mode it is known only to the cost of arming (apic_timer.h). */
static uint64_t arm_at(struct tick_lane *lane, uint64_t due_tsc)
{
    const struct machine *machine = lane->machine;
    int64_t left_tsc;

    lane->counts[TICK_ARMS]++;
    if (machine->timer.one_shot == APIC_TIMER_DEADLINE) {
        wrmsr(MSR_IA32_TSC_DEADLINE, due_tsc);
        return due_tsc;
    }
    left_tsc = (int64_t)(due_tsc - tsc_now());
    return apic_timer_arm(&machine->apic, &machine->timer, left_tsc > 0 ? (uint64_t)left_tsc : 0); /* 0: at once */
}

/*
 * Ends with the last tick, or the first one after the last one's due time; half a period allows for early ticks and
 * drift.
 */
static void take_repeated(struct tick_lane *lane)
{
    const struct machine *machine = lane->machine;
    uint64_t last_tsc = 0, start_tsc = tsc_end();
    uint64_t enough_tsc = lane->due * lane->period_tsc - lane->period_tsc / 2;

    apic_write(&machine->apic, APIC_TIMER_INITIAL, lane->count);
    lane->counts[TICK_ARMS]++;
    do {
        uint64_t isr_tsc = wait_for_tick(lane);

        keep(lane, last_tsc, isr_tsc, 0);
        last_tsc = isr_tsc;
    } while (last_tsc - start_tsc < enough_tsc);
}

/* As a kernel forwards its tick: to the first moment of the rhythm that is still ahead. */
static void take_armed(struct tick_lane *lane)
{
    uint64_t start_tsc = tsc_end(), last_tsc = 0;

    for (uint64_t n = 1; n <= lane->due; n++) {
        uint64_t over = (tsc_now() - start_tsc) / lane->period_tsc, due_tsc, isr_tsc;

        if (over >= n)
            n = over + 1;
        if (n > lane->due)
            break;
        due_tsc = arm_at(lane, start_tsc + n * lane->period_tsc);
        isr_tsc = wait_for_tick(lane);

        keep(lane, last_tsc, isr_tsc, due_tsc);
        last_tsc = isr_tsc;
    }
}

/*
 * The sums of a stretch. From its first tick to its last one lies a whole number of periods, as long as the drift over
 * it is below half a period; where the timer repeats itself, a period is as long as the register's count.
 */
static void sum_up(struct tick_lane *lane, uint32_t first, uint64_t woken)
{
    const struct apic_timer *timer = &lane->machine->timer;
    uint64_t came = lane->counts[TICK_WAKES] - woken, periods, expected_tsc, step_tsc;

    lane->counts[TICK_MISSED] += came < lane->due ? lane->due - came : 0;
    if (lane->kept <= first)
        return;
    step_tsc = lane->wakes[lane->kept - 1].isr_tsc - lane->wakes[first].isr_tsc;
    periods = (step_tsc + lane->period_tsc / 2) / lane->period_tsc;
    lane->counts[TICK_MERGED] += periods + 1 > came ? periods + 1 - came : 0;
    expected_tsc = periods * lane->period_tsc;
    if (lane->mode == TICK_PERIODIC)
        expected_tsc = muldiv_u64(periods * lane->count, timer->tsc_per_count_q32, FIXED_Q32_ONE);
    lane->drift_tsc += (int64_t)(step_tsc - expected_tsc);
}

void tick_take_stretch(void *argument)
{
    struct tick_lane *lane = argument;
    const struct machine *machine = lane->machine;
    uint64_t start_tsc, span_tsc, woken = lane->counts[TICK_WAKES];
    uint32_t first = lane->kept;

    lane->asleep_tsc = 0;
    lane->call.watch = &lane->cpu->wake_count;
    apic_timer_setup(&machine->apic, lane->mode == TICK_PERIODIC ? APIC_TIMER_PERIODIC : machine->timer.one_shot,
                     VECTOR_WAKE_TIMER);
    while ((int64_t)(tsc_now() - lane->begin_tsc) < 0)
        pause();
    start_tsc = tsc_now();
    if (lane->mode == TICK_PERIODIC)
        take_repeated(lane);
    else
        take_armed(lane);
    span_tsc = tsc_now() - start_tsc;
    apic_timer_stop(&machine->apic, &machine->timer);
    apic_drain(&machine->apic);
    lane->counts[TICK_SPAN] += span_tsc;
    lane->counts[TICK_STOLEN] += span_tsc - lane->asleep_tsc;
    sum_up(lane, first, woken);
}
