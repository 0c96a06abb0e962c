/* SPDX-License-Identifier: MIT */
/*
 * Question: does the monitor do what the manual says, and is the wait a wait at all?
 * Method: one CPU arms the monitor on a word that is alone in its page and waits with interrupts on, guarded by its
 *   local timer; another CPU stores somewhere at a known time. The guard's count, the store's stamp, CF and the wait's
 *   length tell how the wait ended.
 *   real: nothing but the guard, then a store to the word: a real sleep, one that only interrupts end, a return at
 *     once, or a fault. Also waits without arming, and times CPUID, which may be an exit: the cost of a wait that does
 *     not sleep tells a skipped exit from an instruction that returns by itself.
 *   line: stores at every 8 bytes around the word: which of them end the wait, against CPUID.05H.
 *   neighbour: stores to the lines beside it, and to the same line of the next page.
 *   interrupt, cpuid: an interrupt, or CPUID, between arming and waiting, by turns with nothing between: does it
 *     disarm?
 *   spurious: long waits that nothing should end; how regular are the wakes?
 *   hints: each C-state hint that CPUID lists, with what the residency counters say.
 * Expected: one line of CPUID.05H's size triggers and no other; an interrupt disarms, because it is a far transfer;
 *   CPUID does not, but exits to a hypervisor, whose entry clears the monitor. Emulators run MWAIT as HLT or as
 *   nothing.
 * Confounders: a host's interrupts end waits early; a stray wake in the short time between store and guard counts as
 *   the store's, so that a place triggers only where most of its waits ended so; memory that is not write-back is not
 *   monitored.
 * Sources: SDM volume 2, MONITOR, MWAIT, UMONITOR; volume 3, 9.10.4, 26.3.3 and 27.5.6; AMD APM volume 3, MONITORX.
 */
#include "experiments/monitor/parts.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/errata.h"
#include "arch/x86/idle/waitpkg.h"
#include "experiments/kit/gate.h"
#include "experiments/kit/probe.h"

enum {
    PAGE_BYTES = 4096,
    BASE_BYTES = 1024, /* of the watched line in its page */
    LINE_BYTES = 64,   /* where CPUID.05H says nothing */
    SPURIOUS_TIMES = 16,
    SPURIOUS_GUARD_NS = 10 * 1000 * 1000,
    LOOK_NS = 20 * 1000 * 1000, /* a longer guard is not tried beforehand */
    TEXT_BYTES = 192,
};

static bool allocate(struct step *step, struct monitor *monitor)
{
    unsigned char *pages = step_alloc(step, 3 * PAGE_BYTES);

    if (!pages)
        return false;
    pages += (PAGE_BYTES - (uintptr_t)pages % PAGE_BYTES) % PAGE_BYTES;
    monitor->base = pages + BASE_BYTES;
    monitor->watch = (const uint64_t *)(const void *)(monitor->base + WATCH_OFFSET_BYTES);
    return true;
}

static void set_up(struct step *step, struct monitor *monitor)
{
    const struct plan_value *values = step->plan->values;
    uint32_t line_bytes = cpu_mwait_info(step_cpuid(step)).line_max_bytes;
    uint32_t tries = (uint32_t)values[KEY_SAMPLES].count;

    monitor->test = values[KEY_TEST].choice;
    monitor->kind = values[KEY_METHOD].method.word;
    monitor->method = idle_find(monitor_method_names[monitor->kind]);
    monitor->argument = (uint32_t)values[KEY_METHOD].method.argument;
    monitor->flush_line = errata_flush_before_monitor(step_cpuid(step));
    monitor->interval_tsc = step_time_tsc(step, KEY_INTERVAL);
    monitor->guard_tsc = monitor->interval_tsc * GUARD_TIMES;
    if (step->waker && monitor->test != TEST_HINTS) { /* whom nobody needs may sleep */
        waker_init(&monitor->storer, step->machine, wake_find("store"), step->waker, step->cpu);
        monitor->slack_tsc = step->waker->tsc_offset_bound + step->cpu->tsc_offset_bound;
    }
    monitor->siblings = (struct sleepers){.method = monitor->method, .beside = step->cpu};
    monitor_set_cases(monitor, step_cpuid(step), line_bytes && line_bytes <= BASE_BYTES / 4 ? line_bytes : LINE_BYTES);
    if (monitor->test == TEST_SPURIOUS) {
        monitor->guard_tsc = step_tsc(step, SPURIOUS_GUARD_NS);
        tries *= SPURIOUS_TIMES;
    }
    step->total = monitor->case_count * tries;
    step->silence_tsc = monitor->guard_tsc;
}

static const char *monitor_prepare(struct step *step)
{
    struct monitor *monitor = step->state;
    bool stores;

    set_up(step, monitor);
    if (!monitor->method)
        return "the image has no such idle method";
    stores = monitor->test == TEST_LINE || monitor->test == TEST_NEIGHBOUR;
    if (stores && !monitor->storer.cpu)
        return "needs another CPU than CPU 0 that stores, its TSC offset known";
    if (!allocate(step, monitor))
        return step_no_memory;
    return gate_refuse(step, monitor->method, monitor->argument, false);
}

/*
 * WAITPKG that surely does not wait is not tried; under force=yes a fault is wanted, and the first wait shows it. Where
 * the proof is not clear, the waits themselves tell.
 */
static bool is_swallowed(const struct step *step, struct monitor *monitor)
{
    if (monitor->ready || !cpu_has(step_cpuid(step), monitor->method->need) || !monitor->method->believe)
        return false;
    monitor->proof = waitpkg_prove();
    return monitor->proof.is == WAITPKG_SWALLOWED || monitor->proof.is == WAITPKG_FAULTS;
}

/* Once, before the first wait that counts. */
static void get_ready(struct step *step, struct monitor *monitor)
{
    if (monitor->test == TEST_REAL)
        probe_references(step, &monitor->costs);
    if (monitor->test != TEST_SPURIOUS && monitor->test != TEST_HINTS && monitor->guard_tsc <= step_tsc(step, LOOK_NS))
        monitor_shorten(step, monitor);
    monitor->ready = true;
}

static void monitor_batch(struct step *step)
{
    struct monitor *monitor = step->state;

    if (monitor->method->begin)
        monitor->method->begin(&step->cpu->msr_saves, 0);
    if (is_swallowed(step, monitor)) {
        monitor->unreal = true;
        step->complete = true;
    } else {
        if (monitor->test == TEST_HINTS)
            evidence_begin(&monitor->evidence, step->machine, step->cpu);
        if (!monitor->ready)
            get_ready(step, monitor);
        if (monitor->storer.cpu)
            waker_start(&monitor->storer);
        do {
            monitor_try(step, monitor, &monitor->cases[monitor->try_count % monitor->case_count]);
            step->done = ++monitor->try_count;
            step->complete = step->done == step->total || monitor->fault_code;
        } while (!step->complete && !step_should_return(step));
        if (monitor->storer.cpu)
            waker_stop(&monitor->storer);
    }
    msr_restore(&step->cpu->msr_saves);
}

static void monitor_finish(struct step *step)
{
    struct monitor *monitor = step->state;
    char text[TEXT_BYTES];

    if (monitor->unreal) {
        waitpkg_describe(&monitor->proof, text, sizeof(text));
        result_finding(step, "waitpkg_is", monitor->proof.confidence, text);
        result_fail(step, "not_real", 1, "count");
        return;
    }
    if (errata_monitor_loses_stores(step_cpuid(step)))
        result_finding(step, "monitor_lost", CONFIDENCE_NONE, "this model is known to miss stores (docs/errata.md)");
    monitor_report(step, monitor);
}

static const struct experiment monitor_experiment = {
    .spec = {.name = "monitor",
             .params = monitor_params,
             .param_count = KEY_COUNT,
             .estimate_ns = monitor_estimate_ns,
             .memory_bytes = monitor_memory_bytes},
    .waker = WAKER_ANY,
    .ring3 = true,
    .state_bytes = sizeof(struct monitor),
    .prepare = monitor_prepare,
    .batch = monitor_batch,
    .finish = monitor_finish,
};
LAB_EXPERIMENT(monitor_experiment);
