/* SPDX-License-Identifier: MIT */
/*
 * Other CPUs asleep by a method of choice, instead of parked in HLT: the state of the threads decides what a core does,
 * and that of the cores what a package does.
 */
#ifndef LAB_ARCH_IDLE_SLEEPERS_H
#define LAB_ARCH_IDLE_SLEEPERS_H

#include <stdbool.h>
#include <stdint.h>

struct idle_method;
struct machine;
struct percpu;

struct sleepers {
    struct machine *machine;
    const struct idle_method *method;
    uint32_t argument;
    const struct percpu *beside;                 /* only the other threads of its core; NULL: all CPUs */
    bool force;                                  /* also where a CPU does not list the method */
    uint64_t stop __attribute__((aligned(128))); /* atomic; what methods with a monitor watch */
};

/*
 * Puts every parked CPU to sleep except the two given (either may be NULL) and those whose own CPUID does not list the
 * method. Any one CPU, interrupts off.
 */
void sleepers_start(struct sleepers *sleepers, struct machine *machine, const struct percpu *but1,
                    const struct percpu *but2);

/* Wakes them by a store and by interrupts, and waits until they are parked. False: one does not park. */
bool sleepers_stop(struct sleepers *sleepers);

#endif /* LAB_ARCH_IDLE_SLEEPERS_H */
