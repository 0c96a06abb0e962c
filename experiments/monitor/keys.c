/* SPDX-License-Identifier: MIT */
/* The keys of `monitor`, what a step will cost, and the cases of each test. */
#include "experiments/monitor/parts.h"

#include "arch/x86/cpu/percpu.h"
#include "arch/x86/idle/mwait_hints.h"

enum {
    NEIGHBOURS = 4, /* lines to each side */
    PAGE_BYTES = 4096,
    PAGES = 4,
    WAITPKG_STATE_COUNT = 2,
};

static const char *const test_words[] = {"real", "line", "neighbour", "interrupt", "cpuid", "spurious", "hints", NULL};
const char *const monitor_method_names[] = {"mwait", "mwaitx", "umwait"};
static const char *const method_words[] = {"mwait[:0..0xff]", "mwaitx[:0..0xff]", "umwait[:c01|c02]", NULL};

const struct param_spec monitor_params[KEY_COUNT] = {
    /* what is asked of the monitor */
    [KEY_TEST] = {"test", PARAM_CHOICE, test_words, "real,line,neighbour,interrupt,cpuid,spurious", 0, 0, .list = true},
    /* the instructions that arm it and wait */
    [KEY_METHOD] = {"method", PARAM_METHOD, method_words, "mwait", 0, 0, .list = true},
    /* when another CPU stores; the guard comes at four times that */
    [KEY_INTERVAL] = {"interval", PARAM_TIME, NULL, "500us", 1000, 1000000000, .ticks = true, .unnamed = true},
    /* waits of each kind; spurious: 16 times as many */
    [KEY_SAMPLES] = {"samples", PARAM_COUNT, NULL, "8", 1, 100000, .unnamed = true},
    /* the CPU that waits */
    [KEY_CPU] = {"cpu", PARAM_COUNT, NULL, "0", 0, CPU_MAX - 1, .list = true, .unnamed = true},
    /* time after which the step ends */
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "5s", 1000000, UINT64_C(3600000000000), .unnamed = true},
    /* run the instructions though their CPUID bit is clear: the fault is the result */
    [KEY_FORCE] = {"force", PARAM_FLAG, NULL, "no", 0, 0, .unnamed = true},
};

uint64_t monitor_estimate_ns(const struct plan_step *plan)
{
    const struct units_time *interval = &plan->values[KEY_INTERVAL].time;
    uint64_t cases = plan->values[KEY_TEST].choice == TEST_LINE ? CASES_MAX : 2 * NEIGHBOURS;

    return cases * plan_count(plan, "samples", 0) * interval->value * GUARD_TIMES;
}

uint64_t monitor_memory_bytes(const struct plan_step *plan)
{
    (void)plan;
    return sizeof(struct monitor) + PAGES * PAGE_BYTES;
}

static void add(struct monitor *monitor, bool store, int32_t offset_bytes, enum monitor_between between)
{
    monitor->cases[monitor->case_count++] = (struct monitor_case){.argument = monitor->argument,
                                                                  .store = store,
                                                                  .offset_bytes = offset_bytes,
                                                                  .between = between,
                                                                  .slept_min_tsc = INT64_MAX};
}

/* The watched word itself first, as the control; then lines to each side, and the same line of the next page. */
static void set_neighbours(struct monitor *monitor, int32_t line_bytes)
{
    add(monitor, true, WATCH_OFFSET_BYTES, BETWEEN_NOTHING);
    for (int32_t i = -NEIGHBOURS; i <= NEIGHBOURS; i++)
        if (i)
            add(monitor, true, i * line_bytes + WATCH_OFFSET_BYTES, BETWEEN_NOTHING);
    add(monitor, true, PAGE_BYTES + WATCH_OFFSET_BYTES, BETWEEN_NOTHING);
}

/* A wait that sleeps on may still be armed or not: only a store tells. */
static void set_between(struct monitor *monitor, enum monitor_between between)
{
    add(monitor, false, 0, BETWEEN_NOTHING);
    add(monitor, false, 0, between);
    if (monitor->storer.cpu)
        add(monitor, true, WATCH_OFFSET_BYTES, between);
}

/* Every hint worth trying, or both states of UMWAIT. */
static void set_hints(struct monitor *monitor, const struct cpu_snapshot *snapshot)
{
    bool waitpkg = monitor->kind == KIND_UMWAIT;
    uint8_t hints[MWAIT_HINTS_MAX];
    uint32_t count = waitpkg ? WAITPKG_STATE_COUNT : mwait_hints_list(snapshot, hints);

    for (uint32_t i = 0; i < count && monitor->case_count < CASES_MAX; i++) {
        monitor->argument = waitpkg ? i : hints[i];
        add(monitor, false, 0, BETWEEN_NOTHING);
    }
}

void monitor_set_cases(struct monitor *monitor, const struct cpu_snapshot *snapshot, uint32_t line_bytes)
{
    switch (monitor->test) {
    case TEST_LINE:
        for (int32_t at = LINE_FIRST_BYTES; at <= LINE_LAST_BYTES; at += WORD_BYTES)
            add(monitor, true, at, BETWEEN_NOTHING);
        break;
    case TEST_NEIGHBOUR:
        set_neighbours(monitor, (int32_t)line_bytes);
        break;
    case TEST_INTERRUPT:
        set_between(monitor, BETWEEN_INTERRUPT);
        break;
    case TEST_CPUID:
        set_between(monitor, BETWEEN_CPUID);
        break;
    case TEST_REAL:
        add(monitor, false, 0, BETWEEN_NOTHING);
        if (monitor->storer.cpu)
            add(monitor, true, WATCH_OFFSET_BYTES, BETWEEN_NOTHING);
        add(monitor, false, 0, BETWEEN_UNARMED);
        break;
    case TEST_HINTS:
        set_hints(monitor, snapshot);
        break;
    default:
        add(monitor, false, 0, BETWEEN_NOTHING);
        break;
    }
}
