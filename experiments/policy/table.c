/* SPDX-License-Identifier: MIT */
/* The states that a step of `policy` chooses from, and their figures: the driver's, a model's, a module's, measured. */
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/power/amd_ports.h"
#include "arch/x86/time/tsc.h"
#include "experiments/policy/parts.h"
#include "lib/kernel_table.h"
#include "lib/cstring.h"
#include "lib/stats.h"
#include "lib/script/words.h"

enum {
    MEASURE_WAKES = 50,
    MEASURE_QUANTILE = 45, /* of MEASURE_WAKES: the 90th percentile */
    MEASURE_NS = 200000,   /* distance of each wake, at least */
    ACPI_SHARE = 3,        /* a target residency is three exit latencies (Linux, processor_idle) */
    FIELD_EXIT = 2,
    FIELD_TARGET = 3,
    FIELD_DISABLED = 5,
    FIELDS = 6,
};

static const char header[] = "index,name,exit_latency_ns,target_residency_ns,flags,disabled";

static const char *const sources[] = {"driver", "measured", "file", NULL};

/*
 * One line of a table: six fields, of which those that are numbers are taken. Returns its length, 0 where it is no
 * line.
 */
static size_t read_line(const char *text, size_t limit, int64_t *fields)
{
    uint32_t field = 0;

    memset(fields, 0, FIELDS * sizeof(*fields));
    for (size_t i = 0;; i++) {
        char c = i < limit ? text[i] : '\n';

        if (c >= '0' && c <= '9' && fields[field] < IDLE_TIME_MAX_NS)
            fields[field] = fields[field] * 10 + (c - '0');
        if (c == '\n')
            return field == FIELDS - 1 ? i + 1 : 0;
        if (c == ',' && ++field == FIELDS)
            return 0;
    }
}

/* The driver's states stay; their figures come from the text, state by state. */
static const char *read_table(struct idle_table *table, const char *text, size_t bytes)
{
    size_t at = sizeof(header) - 1;
    int64_t fields[FIELDS];

    while (at < bytes && text[at] != '\n')
        at++;
    at++;
    for (uint32_t i = 0; i < table->count; i++) {
        size_t line_bytes = at < bytes ? read_line(text + at, bytes - at, fields) : 0;

        if (!line_bytes || fields[0] != i)
            return "table=file: the module has not one line for each of the driver's states";
        table->exit_latency_ns[i] = fields[FIELD_EXIT];
        table->target_residency_ns[i] = fields[FIELD_TARGET];
        if (fields[FIELD_DISABLED])
            table->disabled_mask |= 1u << i;
        at += line_bytes;
    }
    return NULL;
}

static const char *load_table(const struct step *step, struct policy *policy)
{
    const struct boot_info *boot = step->machine->boot;

    policy->driver.source = "file";
    for (uint32_t i = 0; i < boot->module_count; i++) {
        const char *text = (const char *)(uintptr_t)boot->modules[i].start;
        size_t bytes = boot->modules[i].bytes;

        if (bytes > sizeof(header) && memcmp(text, header, sizeof(header) - 1) == 0)
            return read_table(&policy->driver.table, text, bytes);
    }
    return "table=file needs a module that begins like a table of states";
}

static enum idle_driver_kind wanted_kind(const struct plan_value *values)
{
    unsigned idle = values[KEY_IDLE].choice;
    enum idle_driver_kind kind = (enum idle_driver_kind)values[KEY_DRIVER].choice;

    if (idle == IDLE_POLL)
        return IDLE_DRIVER_POLL;
    if (idle == IDLE_HALT)
        return IDLE_DRIVER_HLT;
    if (idle == IDLE_NOMWAIT && (kind == IDLE_DRIVER_MWAIT || kind == IDLE_DRIVER_AUTO))
        return IDLE_DRIVER_ACPI;
    return kind;
}

static const struct kernel_table *wanted_model(const struct script_token *table)
{
    size_t stem_bytes = sizeof("model:") - 1;

    for (unsigned i = 0; sources[i]; i++)
        if (words_equal(sources[i], table->text, table->bytes))
            return NULL;
    return kernel_table_find(table->text + stem_bytes, table->bytes - stem_bytes);
}

const char *policy_table_build(struct step *step, struct policy *policy)
{
    const struct plan_value *values = step->plan->values;
    const struct script_token *table = &values[KEY_TABLE].text;
    const struct cpu_snapshot *snapshot = &step->machine->snapshot;
    struct amd_ports ports = amd_ports_read(snapshot, hv_is_guest(&step->machine->hv));
    struct idle_driver_wish wish = {
        .kind = wanted_kind(values),
        .model = wanted_model(table),
        .max_cstate = (uint32_t)values[KEY_MAX_CSTATE].count,
        .disabled_mask = (uint32_t)values[KEY_DISABLE].count,
        .c2_port = amd_ports_c2(&ports),
    };
    const char *problem = idle_driver_build(&policy->driver, snapshot, &wish);
    uint32_t state;

    policy->measure_table = words_equal("measured", table->text, table->bytes);
    if (!problem && words_equal("file", table->text, table->bytes))
        problem = load_table(step, policy);
    if (!problem)
        problem = idle_table_check(&policy->driver.table, &state);
    if (!problem && !idle_enabled_mask(&policy->driver.table))
        problem = "no state is left";
    idle_prices_of(&policy->prices, &policy->driver.table);
    return problem;
}

/* The 90th percentile of the latencies of wakes by the timer, ns; 0 where the state did not wait. */
static int64_t measure_state(struct policy *policy, uint32_t state)
{
    struct policy_cpu *at = &policy->cpus[0];
    struct policy_lane *lane = policy_lane_at(policy, 0, 0);
    int64_t far_ns = 2 * policy->driver.table.target_residency_ns[state];
    uint64_t ticks_tsc = step_tsc(policy->step, (uint64_t)(far_ns > MEASURE_NS ? far_ns : MEASURE_NS));
    int64_t latency_tsc[MEASURE_WAKES];
    uint32_t count = 0;

    for (uint32_t i = 0; i < MEASURE_WAKES; i++) {
        struct policy_sleep sleep = {0};

        step_pet(policy->step);
        lane->timer_due_tsc = tsc_now() + ticks_tsc;
        lane->wake_due_tsc = UINT64_MAX;
        policy_enter(at, lane, state, true, &sleep);
        if (sleep.event && sleep.event_tsc > sleep.before_tsc)
            latency_tsc[count++] = (int64_t)(sleep.first_tsc - sleep.event_tsc);
    }
    if (count <= MEASURE_QUANTILE)
        return 0;
    stats_sort(latency_tsc, count);
    return (int64_t)policy_tsc_to_ns(policy, (uint64_t)latency_tsc[MEASURE_QUANTILE]);
}

/* C1's residency is its latency, a deeper state's three times that, as in ACPI's tables; they never fall. */
void policy_table_measure(struct policy *policy)
{
    const struct machine *machine = policy->step->machine;
    struct idle_table *table = &policy->driver.table;
    int64_t deepest_ns = 0;

    policy->driver.source = "measured";
    apic_timer_setup(&machine->apic, machine->timer.one_shot, VECTOR_WAKE_TIMER);
    for (uint32_t i = 0; i < table->count; i++) {
        int64_t exit_ns = idle_state_polls(table, i) ? 0 : measure_state(policy, i);
        int64_t target_ns = i > 1 ? ACPI_SHARE * exit_ns : exit_ns;

        if (!idle_state_polls(table, i) && !exit_ns)
            continue;
        table->exit_latency_ns[i] = exit_ns;
        table->target_residency_ns[i] = target_ns;
    }
    for (uint32_t i = 0; i < table->count; i++) {
        if (table->target_residency_ns[i] < deepest_ns)
            table->target_residency_ns[i] = deepest_ns;
        deepest_ns = table->target_residency_ns[i];
    }
    apic_timer_stop(&machine->apic, &machine->timer);
    idle_prices_of(&policy->prices, table);
}
