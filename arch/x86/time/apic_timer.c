/* SPDX-License-Identifier: MIT */
#include "arch/x86/time/apic_timer.h"

#include "arch/x86/cpu/percpu.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"
#include "lib/fixed.h"

enum {
    CALIBRATE_US = 10000,
    LONGEST_US = 1280 * 1000, /* seven times twice as long */
    NEED_PER_US = 10,         /* 100 ns: a tenth of what leaving C1 takes */
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

static uint64_t middle_tsc(const struct count_reading *r)
{
    return r->before_tsc + (r->after_tsc - r->before_tsc) / 2;
}

/* True where an event that far ahead is known well enough. */
static bool is_sharp(const struct machine *machine, uint64_t ahead_tsc)
{
    return apic_timer_off_tsc(&machine->timer, ahead_tsc) <= delay_tsc(machine, 1) / NEED_PER_US;
}

/* The count goes on from its first reading; it is read after 10 ms, 20 ms and so on, until it is known well enough. */
static void measure_count(struct machine *machine, uint64_t ahead_tsc, uint64_t longest_us)
{
    struct apic_timer *timer = &machine->timer;
    const struct apic *apic = &machine->apic;
    struct count_reading first, last;
    uint64_t us = CALIBRATE_US, counts;

    apic_write(apic, APIC_TIMER_DIVIDE, APIC_TIMER_DIVIDE_1);
    apic_write(apic, APIC_LVT_TIMER, APIC_LVT_MASKED | APIC_LVT_TIMER_ONESHOT | VECTOR_WAKE_TIMER);
    apic_write(apic, APIC_TIMER_INITIAL, UINT32_MAX);
    first = read_count(apic);
    delay_us(machine, us);
    for (;;) {
        last = read_count(apic);
        counts = (uint64_t)(first.count - last.count);
        apic_timer_take_ratio(timer, machine->clock.tsc_hz, counts, middle_tsc(&last) - middle_tsc(&first),
                              (first.after_tsc - first.before_tsc + last.after_tsc - last.before_tsc) / 2);
        /* The next one is as long as all before, and the count must not run out in it. */
        if (!counts || counts > UINT32_MAX / 2 || us >= longest_us || is_sharp(machine, ahead_tsc))
            break;
        delay_us(machine, us);
        us *= 2;
    }
    apic_write(apic, APIC_TIMER_INITIAL, 0);
    timer->measured_us = us;
}

/* Up to PERIODS ticks behind the first one. Of two that come in one look the second had no time of its own. */
static void watch_ticks(struct percpu *cpu, uint64_t first_count, uint64_t limit_tsc, struct apic_ticks *ticks)
{
    uint64_t first_tsc = percpu_count(&cpu->wake_tsc), last_tsc = first_tsc;

    *ticks = (struct apic_ticks){.shortest_tsc = UINT64_MAX};
    while (ticks->count < PERIODS && tsc_now() < limit_tsc) {
        uint64_t count, gap_tsc;

        sti_nop_cli();
        count = percpu_count(&cpu->wake_count) - first_count - 1;
        if (count == ticks->count)
            continue;
        gap_tsc = count > ticks->count + 1 ? 0 : percpu_count(&cpu->wake_tsc) - last_tsc;
        last_tsc = percpu_count(&cpu->wake_tsc);
        if (gap_tsc < ticks->shortest_tsc)
            ticks->shortest_tsc = gap_tsc;
        ticks->count = count;
        ticks->passed_tsc = last_tsc - first_tsc;
    }
}

/* Lets the timer run by itself for some periods and compares them with the TSC. */
static void check_periodic(struct machine *machine)
{
    const struct apic *apic = &machine->apic;
    struct percpu *cpu = this_cpu();
    uint64_t period_tsc = delay_tsc(machine, PERIOD_US);
    uint64_t limit_tsc = tsc_now() + delay_tsc(machine, PERIODIC_LIMIT_US);
    struct apic_ticks ticks;
    uint64_t first_count;

    apic_timer_setup(apic, APIC_TIMER_PERIODIC, VECTOR_WAKE_TIMER);
    first_count = percpu_count(&cpu->wake_count);
    apic_timer_arm_periodic(apic, &machine->timer, period_tsc);
    while (percpu_count(&cpu->wake_count) == first_count && tsc_now() < limit_tsc)
        sti_nop_cli();
    watch_ticks(cpu, first_count, limit_tsc, &ticks);
    apic_timer_stop(apic, &machine->timer);
    apic_timer_take_periodic(&machine->timer, &ticks, PERIODS, period_tsc);
}

void apic_timer_calibrate(struct machine *machine, bool has_deadline, bool wish_one_shot)
{
    struct apic_timer *timer = &machine->timer;

    timer->has_deadline = has_deadline;
    measure_count(machine, 0, CALIBRATE_US);
    if (apic_timer_may_repeat(timer))
        check_periodic(machine);
    else if (timer->hz)
        apic_timer_take_periodic(timer, &(struct apic_ticks){.shortest_tsc = UINT64_MAX}, PERIODS, 1);
    timer->one_shot = has_deadline && (!wish_one_shot || !timer->hz) ? APIC_TIMER_DEADLINE : APIC_TIMER_ONE_SHOT;
}

bool apic_timer_sharpen(struct machine *machine, uint64_t ahead_tsc)
{
    if (!machine->timer.hz || is_sharp(machine, ahead_tsc) || machine->timer.measured_us >= LONGEST_US)
        return false;
    measure_count(machine, ahead_tsc, LONGEST_US);
    return true;
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
