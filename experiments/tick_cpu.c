// SPDX-License-Identifier: MIT
/*
 * One CPU's ticks of a stretch. Interrupts are on inside HLT's window alone, so a tick that comes outside of it stays pending and ends
 * the next HLT at once: none is lost between two.
 */
#include "experiments/tick.h"

#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/apic_timer.h"

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

/* HLT until a tick has come. Returns the stub's stamp, the last one's where several came; what ends HLT besides them is counted. */
static uint64_t wait_for_tick(struct tick_lane *lane)
{
    struct idle_call *call = &lane->call;
    uint64_t came, isr_tsc = 0;

    call->watch_was = percpu_count(call->watch);
    do {
        uint64_t end_tsc;

        lane->hlt->wait(call);
        lane->halted++;
        came = percpu_count(call->watch) - call->watch_was;
        isr_tsc = percpu_count(&lane->cpu->wake_tsc);
        end_tsc = came && isr_tsc < call->after_tsc ? isr_tsc : call->after_tsc;
        lane->waited_tsc += end_tsc - call->before_tsc;
        lane->returned += !came;
    } while (!came);
    lane->woken += came;
    lane->doubled += came - 1;
    if (lane->run)
        run_should_return(lane->run);
    return isr_tsc;
}

/* Arms for a moment and returns it; with a count it is known to the cost of arming alone (apic_timer.h). */
static uint64_t arm_at(struct tick_lane *lane, uint64_t due_tsc)
{
    const struct machine *machine = lane->machine;

    lane->armed++;
    if (machine->timer.one_shot == APIC_TIMER_DEADLINE) {
        wrmsr(MSR_IA32_TSC_DEADLINE, due_tsc);
        return due_tsc;
    }
    return apic_timer_arm(&machine->apic, &machine->timer, due_tsc - tsc_now());
}

/* The last tick ends it, or the first one behind the moment when that was due; half a period is left for it to be early or drift. */
static void take_repeated(struct tick_lane *lane)
{
    const struct machine *machine = lane->machine;
    uint64_t last_tsc = 0, start_tsc = tsc_end();
    uint64_t enough_tsc = lane->due * lane->period_tsc - lane->period_tsc / 2;

    apic_write(&machine->apic, APIC_TIMER_INITIAL, lane->count);
    lane->armed++;
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
        uint64_t over = (tsc_now() - start_tsc) / lane->period_tsc, due_tsc;

        if (over >= n) {
            lane->skipped += (over < lane->due ? over + 1 : lane->due + 1) - n;
            n = over + 1;
        }
        if (n > lane->due)
            break;
        due_tsc = arm_at(lane, start_tsc + n * lane->period_tsc);
        uint64_t isr_tsc = wait_for_tick(lane);

        keep(lane, last_tsc, isr_tsc, due_tsc);
        last_tsc = isr_tsc;
    }
}

void tick_take_stretch(void *argument)
{
    struct tick_lane *lane = argument;
    const struct machine *machine = lane->machine;
    uint64_t start_tsc;

    lane->call.watch = &lane->cpu->wake_count;
    apic_timer_setup(&machine->apic,
                     lane->mode == TICK_PERIODIC ? APIC_TIMER_PERIODIC : machine->timer.one_shot,
                     VECTOR_WAKE_TIMER);
    while ((int64_t)(tsc_now() - lane->begin_tsc) < 0)
        pause();
    start_tsc = tsc_now();
    if (lane->mode == TICK_PERIODIC)
        take_repeated(lane);
    else
        take_armed(lane);
    lane->span_tsc += tsc_now() - start_tsc;
    apic_timer_stop(&machine->apic, &machine->timer);
    apic_drain(&machine->apic);
}
