/* SPDX-License-Identifier: MIT */
#include "arch/x86/time/rtc.h"

enum {
    RTC_REGISTER_A = 0x0A,
    RTC_UPDATE_IN_PROGRESS = 1 << 7,
    RTC_SECONDS = 0x00,
    RTC_REGISTER_B = 0x0B,
    RTC_BINARY = 1 << 2, /* register B: else BCD */
    MINUTE = 60,
    ABSENT = 0xFF,
};

static unsigned read_seconds(const struct rtc_reader *reader)
{
    uint8_t value = reader->read(reader->context, RTC_SECONDS);

    if (reader->read(reader->context, RTC_REGISTER_B) & RTC_BINARY)
        return value;
    return (value >> 4) * 10u + (value & 0xf);
}

/*
 * The update-in-progress bit is set for 2 ms of each second, and while it is, the seconds must not be read. A busy host
 * may not run this CPU then, so it is the seconds that count: a change lies between the last look at the old value, or
 * at the bit, and the first look at the new one. Where a second was missed the first change is looked for again.
 */
bool rtc_watch_second(const struct rtc_reader *reader, struct rtc_second *second, uint64_t limit_tsc)
{
    uint64_t start_tsc = reader->now_tsc(reader->context), before_tsc = start_tsc, look_tsc;
    bool known = false, has_first = false;
    unsigned value = 0;

    while ((look_tsc = reader->now_tsc(reader->context)) - start_tsc < limit_tsc) {
        uint8_t status = reader->read(reader->context, RTC_REGISTER_A);
        unsigned now, was = value;

        if (status == ABSENT)
            return false;
        now = status & RTC_UPDATE_IN_PROGRESS ? value : read_seconds(reader);
        if (now == value) {
            before_tsc = look_tsc;
            continue;
        }
        value = now;
        if (!known || now != (was + 1) % MINUTE) {
            known = true;
            has_first = false;
            before_tsc = look_tsc;
        } else if (!has_first) {
            has_first = true;
            second->first_before_tsc = before_tsc;
            second->first_after_tsc = reader->now_tsc(reader->context);
            before_tsc = second->first_after_tsc;
        } else {
            second->last_before_tsc = before_tsc;
            second->last_after_tsc = reader->now_tsc(reader->context);
            return true;
        }
    }
    return false;
}
