/* SPDX-License-Identifier: MIT */
/* The two things that CPUs do in a part of `neighbour`: work, and idle by a method. */
#include "experiments/neighbour/parts.h"

#include "arch/x86/cpu/percpu.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/apic_timer.h"
#include "arch/x86/time/tsc.h"

enum { UNIT_ROUNDS = 256 };

/*
 * One unit: four independent chains of multiply, add, shift, so that a sibling's use of the core is felt. It touches no
 * memory. Multiplier and increment: Knuth's MMIX generator.
 */
static uint64_t work_unit(uint64_t seed)
{
    const uint64_t multiplier = UINT64_C(6364136223846793005);
    const uint64_t increment = UINT64_C(1442695040888963407);
    uint64_t a = seed, b = seed + 1, c = seed + 2, d = seed + 3;

    for (unsigned i = 0; i < UNIT_ROUNDS; i++) {
        a = a * multiplier + increment;
        b = b * multiplier + increment;
        c ^= c << 13;
        c ^= c >> 7;
        d = (d << 5) + d + i;
    }
    return a ^ b ^ c ^ d;
}

void neighbour_work(void *argument)
{
    struct worker *worker = argument;
    uint64_t start_tsc, now_tsc, units = 0, sink = worker->sink;

    while ((int64_t)(tsc_now() - worker->begin_tsc) < 0)
        pause();
    start_tsc = tsc_begin();
    do {
        sink = work_unit(sink);
        units++;
        now_tsc = tsc_now();
    } while ((int64_t)(now_tsc - worker->end_tsc) < 0);
    worker->units = units;
    worker->spent_tsc = now_tsc - start_tsc;
    worker->sink = sink;
}

/*
 * The timer ends each wait. A method that returns before it, because it does not wait or something else ended it, is
 * entered again with the same event ahead.
 */
void neighbour_idle(void *argument)
{
    struct idler *idler = argument;
    struct machine *machine = idler->machine;
    const struct idle_method *method = idler->method;
    void (*wait)(struct idle_call * call) = method->wait ? method->wait : method->wait_masked;
    struct idle_call *call = &idler->call;

    if (method->begin)
        method->begin(&idler->cpu->msr_saves, 0);
    call->watch = &idler->cpu->wake_count;
    call->argument = idler->argument;
    call->flush_line = idler->flush_line;
    call->limit_tsc = method->relative_limit ? 0 : UINT64_MAX;
    apic_timer_setup(&machine->apic, machine->timer.one_shot, VECTOR_WAKE_TIMER);
    while ((int64_t)(tsc_now() - idler->end_tsc) < 0) {
        call->watch_was = percpu_count(call->watch);
        apic_timer_arm(&machine->apic, &machine->timer, idler->period_tsc);
        while (!idle_is_over(call)) {
            wait(call);
            idler->returns++;
            /* A masked wait leaves its interrupt pending: it is taken here. */
            sti_nop_cli();
        }
    }
    apic_timer_stop(&machine->apic, &machine->timer);
    msr_restore(&idler->cpu->msr_saves);
}
