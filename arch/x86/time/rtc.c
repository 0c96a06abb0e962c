/* SPDX-License-Identifier: MIT */
#include "arch/x86/time/rtc.h"

#include "arch/x86/insn.h"

enum {
    RTC_INDEX_PORT = 0x70,
    RTC_DATA_PORT = 0x71,
    RTC_REGISTER_A = 0x0A,
    RTC_UPDATE_IN_PROGRESS = 1 << 7,
    RTC_NMI_OFF = 1 << 7, /* in the index: keeps NMIs out, as firmware does */
    RTC_SECONDS = 0x00,
    RTC_REGISTER_B = 0x0B,
    RTC_BINARY = 1 << 2, /* register B: else BCD */
    MINUTE = 60,
    TRIES = 3,
    ABSENT = 0xFF,
};

static uint8_t read_register(uint8_t index)
{
    outb(RTC_INDEX_PORT, RTC_NMI_OFF | index);
    return inb(RTC_DATA_PORT);
}

/* 0 to 59, right behind the end of an update. */
static unsigned read_seconds(void)
{
    uint8_t value = read_register(RTC_SECONDS);

    if (read_register(RTC_REGISTER_B) & RTC_BINARY)
        return value;
    return (value >> 4) * 10u + (value & 0xf);
}

/* Waits for the bit to fall; it fell between the last poll that saw it set and the first that saw it clear. */
static bool wait_update_end(uint64_t *before_tsc, uint64_t *after_tsc, uint64_t limit_tsc)
{
    uint64_t start_tsc = rdtsc();
    bool seen = false;

    *before_tsc = start_tsc;
    while (rdtsc() - start_tsc < limit_tsc) {
        uint64_t look_tsc = rdtsc();
        uint8_t value = read_register(RTC_REGISTER_A);

        if (value == ABSENT)
            return false;
        if (value & RTC_UPDATE_IN_PROGRESS) {
            seen = true;
            *before_tsc = look_tsc;
        } else if (seen) {
            *after_tsc = rdtsc();
            return true;
        }
    }
    return false;
}

/* An update may pass unseen while the host does not run this CPU: the seconds' values must be one apart. */
static bool watch_once(struct rtc_second *second, uint64_t limit_tsc)
{
    unsigned first;

    if (!wait_update_end(&second->first_before_tsc, &second->first_after_tsc, limit_tsc))
        return false;
    first = read_seconds();
    return wait_update_end(&second->last_before_tsc, &second->last_after_tsc, limit_tsc) &&
           read_seconds() == (first + 1) % MINUTE;
}

bool rtc_watch_second(struct rtc_second *second, uint64_t limit_tsc)
{
    bool watched = false;

    for (unsigned i = 0; i < TRIES && !watched; i++)
        watched = watch_once(second, limit_tsc);
    /* Any register but A, with NMIs let through again: the watchdog needs them. */
    outb(RTC_INDEX_PORT, RTC_REGISTER_A + 3);
    inb(RTC_DATA_PORT);
    return watched;
}
