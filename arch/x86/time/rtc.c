// SPDX-License-Identifier: MIT
#include "arch/x86/time/rtc.h"

#include "arch/x86/insn.h"

enum {
    RTC_INDEX_PORT = 0x70,
    RTC_DATA_PORT = 0x71,
    RTC_REGISTER_A = 0x0A,
    RTC_UPDATE_IN_PROGRESS = 1 << 7,
    RTC_NMI_OFF = 1 << 7, /* in the index: keeps NMIs out, as firmware does */
    ABSENT = 0xFF,
};

static uint8_t read_register_a(void)
{
    outb(RTC_INDEX_PORT, RTC_NMI_OFF | RTC_REGISTER_A);
    return inb(RTC_DATA_PORT);
}

/* Waits for the bit to fall; the truth lies between the last look that saw it set and the first that saw it clear. */
static bool wait_update_end(uint64_t *before_tsc, uint64_t *after_tsc, uint64_t limit_tsc)
{
    uint64_t start_tsc = rdtsc();
    bool seen = false;

    *before_tsc = start_tsc;
    while (rdtsc() - start_tsc < limit_tsc) {
        uint64_t look_tsc = rdtsc();
        uint8_t value = read_register_a();

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

bool rtc_watch_second(struct rtc_second *second, uint64_t limit_tsc)
{
    bool watched =
        wait_update_end(&second->first_before_tsc, &second->first_after_tsc, limit_tsc) &&
        wait_update_end(&second->last_before_tsc, &second->last_after_tsc, limit_tsc);

    /* Any register but A, with NMIs let through again: the watchdog needs them. */
    outb(RTC_INDEX_PORT, RTC_REGISTER_A + 3);
    inb(RTC_DATA_PORT);
    return watched;
}
