/* SPDX-License-Identifier: MIT */
/*
 * Machines of a fleet as they behave from boot to boot, for tests of `idlelab fleet`: models that differ, machines of
 * one model that differ by a percent or two, boots whose spread has heavier tails than the normal distribution, boots
 * that land in another mode, days that are warmer, and now and then a boot that something disturbs. One machine may be
 * odd in a way that machines are. What is drawn here knows nothing of how `fleet report` judges.
 *
 * Where the sizes come from: identical servers at one frequency differ by their turbo bins, memory and cooling; a boot
 * fixes where pages lie and how timers fall to each other; the tail of a latency moves more than its middle. No host
 * was measured for them: they are the writer's experience, rounded up.
 */
#ifndef LAB_TESTS_TOOL_FLEET_HOST_H
#define LAB_TESTS_TOOL_FLEET_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/prng.h"

#define HOST_STEPS  30
#define HOST_GROUPS 3

enum host_oddity {
    HOST_PLAIN,
    HOST_MICROCODE, /* an older one: each wake takes longer */
    HOST_C1E,       /* a BIOS setting: shallow sleeps of some length wake late */
    HOST_LIMIT,     /* a BIOS setting: no deep states, so that deep sleeps wake early */
    HOST_BIAS,      /* a BIOS setting: power before performance */
    HOST_SOCKET,    /* one socket is slow */
    HOST_UNKNOWN,   /* slow, and nothing in the log says why */
    HOST_ODDITIES,
};

extern const char *const HOST_ODDITY_WORDS[];

struct host_machine {
    unsigned group;
    enum host_oddity oddity;
    double size; /* of the oddity: 0.2 is 20 % */
    uint64_t microcode, epb;
    const char *firmware;
    bool c1e;
    int limit;
    double spread;            /* of its boots, 1 usually */
    double level[HOST_STEPS]; /* logarithm of its p50 in ns, its oddity included */
    double tail[HOST_STEPS];  /* logarithm of p99 / p50 */
    struct prng prng;
};

/* What one boot shows, in ns. */
struct host_boot {
    double p50[HOST_STEPS], p99[HOST_STEPS];
};

/* The step's name; which socket it measures (0 or 1). */
const char *host_step_name(unsigned step);
unsigned host_step_socket(unsigned step);

/* The CPU of a group, as CPUID says it. */
const char *host_group_cpu(unsigned group);

/*
 * Machine `index` of the fleet `seed`: the same numbers give the same machine, whatever the others are. `size` of its
 * oddity is drawn where it is 0.
 */
void host_draw(struct host_machine *machine, uint64_t seed, unsigned index, enum host_oddity oddity);

/* Its next boot; `day` moves the temperature of all machines alike; `change` is 0, or a logarithm added to all. */
void host_next(struct host_machine *machine, double day, double change, struct host_boot *boot);

#endif
