/* SPDX-License-Identifier: MIT */
/*
 * The high precision event timer: a clock to check the TSC against, and one-shot comparators for the watchdog.
 *
 * Boot CPU, except hpet_read() and hpet_arm_oneshot(), which any CPU may call as long as one does at a time. Every
 * access is a slow uncached read or write (an exit under a hypervisor): never inside a timed window.
 */
#ifndef LAB_ARCH_TIME_HPET_H
#define LAB_ARCH_TIME_HPET_H

#include <stdbool.h>
#include <stdint.h>

struct hpet {
    volatile uint8_t *base; /* NULL = none */
    uint32_t period_fs;
    uint32_t timer_count;
    bool wide; /* the counter has 64 bits, else 32 */
};

/*
 * Maps the block at a physical address, checks its capabilities, turns legacy replacement and all comparators off, and
 * starts the counter where firmware left it stopped. False, with base NULL, where the registers make no sense or the
 * counter stands still.
 */
bool hpet_open(struct hpet *hpet, uint64_t physical);

/* Ticks per second, rounded to the nearest. */
uint64_t hpet_hz(const struct hpet *hpet);

/* The main counter: 64 bits, or 32 where wide is false; differences are then taken modulo 2^32 by the caller. */
uint64_t hpet_read(const struct hpet *hpet);

/* Bit g of the result: comparator timer can reach GSI g, 0 to 31. 0 for a timer that is not there. */
uint32_t hpet_timer_routes(const struct hpet *hpet, uint32_t timer);

/* Sends comparator timer to a GSI that it can reach, edge triggered, disarmed. False where it cannot. */
bool hpet_route(const struct hpet *hpet, uint32_t timer, uint32_t gsi);

/* Has comparator timer write `message` to `address`, below 4 GiB, disarmed. False where it has no such delivery. */
bool hpet_route_message(const struct hpet *hpet, uint32_t timer, uint32_t address, uint32_t message);

/*
 * Fires once, delay ticks (1 to 2^31 - 1) from now, by the way that was set. False where delay is out of range or the
 * comparator was passed before it could be set, so that no interrupt will come for a counter's whole turn: the caller
 * retries or acts at once.
 */
bool hpet_arm_oneshot(const struct hpet *hpet, uint32_t timer, uint32_t delay);

/* Turns the comparator's interrupt off. */
void hpet_disarm(const struct hpet *hpet, uint32_t timer);

#endif /* LAB_ARCH_TIME_HPET_H */
