/* SPDX-License-Identifier: MIT */
/* Experiments that exist only for tests of the plan: one key of every kind. */
#ifndef LAB_TESTS_UNIT_PLAN_SPECS_H
#define LAB_TESTS_UNIT_PLAN_SPECS_H

#include "lib/script/plan.h"

enum {
    SECOND_NS = 1000000000,
    METHOD_SPIN = 0,
};

static const char *const IDLE_WORDS[] = {"spin",           "pause", "hlt", "ioport:1..0xffff", "mwait[:0..0xff]",
                                         "umwait:c01|c02", NULL};
static const char *const BY_WORDS[] = {"timer", "ipi", NULL};
static const char *const OTHERS_WORDS[] = {"asleep", "awake", NULL};
static const char *const INSN_WORDS[] = {"pause", "rdtsc", "cpuid", NULL};
static const char *const N_WORDS[] = {"auto", NULL};
static const char *const CPUS_WORDS[] = {"all", NULL};

static const struct param_spec WAKE_PARAMS[] = {
    {.key = "idle", .kind = PARAM_METHOD, .words = IDLE_WORDS, .list = true},
    {.key = "by", .kind = PARAM_CHOICE, .words = BY_WORDS, .fallback = "timer", .list = true},
    {.key = "from", .kind = PARAM_CPU, .fallback = "package", .max = 255, .list = true},
    {.key = "others", .kind = PARAM_CHOICE, .words = OTHERS_WORDS, .fallback = "asleep", .list = true},
    {.key = "interval",
     .kind = PARAM_INTERVAL,
     .fallback = "uniform:50us..1ms",
     .min = 1000,
     .max = UINT64_C(10) * SECOND_NS,
     .list = true,
     .ticks = true},
    {.key = "samples", .kind = PARAM_COUNT, .fallback = "2000", .min = 1, .max = 10000000, .unnamed = true},
    {.key = "budget",
     .kind = PARAM_TIME,
     .fallback = "5s",
     .min = 1000000,
     .max = UINT64_C(3600) * SECOND_NS,
     .unnamed = true},
    {.key = "seed", .kind = PARAM_COUNT, .fallback = "1", .list = true, .unnamed = true},
    {.key = "raw", .kind = PARAM_FLAG, .fallback = "no", .unnamed = true},
};

static const struct param_spec COST_PARAMS[] = {
    {.key = "insn", .kind = PARAM_CHOICE, .words = INSN_WORDS, .fallback = "pause,rdtsc,cpuid", .list = true},
    {.key = "n", .kind = PARAM_COUNT, .words = N_WORDS, .fallback = "1000", .list = true},
};

static const struct param_spec NOISE_PARAMS[] = {
    {.key = "time", .kind = PARAM_TIME, .fallback = "1s", .min = 1},
    {.key = "threshold", .kind = PARAM_TIME, .fallback = "1us", .ticks = true},
    {.key = "cpus", .kind = PARAM_CPU, .words = CPUS_WORDS, .fallback = "all"},
    {.key = "note", .kind = PARAM_TEXT, .fallback = "none"},
};

static const char *wake_check(const struct plan_step *plan)
{
    bool spins = plan->values[0].method.word == METHOD_SPIN;
    return spins && plan->values[1].choice == 1 ? "a CPU that spins sees no ipi" : NULL;
}

static uint64_t wake_estimate_ns(const struct plan_step *plan)
{
    return plan_time_ns(plan, "budget", 0);
}

static uint64_t wake_memory_bytes(const struct plan_step *plan)
{
    return plan_count(plan, "samples", 0) * 64;
}

static int wake_owner;

static const struct experiment_spec SURVEY_SPEC = {.name = "survey"};
static const struct experiment_spec NOISE_SPEC = {.name = "noise", .params = NOISE_PARAMS, .param_count = 4};
static const struct experiment_spec COST_SPEC = {.name = "cost", .params = COST_PARAMS, .param_count = 2};
static const struct experiment_spec WAKE_SPEC = {
    .name = "wake",
    .params = WAKE_PARAMS,
    .param_count = sizeof(WAKE_PARAMS) / sizeof(WAKE_PARAMS[0]),
    .owner = &wake_owner,
    .check = wake_check,
    .estimate_ns = wake_estimate_ns,
    .memory_bytes = wake_memory_bytes,
};

static const struct experiment_spec *const TEST_SPECS[] = {&SURVEY_SPEC, &NOISE_SPEC, &COST_SPEC, &WAKE_SPEC};

enum {
    TEST_SPEC_COUNT = 4,
};

#endif /* LAB_TESTS_UNIT_PLAN_SPECS_H */
