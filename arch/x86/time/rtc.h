/* SPDX-License-Identifier: MIT */
/*
 * The CMOS real-time clock as the last resort: its seconds change. Boot CPU. Source: Motorola MC146818A data sheet.
 */
#ifndef LAB_ARCH_TIME_RTC_H
#define LAB_ARCH_TIME_RTC_H

#include <stdbool.h>
#include <stdint.h>

/* How to read a register of the clock, and the TSC. */
struct rtc_reader {
    uint8_t (*read)(void *context, uint8_t index);
    uint64_t (*now_tsc)(void *context);
    void *context;
};

/* One second between two changes, each known to lie between two looks. */
struct rtc_second {
    uint64_t first_before_tsc, first_after_tsc;
    uint64_t last_before_tsc, last_after_tsc;
};

/*
 * Watches the seconds until two changes follow each other: up to two seconds, longer where the host does not run this
 * CPU for whole seconds, and limit_tsc ticks in all. False: no clock there, or none that can be followed. Pure.
 */
bool rtc_watch_second(const struct rtc_reader *reader, struct rtc_second *second, uint64_t limit_tsc);

/* The same of this machine's clock. */
bool rtc_watch_native(struct rtc_second *second, uint64_t limit_tsc);

#endif /* LAB_ARCH_TIME_RTC_H */
