/* SPDX-License-Identifier: MIT */
/*
 * The CMOS real-time clock as the last resort: it shows the end of each second. Boot CPU. Source: Motorola MC146818A
 * data sheet.
 */
#ifndef LAB_ARCH_TIME_RTC_H
#define LAB_ARCH_TIME_RTC_H

#include <stdbool.h>
#include <stdint.h>

/* One second between two ends of an update, each known to lie between two polls. */
struct rtc_second {
    uint64_t first_before_tsc, first_after_tsc;
    uint64_t last_before_tsc, last_after_tsc;
};

/*
 * Watches the update-in-progress bit over two updates: up to two seconds, bounded by limit_tsc ticks for each. False:
 * no clock there.
 */
bool rtc_watch_second(struct rtc_second *second, uint64_t limit_tsc);

#endif /* LAB_ARCH_TIME_RTC_H */
