/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/watchdog_prove.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/fixed.h"

enum {
    SETTLE_US = 1000, /* an edge that the input had latched comes now, and does not count */
    QUIET_US = 8000,
    EARLY_US = 100,         /* more than a tick of any source, and its frequency's error */
    LATE_US = 60 * 1000,    /* an emulator's or a hypervisor's timer may be so late */
    QUIET_AFTER_US = 70000, /* an NMI with a period that passed as one in time comes again: longer than LATE_US */
};

/* Two lengths, so that no period fits both. */
static const uint32_t arms_us[] = {2000, 7000};

static uint64_t in_tsc(uint64_t us, uint64_t tsc_hz)
{
    return muldiv_u64(us, tsc_hz, 1000000);
}

/* Waits for an NMI, at most so long. True when one came. */
static bool wait_nmi(const struct watchdog_probe *probe, uint64_t count, uint64_t wait_tsc)
{
    uint64_t start_tsc = probe->now_tsc(probe->context);

    while (probe->nmi_count(probe->context) == count)
        if (probe->now_tsc(probe->context) - start_tsc >= wait_tsc)
            return probe->nmi_count(probe->context) != count;
    return true;
}

static bool comes_unasked(const struct watchdog_probe *probe, uint64_t wait_tsc)
{
    return wait_nmi(probe, probe->nmi_count(probe->context), wait_tsc);
}

static enum watchdog_refusal try_once(const struct watchdog_probe *probe, uint64_t ahead_tsc, uint64_t tsc_hz)
{
    uint64_t count = probe->nmi_count(probe->context), start_tsc = probe->now_tsc(probe->context);
    bool came;

    probe->set(probe->context, ahead_tsc);
    came = wait_nmi(probe, count, ahead_tsc + in_tsc(LATE_US, tsc_hz));
    if (came && probe->now_tsc(probe->context) - start_tsc + in_tsc(EARLY_US, tsc_hz) < ahead_tsc)
        return WATCHDOG_EARLY;
    probe->stop(probe->context);
    return came ? WATCHDOG_PROVEN : WATCHDOG_SILENT;
}

enum watchdog_refusal watchdog_prove(const struct watchdog_probe *probe, uint64_t tsc_hz)
{
    enum watchdog_refusal why = WATCHDOG_PROVEN;

    probe->stop(probe->context);
    comes_unasked(probe, in_tsc(SETTLE_US, tsc_hz));
    if (comes_unasked(probe, in_tsc(QUIET_US, tsc_hz)))
        return WATCHDOG_UNASKED;
    for (size_t i = 0; i < sizeof(arms_us) / sizeof(arms_us[0]) && why == WATCHDOG_PROVEN; i++)
        why = try_once(probe, in_tsc(arms_us[i], tsc_hz), tsc_hz);
    probe->stop(probe->context);
    if (why == WATCHDOG_PROVEN && comes_unasked(probe, in_tsc(QUIET_AFTER_US, tsc_hz)))
        why = WATCHDOG_UNASKED;
    return why;
}

const char *watchdog_refusal_name(enum watchdog_refusal refusal)
{
    static const char *const names[WATCHDOG_REFUSALS] = {
        [WATCHDOG_PROVEN] = "proven", [WATCHDOG_ABSENT] = "absent", [WATCHDOG_NO_LINE] = "no_line",
        [WATCHDOG_SILENT] = "silent", [WATCHDOG_EARLY] = "early",   [WATCHDOG_UNASKED] = "unasked",
        [WATCHDOG_PC10] = "pc10",
    };

    return names[refusal];
}
