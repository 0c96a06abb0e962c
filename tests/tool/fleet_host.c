/* SPDX-License-Identifier: MIT */
#include "tests/tool/fleet_host.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PI 3.14159265358979323846

const char *const HOST_ODDITY_WORDS[] = {"plain", "microcode", "c1e", "limit", "bias", "socket", "unknown"};

static const char *const NAMES[HOST_STEPS] = {
    "wake_hlt_timer_20us",
    "wake_hlt_timer_50us",
    "wake_hlt_timer_200us",
    "wake_hlt_timer_1ms",
    "wake_hlt_timer_20ms",
    "wake_hlt_ipi_50us",
    "wake_hlt_ipi_1ms",
    "wake_mwait_0x0_timer_50us",
    "wake_mwait_0x0_timer_1ms",
    "wake_mwait_0x0_store_50us",
    "wake_mwait_0x1_timer_50us",
    "wake_mwait_0x1_timer_1ms",
    "wake_mwait_0x20_timer_200us",
    "wake_mwait_0x20_timer_1ms",
    "wake_mwait_0x20_timer_20ms",
    "wake_mwait_0x20_ipi_1ms",
    "wake_pause_timer_50us",
    "wake_pause_store_50us",
    "wake_spin_timer_50us",
    "wake_spin_store_50us",
    "wake_hlt_timer_50us_far",
    "wake_hlt_timer_1ms_far",
    "wake_hlt_ipi_50us_far",
    "wake_hlt_ipi_1ms_far",
    "wake_mwait_0x0_timer_1ms_far",
    "wake_mwait_0x1_timer_1ms_far",
    "wake_mwait_0x20_timer_1ms_far",
    "wake_mwait_0x20_timer_20ms_far",
    "wake_pause_timer_50us_far",
    "wake_spin_store_50us_far",
};

static const char *const CPUS[HOST_GROUPS] = {"Example(R) Processor 8380 CPU @ 2.30GHz",
                                              "Example(R) Processor 8480 CPU @ 2.00GHz",
                                              "Sample 9654 96-Core Processor"};
static const double GROUP_FACTORS[HOST_GROUPS] = {1, 1.35, 0.8};

/* Uniform over 0 to 1, neither included. */
static double uniform(struct prng *prng)
{
    return ((double)(prng_next(prng) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(struct prng *prng)
{
    double radius = sqrt(-2 * log(uniform(prng)));
    return radius * cos(2 * PI * uniform(prng));
}

/* Student's t with four degrees of freedom, over its standard deviation: the spread of boots has heavy tails. */
static double heavy(struct prng *prng)
{
    double squares = 0, value = normal(prng);
    for (int i = 0; i < 4; i++) {
        double one = normal(prng);
        squares += one * one;
    }
    return value / sqrt(squares / 4) / sqrt(2);
}

const char *host_step_name(unsigned step)
{
    return NAMES[step];
}

unsigned host_step_socket(unsigned step)
{
    return strstr(NAMES[step], "_far") != NULL;
}

const char *host_group_cpu(unsigned group)
{
    return CPUS[group];
}

static bool is_deep(unsigned step)
{
    return strstr(NAMES[step], "0x20") != NULL;
}

static bool sleeps_shallow(unsigned step)
{
    return strstr(NAMES[step], "hlt") != NULL || strstr(NAMES[step], "0x0_") != NULL;
}

static bool is_long(unsigned step)
{
    return strstr(NAMES[step], "ms") != NULL || strstr(NAMES[step], "200us") != NULL;
}

/* The level that all machines of the group have. */
static double base_of(unsigned group, unsigned step)
{
    double ns = is_deep(step) ? 42000 : sleeps_shallow(step) ? 1900 : strstr(NAMES[step], "0x1") ? 2600 : 260;
    return log(ns * GROUP_FACTORS[group] * (is_long(step) ? 1.3 : 1) * (host_step_socket(step) ? 1.08 : 1) *
               (1 + 0.02 * (step % 7)));
}

/* What the oddity adds to the step's logarithm. */
static double oddity_of(const struct host_machine *machine, unsigned step)
{
    double size = log1p(machine->size);
    switch (machine->oddity) {
    case HOST_C1E:
        return sleeps_shallow(step) && is_long(step) ? size : 0;
    case HOST_LIMIT:
        return is_deep(step) ? log(1 - machine->size) : 0;
    case HOST_SOCKET:
        return host_step_socket(step) == 1 ? size : 0;
    case HOST_MICROCODE:
    case HOST_BIAS:
    case HOST_UNKNOWN:
        return size;
    default:
        return 0;
    }
}

static void draw_oddity(struct host_machine *machine)
{
    static const double least[] = {0, 0.15, 0.5, 0.4, 0.15, 0.15, 0.2}, most[] = {0, 0.3, 3, 0.8, 0.4, 0.5, 0.4};
    machine->size = least[machine->oddity] + (most[machine->oddity] - least[machine->oddity]) * uniform(&machine->prng);
    machine->microcode -= machine->oddity == HOST_MICROCODE ? 0x30 : 0;
    machine->c1e = machine->oddity == HOST_C1E;
    machine->limit = machine->oddity == HOST_LIMIT ? 2 : 8;
    machine->epb = machine->oddity == HOST_BIAS ? 15 : 6;
}

void host_draw(struct host_machine *machine, uint64_t seed, unsigned index, enum host_oddity oddity)
{
    double common, own;

    memset(machine, 0, sizeof(*machine));
    prng_seed(&machine->prng, seed * UINT64_C(0x9E3779B97F4A7C15) + index * UINT64_C(0xD1B54A32D192ED03) + 1);
    machine->group = index % HOST_GROUPS;
    machine->oddity = oddity;
    machine->microcode = 0x2b000590 + machine->group * 0x1000;
    /* Firmware differs without any effect: one machine in six was never updated. */
    machine->firmware = uniform(&machine->prng) < 1.0 / 6 ? "1.4.2" : "1.6.0";
    draw_oddity(machine);
    /* One machine in thirty differs more than the others: another memory, a warmer place. */
    own = uniform(&machine->prng) < 1.0 / 30 ? 1.6 : 1;
    common = own * 0.011 * normal(&machine->prng);
    machine->spread = exp(0.25 * normal(&machine->prng));
    for (unsigned step = 0; step < HOST_STEPS; step++) {
        machine->level[step] =
            base_of(machine->group, step) + common + own * 0.007 * normal(&machine->prng) + oddity_of(machine, step);
        machine->tail[step] = log(is_deep(step) ? 1.5 : 2.2) + own * 0.02 * normal(&machine->prng);
    }
}

/* One boot in fifty is disturbed for a while: a few steps, their tails more than their middles. */
static void disturb(struct host_machine *machine, struct host_boot *boot)
{
    unsigned first = (unsigned)prng_below(&machine->prng, HOST_STEPS),
             count = 1 + (unsigned)prng_below(&machine->prng, 12);
    for (unsigned step = first; step < HOST_STEPS && step < first + count; step++) {
        boot->p50[step] *= 1 + 0.6 * uniform(&machine->prng);
        boot->p99[step] *= 2 + 8 * uniform(&machine->prng);
    }
}

void host_next(struct host_machine *machine, double day, double change, struct host_boot *boot)
{
    double common = machine->spread * 0.008 * heavy(&machine->prng) + 0.006 * sin(2 * PI * day) + change;

    for (unsigned step = 0; step < HOST_STEPS; step++) {
        double middle = machine->level[step] + common + machine->spread * 0.012 * heavy(&machine->prng);
        double tail = machine->tail[step] + machine->spread * 0.05 * heavy(&machine->prng);
        /* Sleeps of a millisecond have two modes, in one of which a boot stays: a state that is reached, or not. */
        if (strstr(NAMES[step], "hlt_timer_1ms") && uniform(&machine->prng) < 0.12)
            middle += 0.1;
        boot->p50[step] = exp(middle);
        boot->p99[step] = exp(middle + fmax(tail, 0.05));
    }
    if (uniform(&machine->prng) < 0.02)
        disturb(machine, boot);
}
