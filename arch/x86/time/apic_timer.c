/* SPDX-License-Identifier: MIT */
#include "arch/x86/time/apic_timer.h"

#include "arch/x86/cpu/percpu.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"
#include "lib/fixed.h"

enum {
    CALIBRATE_US = 10000,
    BRACKET_TRIES = 8,
    PERIODS = 8,
    PERIOD_US = 1000,
    PERIODIC_LIMIT_US = 100 * 1000,
};

/* A reading of the count register between two stamps; of several the tightest. */
struct count_reading {
    uint64_t before_tsc, after_tsc;
    uint32_t count;
};

static struct count_reading read_count(const struct apic *apic)
{
    struct count_reading best = {0, UINT64_MAX, 0};

    for (unsigned i = 0; i < BRACKET_TRIES; i++) {
        struct count_reading r;

        r.before_tsc = tsc_end();
        r.count = apic_read(apic, APIC_TIMER_CURRENT);
        r.after_tsc = tsc_end();
        if (r.after_tsc - r.before_tsc < best.after_tsc - best.before_tsc)
            best = r;
    }
    return best;
}

static void measure_count(struct machine *machine)
{
    struct apic_timer *timer = &machine->timer;
    const struct apic *apic = &machine->apic;
    struct count_reading first, second;
    uint64_t counts, ticks_tsc, slack_tsc;

    apic_write(apic, APIC_TIMER_DIVIDE, APIC_TIMER_DIVIDE_1);
    apic_write(apic, APIC_LVT_TIMER, APIC_LVT_MASKED | APIC_LVT_TIMER_ONESHOT | VECTOR_WAKE_TIMER);
    apic_write(apic, APIC_TIMER_INITIAL, UINT32_MAX);
    first = read_count(apic);
    delay_us(machine, CALIBRATE_US);
    second = read_count(apic);
    apic_write(apic, APIC_TIMER_INITIAL, 0);

    counts = (uint64_t)(first.count - second.count);
    ticks_tsc = (second.before_tsc + (second.after_tsc - second.before_tsc) / 2) -
                (first.before_tsc + (first.after_tsc - first.before_tsc) / 2);
    slack_tsc = (first.after_tsc - first.before_tsc + second.after_tsc - second.before_tsc) / 2;

    if (!counts || !ticks_tsc)
        return;
    timer->hz = muldiv_round_u64(counts, machine->clock.tsc_hz, ticks_tsc);
    timer->bound_ppm = (uint32_t)muldiv_u64(slack_tsc, 1000000, ticks_tsc) + 1;
    timer->count_per_tsc_q32 = muldiv_round_u64(counts, FIXED_Q32_ONE, ticks_tsc);
    timer->tsc_per_count_q32 = muldiv_round_u64(ticks_tsc, FIXED_Q32_ONE, counts);
}

/* Lets the timer run by itself for some periods and compares first and last with the TSC. */
static void check_periodic(struct machine *machine)
{
    const struct apic *apic = &machine->apic;
    struct percpu *cpu = this_cpu();
    uint64_t period_tsc = delay_tsc(machine, PERIOD_US);
    uint64_t limit_tsc = tsc_now() + delay_tsc(machine, PERIODIC_LIMIT_US);
    uint64_t first_count, first_tsc, last_tsc, periods;

    apic_timer_setup(apic, APIC_TIMER_PERIODIC, VECTOR_WAKE_TIMER);
    first_count = percpu_count(&cpu->wake_count);
    apic_timer_arm_periodic(apic, &machine->timer, period_tsc);
    while (percpu_count(&cpu->wake_count) == first_count && tsc_now() < limit_tsc)
        sti_nop_cli();
    first_tsc = percpu_count(&cpu->wake_tsc);
    while (percpu_count(&cpu->wake_count) < first_count + 1 + PERIODS && tsc_now() < limit_tsc)
        sti_nop_cli();
    last_tsc = percpu_count(&cpu->wake_tsc);
    apic_timer_stop(apic, &machine->timer);

    periods = percpu_count(&cpu->wake_count) - first_count - 1;
    if (periods != PERIODS)
        machine->timer.periodic_error_ppm = UINT64_MAX;
    else {
        uint64_t wanted_tsc = PERIODS * period_tsc, found_tsc = last_tsc - first_tsc;
        uint64_t off_tsc = found_tsc > wanted_tsc ? found_tsc - wanted_tsc : wanted_tsc - found_tsc;
        machine->timer.periodic_error_ppm = muldiv_u64(off_tsc, 1000000, wanted_tsc);
    }
}

void apic_timer_calibrate(struct machine *machine, bool has_deadline, bool wish_one_shot)
{
    struct apic_timer *timer = &machine->timer;

    timer->has_deadline = has_deadline;
    measure_count(machine);
    if (timer->hz)
        check_periodic(machine);
    timer->one_shot = has_deadline && (!wish_one_shot || !timer->hz) ? APIC_TIMER_DEADLINE : APIC_TIMER_ONE_SHOT;
}

void apic_timer_setup(const struct apic *apic, enum apic_timer_mode mode, uint8_t vector)
{
    static const uint32_t lvt_mode[] = {
        [APIC_TIMER_DEADLINE] = APIC_LVT_TIMER_TSC_DEADLINE,
        [APIC_TIMER_ONE_SHOT] = APIC_LVT_TIMER_ONESHOT,
        [APIC_TIMER_PERIODIC] = APIC_LVT_TIMER_PERIODIC,
    };

    apic_write(apic, APIC_TIMER_DIVIDE, APIC_TIMER_DIVIDE_1);
    apic_write(apic, APIC_LVT_TIMER, lvt_mode[mode] | vector);
    /* In xAPIC mode the store to the LVT must be done before the first WRMSR of a deadline (SDM volume 3, 10.5.4.1). */
    mfence();
}

void apic_timer_stop(const struct apic *apic, const struct apic_timer *timer)
{
    if (timer->has_deadline)
        wrmsr(MSR_IA32_TSC_DEADLINE, 0);
    apic_write(apic, APIC_TIMER_INITIAL, 0);
    apic_write(apic, APIC_LVT_TIMER, APIC_LVT_MASKED | VECTOR_WAKE_TIMER);
}
