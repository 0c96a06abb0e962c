/* SPDX-License-Identifier: MIT */
/*
 * Question: does a loop of PAUSEs exit to a hypervisor, when, and what does that do to locks?
 * Method: test=pause stamps single PAUSEs, in turn with nothing and with CPUID, which always exits. gap and window
 *   stamp each step of a loop of PAUSEs; a step that is clearly longer than its neighbours ends a stretch, and
 *   lib/infer says what ended it: the stretches with PAUSE are compared with those of the same loop without, taken in
 *   turn; a length alone proves nothing. Before each loop the CPU rests in HLT, many times, so that the host takes it
 *   off the processor and its window begins anew; each rest has a random length, so that a loop begins anywhere in the
 *   host's tick. overcommit hands a ticket lock and an MCS lock from CPU to CPU, and a flag from a CPU that was in HLT
 *   to one that polls it, waiting with PAUSE and without by turns.
 * Expected: Intel, a PAUSE within 128 ticks of the last one belongs to its loop, the loop exits after 4096 ticks, then
 *   8192, 16384 ... until the virtual CPU is scheduled again; AMD, after 3000 PAUSEs, then 6000 ..., at most 65535.
 *   Bare metal, emulators and hosts that have it switched off: nothing. Where two virtual CPUs share a processor, PAUSE
 *   hands a lock over in microseconds, no PAUSE in slices.
 * Confounders: the stamp is part of the distance between two PAUSEs, so a gap below PAUSE and stamp together cannot be
 *   seen; a host's interrupts restart the window; where HLT does not exit, nothing brings the window down between two
 *   loops; a host that shrinks by halves needs all the rests.
 * Sources: SDM volume 3, 25.1.3; AMD APM volume 2, 15.14.4; KVM, arch/x86/kvm/vmx/vmx.c, svm/svm.c, x86.h; J.
 *   Mellor-Crummey, M. Scott, Algorithms for scalable synchronization on shared-memory multiprocessors, 1991.
 */
#include "experiments/ple/parts.h"

#include "arch/x86/cpu/percpu.h"

enum {
    CPUS_MAX = 64,
    SAMPLE_NS = 20000, /* a guess: what a sample costs where each PAUSE exits */
    LOOPS = 80,        /* loops that a question takes, roughly */
};

static const char *const test_words[] = {"pause", "gap", "window", "overcommit", NULL};

static const struct ple_test_steps *const tests[] = {
    [TEST_PAUSE] = &ple_pause_test,
    [TEST_GAP] = &ple_search_test,
    [TEST_WINDOW] = &ple_search_test,
    [TEST_OVERCOMMIT] = &ple_overcommit_test,
};

static const struct param_spec ple_params[KEY_COUNT] = {
    /* what is asked of PAUSE */
    [KEY_TEST] = {"test", PARAM_CHOICE, test_words, "pause,gap,window,overcommit", 0, 0, .list = true},
    /* pause: single ones; overcommit: hand-overs of each lock and way to wait */
    [KEY_SAMPLES] = {"samples", PARAM_COUNT, NULL, "1k", 1, 100000, .unnamed = true,
                     .with = 1 << TEST_PAUSE | 1 << TEST_OVERCOMMIT},
    /* how long a loop of PAUSEs lasts that nothing ends */
    [KEY_LOOP] = {"loop", PARAM_TIME, NULL, "20ms", 100000, 500000000, .unnamed = true,
                  .with = 1 << TEST_GAP | 1 << TEST_WINDOW},
    /* of the HLTs between two loops: longer than the host polls */
    [KEY_REST] = {"rest", PARAM_TIME, NULL, "1ms", 10000, 100000000, .unnamed = true,
                  .with = 1 << TEST_GAP | 1 << TEST_WINDOW | 1 << TEST_OVERCOMMIT},
    /* overcommit: most CPUs that want the lock */
    [KEY_CPUS] = {"cpus", PARAM_COUNT, NULL, "8", 2, CPUS_MAX, .unnamed = true, .with = 1 << TEST_OVERCOMMIT},
    /* time after which the step ends */
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "10s", 1000000, UINT64_C(3600000000000), .unnamed = true},
};

static uint64_t ple_estimate_ns(const struct plan_step *plan)
{
    if (plan->values[KEY_TEST].choice == TEST_GAP || plan->values[KEY_TEST].choice == TEST_WINDOW)
        return LOOPS * (plan_time_ns(plan, "loop", 0) + plan_time_ns(plan, "rest", 0));
    return plan->values[KEY_SAMPLES].count * SAMPLE_NS;
}

static uint64_t ple_memory_bytes(const struct plan_step *plan)
{
    enum { SERIES = 8 };

    (void)plan;
    return 256 * sizeof(struct ple_loop) + 4096 + plan->values[KEY_SAMPLES].count * SERIES * sizeof(int64_t);
}

static const struct ple_test_steps *test_of(const struct step *step)
{
    return tests[step->plan->values[KEY_TEST].choice];
}

static const char *ple_prepare(struct step *step)
{
    return test_of(step)->prepare(step);
}

static void ple_batch(struct step *step)
{
    test_of(step)->batch(step);
}

static void ple_finish(struct step *step)
{
    test_of(step)->finish(step);
}

static const struct experiment ple = {
    .spec = {.name = "ple",
             .params = ple_params,
             .param_count = KEY_COUNT,
             .estimate_ns = ple_estimate_ns,
             .memory_bytes = ple_memory_bytes},
    .prepare = ple_prepare,
    .batch = ple_batch,
    .finish = ple_finish,
};
LAB_EXPERIMENT(ple);
