/* SPDX-License-Identifier: MIT */
/*
 * A CPU's own timer inside Linux: a POSIX timer on CLOCK_MONOTONIC whose signal goes to the CPU's thread. The due time
 * is exact to a nanosecond; when the kernel's timer fires is part of what is measured.
 */
#include "arch/x86/time/apic_timer.h"

#include <signal.h>
#include <time.h>

#include "arch/linux/os.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"

void apic_timer_setup(const struct apic *apic, enum apic_timer_mode mode, uint8_t vector)
{
    struct os_cpu *os = this_cpu()->os;
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID,
                             .sigev_signo = vector == VECTOR_WAKE_TIMER ? OS_SIGNAL_WAKE : OS_SIGNAL_NOTHING};

    (void)apic, (void)mode;
    if (os->timer_made && os->timer_signal == event.sigev_signo)
        return;
    if (os->timer_made)
        timer_delete(os->timer);
    event._sigev_un._tid = os->tid;
    os->timer_signal = event.sigev_signo;
    os->timer_made = !timer_create(CLOCK_MONOTONIC, &event, &os->timer);
}

void apic_timer_stop(const struct apic *apic, const struct apic_timer *timer)
{
    const struct os_cpu *os = this_cpu()->os;
    const struct itimerspec never = {0};

    (void)apic, (void)timer;
    if (os->timer_made)
        timer_settime(os->timer, 0, &never, NULL);
}

uint64_t apic_timer_arm(const struct apic *apic, const struct apic_timer *timer, uint64_t ticks_tsc)
{
    const struct percpu *cpu = this_cpu();
    uint64_t due_tsc = tsc_now() + ticks_tsc;
    struct itimerspec spec = {.it_value = os_time_at(cpu->machine, due_tsc)};

    (void)apic, (void)timer;
    timer_settime(cpu->os->timer, TIMER_ABSTIME, &spec, NULL);
    return due_tsc;
}

bool apic_timer_sharpen(struct machine *machine, uint64_t ahead_tsc)
{
    (void)machine, (void)ahead_tsc;
    return false;
}
