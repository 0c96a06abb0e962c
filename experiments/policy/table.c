/* SPDX-License-Identifier: MIT */
/* The states that a step of `policy` chooses from, and their figures: the driver's, a model's, a module's, measured. */
#include "arch/x86/power/amd_ports.h"
#include "experiments/policy/parts.h"
#include "lib/kernel_table.h"
#include "lib/cstring.h"
#include "lib/script/words.h"

enum {
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
