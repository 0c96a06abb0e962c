/* SPDX-License-Identifier: MIT */
/*
 * A store by another CPU to the line that the sleeper monitors or polls. The stamp is the last instruction before the
 * store; the store is the flag itself, so a sleeper that checks after arming its monitor cannot miss it (tests/model).
 */
#include "arch/x86/idle/idle.h"
#include "arch/x86/time/tsc.h"
#include "arch/x86/wake/wake.h"

static uint64_t store_fire(const struct machine *machine, struct percpu *target, uint64_t *word)
{
    uint64_t event_tsc = tsc_end();

    (void)machine, (void)target;
    /* The stamp is a value that was never there before; reading the line to count it up would disturb the monitor. */
    __atomic_store_n(word, event_tsc, __ATOMIC_RELEASE);
    return event_tsc;
}

static const struct wake_source store = {
    .name = "store",
    .remote = true,
    .trace = WAKE_TRACE_LINE,
    .needs = IDLE_ENDS_STORE,
    .needs_masked = IDLE_ENDS_STORE,
    .fire = store_fire,
};
WAKE_SOURCE(store, "store");
