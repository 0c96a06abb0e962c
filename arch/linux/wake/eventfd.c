/* SPDX-License-Identifier: MIT */
/* A store, then a write to the CPU's eventfd. The stamp is in front of the store, as by=store has it. */
#include <poll.h>

#include "arch/linux/os.h"
#include "arch/linux/system.h"
#include "arch/x86/cpu/percpu.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/time/tsc.h"
#include "arch/x86/wake/wake.h"

/* An event that an earlier step left would end the first wait. */
static void eventfd_begin(const struct machine *machine)
{
    struct pollfd look = {.fd = this_cpu()->os->event_fd, .events = POLLIN};
    uint64_t count;

    (void)machine;
    if (system_call(__NR_poll, (int64_t)(uintptr_t)&look, 1, 0, 0) == 1)
        (void)system_call(__NR_read, look.fd, (int64_t)(uintptr_t)&count, sizeof(count), 0);
}

static uint64_t eventfd_fire(const struct machine *machine, struct percpu *target, uint64_t *word)
{
    static const uint64_t one = 1;
    uint64_t event_tsc = tsc_end();

    (void)machine;
    __atomic_store_n(word, event_tsc, __ATOMIC_RELEASE);
    (void)system_call(__NR_write, target->os->event_fd, (int64_t)(uintptr_t)&one, sizeof(one), 0);
    return event_tsc;
}

static const struct wake_source eventfd_source = {
    .name = "eventfd",
    .remote = true,
    .trace = WAKE_TRACE_LINE,
    .needs = IDLE_ENDS_EVENTFD,
    .begin = eventfd_begin,
    .fire = eventfd_fire,
};
WAKE_SOURCE(eventfd_source, "eventfd");
