/* SPDX-License-Identifier: MIT */
/* A store, then FUTEX_WAKE: what a lock or a queue does. The stamp is in front of the store, as by=store has it. */
#include "arch/linux/system.h"
#include "arch/x86/cpu/percpu.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/time/tsc.h"
#include "arch/x86/wake/wake.h"

static uint64_t futex_fire(const struct machine *machine, struct percpu *target, uint64_t *word)
{
    uint64_t event_tsc = tsc_end();

    (void)machine, (void)target;
    __atomic_store_n(word, event_tsc, __ATOMIC_RELEASE);
    system_futex_wake(word);
    return event_tsc;
}

static const struct wake_source futex_source = {
    .name = "futex",
    .remote = true,
    .trace = WAKE_TRACE_LINE,
    .needs = IDLE_ENDS_FUTEX | IDLE_ENDS_STORE,
    .fire = futex_fire,
};
WAKE_SOURCE(futex_source, "futex");
