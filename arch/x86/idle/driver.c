/* SPDX-License-Identifier: MIT */
#include "arch/x86/idle/driver.h"

#include <stddef.h>

#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/idle/known_states.h"
#include "arch/x86/idle/mwait_hints.h"
#include "lib/cstring.h"

enum {
    NS_PER_US = 1000,
    HLT_NS = 1000,       /* what ACPI tables and cpuidle-haltpoll say of HLT */
    PORT_C2_NS = 100000, /* the largest latency that ACPI calls C2; the residency is three times that */
    PORT_RESIDENCY_SHARE = 3,
};

static const char *const names[IDLE_DRIVER_KINDS] = {
    [IDLE_DRIVER_AUTO] = "auto",   [IDLE_DRIVER_POLL] = "poll", [IDLE_DRIVER_HLT] = "hlt",
    [IDLE_DRIVER_MWAIT] = "mwait", [IDLE_DRIVER_ACPI] = "acpi", [IDLE_DRIVER_HALTPOLL] = "haltpoll",
};

const char *idle_driver_name(enum idle_driver_kind kind)
{
    return names[kind];
}

static void add(struct idle_driver *driver, const char *name, const struct idle_driver_state *state, int64_t exit_ns,
                int64_t target_ns)
{
    struct idle_table *table = &driver->table;
    uint32_t i = table->count++;

    driver->states[i] = *state;
    table->exit_latency_ns[i] = exit_ns;
    table->target_residency_ns[i] = target_ns;
    memcpy(table->name[i], name, strlen(name) + 1);
    if (!state->method)
        table->poll_mask |= 1u << i;
}

static const struct idle_driver_state poll_state = {NULL, 0, true};

static void add_hlt(struct idle_driver *driver)
{
    struct idle_driver_state state = {idle_find("hlt"), 0, false};

    add(driver, "HLT", &state, HLT_NS, HLT_NS);
}

/* Adds states, but not those that CPUID.05H does not list (as intel_idle) or that are off by default. */
static void add_model(struct idle_driver *driver, const struct cpu_snapshot *snapshot, const struct kernel_table *model)
{
    const struct idle_method *method = idle_find("mwait");

    for (uint32_t i = 0; i < model->count; i++) {
        const struct kernel_state *from = &model->states[i];
        struct idle_driver_state state = {method, from->hint, true};

        if ((from->flags & (KERNEL_OFF | KERNEL_PORT)) || mwait_hint_problem(snapshot, from->hint))
            continue;
        add(driver, kernel_state_name(from), &state, (int64_t)from->exit_us * NS_PER_US,
            (int64_t)from->target_us * NS_PER_US);
    }
}

static void add_port(struct idle_driver *driver, uint32_t port)
{
    struct idle_driver_state state = {idle_find("ioport"), port, false};

    if (port)
        add(driver, "C2", &state, PORT_C2_NS, (int64_t)PORT_RESIDENCY_SHARE * PORT_C2_NS);
}

static const char *build_mwait(struct idle_driver *driver, const struct cpu_snapshot *snapshot,
                               const struct kernel_table *model)
{
    if (!cpu_mwait_info(snapshot).monitor)
        return "needs CPUID.01H:ECX[3] monitor";
    if (!model)
        model = known_states(snapshot);
    if (!model)
        model = &kernel_table_generic;
    driver->source = model->name;
    add_model(driver, snapshot, model);
    return driver->table.count < IDLE_STATES_MIN ? "CPUID.05H lists none of the table's states" : NULL;
}

static enum idle_driver_kind choose(const struct cpu_snapshot *snapshot)
{
    if (cpu_has(snapshot, CPUID_HYPERVISOR) || !cpu_mwait_info(snapshot).monitor)
        return IDLE_DRIVER_HLT;
    return IDLE_DRIVER_MWAIT;
}

/* max_cstate=0 leaves MWAIT to the ACPI driver, for which 0 means 1 (kernel-parameters.txt). */
static uint32_t apply_max(struct idle_driver *driver, uint32_t max_cstate)
{
    if (driver->kind == IDLE_DRIVER_MWAIT && max_cstate == 0)
        driver->kind = IDLE_DRIVER_ACPI;
    return max_cstate ? max_cstate : 1;
}

const char *idle_driver_build(struct idle_driver *driver, const struct cpu_snapshot *snapshot,
                              const struct idle_driver_wish *wish)
{
    const char *problem = NULL;
    uint32_t max_cstate;

    memset(driver, 0, sizeof(*driver));
    driver->kind = wish->kind == IDLE_DRIVER_AUTO ? choose(snapshot) : wish->kind;
    max_cstate = apply_max(driver, wish->max_cstate);
    driver->source = "driver";
    if (wish->model && driver->kind != IDLE_DRIVER_MWAIT)
        return "table=model: is for driver=mwait";
    add(driver, "POLL", &poll_state, 0, 0);
    if (driver->kind == IDLE_DRIVER_MWAIT)
        problem = build_mwait(driver, snapshot, wish->model);
    else
        add_hlt(driver);
    if (driver->kind == IDLE_DRIVER_ACPI)
        add_port(driver, wish->c2_port);
    if (problem)
        return problem;
    if (driver->table.count > max_cstate + 1)
        driver->table.count = max_cstate + 1;
    driver->table.disabled_mask = wish->disabled_mask & ((1u << driver->table.count) - 1);
    return idle_enabled_mask(&driver->table) ? NULL : "disable= leaves no state";
}
