/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "arch/x86/insn_privileged.h"
#include "arch/x86/time/rtc.h"

enum {
    RTC_INDEX_PORT = 0x70,
    RTC_DATA_PORT = 0x71,
    RTC_NMI_OFF = 1 << 7, /* in the index: keeps NMIs out, as firmware does */
    RTC_REGISTER_D = 0x0D,
};

static uint8_t read_register(void *context, uint8_t index)
{
    (void)context;
    outb(RTC_INDEX_PORT, RTC_NMI_OFF | index);
    return inb(RTC_DATA_PORT);
}

static uint64_t now_tsc(void *context)
{
    (void)context;
    return rdtsc();
}

bool rtc_watch_native(struct rtc_second *second, uint64_t limit_tsc)
{
    const struct rtc_reader reader = {read_register, now_tsc, NULL};
    bool watched = rtc_watch_second(&reader, second, limit_tsc);

    /* Any register, with NMIs let through again: the watchdog needs them. */
    outb(RTC_INDEX_PORT, RTC_REGISTER_D);
    inb(RTC_DATA_PORT);
    return watched;
}
