/* SPDX-License-Identifier: MIT */
#include "experiments/kit/core_clock.h"

#include "arch/x86/time/tsc.h"
#include "experiments/kit/experiment.h"

enum {
    LINKS = 16, /* of a loop's turn: its own count and jump run beside the chain */
    TURNS = 256,
    TRIES = 8,
    FRACTION = 1000,
};

#define CHAIN(instruction) ".rept 16\n\t" instruction "\n\t.endr"

static void add(void *start)
{
    uint64_t value = (uintptr_t)start;

    for (unsigned i = 0; i < TURNS; i++)
        __asm__ volatile(CHAIN("addq %0, %0") : "+r"(value) : : "cc");
}

static void multiply(void *start)
{
    uint32_t value = (uint32_t)(uintptr_t)start;

    for (unsigned i = 0; i < TURNS; i++)
        __asm__ volatile(CHAIN("imull %0, %0") : "+r"(value) : : "cc");
}

/* `start` points to itself. */
static void load(void *start)
{
    for (unsigned i = 0; i < TURNS; i++)
        __asm__ volatile(CHAIN("movq (%0), %0") : "+r"(start) : : "memory");
}

/* The shortest of some tries, in which nothing came between. */
static uint64_t take(struct step *step, void (*chain)(void *start), void *start)
{
    uint64_t least_tsc = UINT64_MAX;

    for (unsigned i = 0; i < TRIES; i++) {
        uint64_t begin_tsc = tsc_begin(), took_tsc;

        chain(start);
        took_tsc = tsc_end() - begin_tsc;
        least_tsc = took_tsc < least_tsc ? took_tsc : least_tsc;
    }
    step_pet(step);
    return (least_tsc - step->machine->clock.read_min_tsc) * FRACTION / (LINKS * TURNS);
}

struct core_chains core_clock_take(struct step *step)
{
    void *self = &self;

    return (struct core_chains){take(step, add, self), take(step, multiply, self), take(step, load, self)};
}
