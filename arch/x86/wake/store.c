// SPDX-License-Identifier: MIT
/*
 * A store by another CPU to the line that the sleeper monitors or polls. The stamp is the last instruction before the store; the store
 * is the flag itself, so a sleeper that looks after arming its monitor cannot miss it (tests/model).
 */
#include "arch/x86/cpu/percpu.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/time/tsc.h"
#include "arch/x86/wake/wake.h"

static uint64_t store_fire(const struct machine *machine, struct percpu *target)
{
    uint64_t next = percpu_count(&target->wake_line) + 1;
    uint64_t event_tsc = tsc_end();

    (void)machine;
    __atomic_store_n(&target->wake_line, next, __ATOMIC_RELEASE);
    return event_tsc;
}

static const struct wake_source store = {
    .name = "store",
    .title = "another CPU's store to the monitored line",
    .remote = true,
    .trace = WAKE_TRACE_LINE,
    .needs = IDLE_ENDS_STORE,
    .needs_masked = IDLE_ENDS_STORE,
    .fire = store_fire,
};
WAKE_SOURCE(store, "store");
