/* SPDX-License-Identifier: MIT */
#include "arch/x86/time/pmtimer.h"

#include "arch/x86/insn_privileged.h"

/* A tick takes 0.28 us and a port read about 1 us: far more reads than a live counter can stand still for. */
static const uint32_t still_reads = 1000;

bool pmtimer_open(struct pmtimer *timer, const struct acpi_fadt *fadt)
{
    uint32_t first;

    *timer = (struct pmtimer){.port = 0};
    if (!fadt->present || fadt->pm_timer_port == 0)
        return false;
    timer->port = fadt->pm_timer_port;
    timer->mask = fadt->pm_timer_32bit ? UINT32_MAX : UINT32_C(0xFFFFFF);

    first = pmtimer_read(timer);
    for (uint32_t i = 0; i < still_reads; i++)
        if (pmtimer_read(timer) != first)
            return true;
    timer->port = 0;
    return false;
}

uint32_t pmtimer_read(const struct pmtimer *timer)
{
    return inl(timer->port) & timer->mask;
}

uint32_t pmtimer_delta(const struct pmtimer *timer, uint32_t from, uint32_t to)
{
    return (to - from) & timer->mask;
}
