/* SPDX-License-Identifier: MIT */
#include "arch/x86/time/pit.h"

#include "arch/x86/insn_privileged.h"
#include "arch/x86/time/pit_regs.h"

/* A short count, about 100 us, and more polls than port reads of 0.3 us fit in it. */
static const uint16_t probe_count = 120;
static const uint32_t probe_polls = 20000;

/* Returns the stamp in front of the write that lets it count. */
static uint64_t load_channel2(uint16_t count)
{
    uint8_t gate = inb(PIT_PORT_GATE) & (uint8_t) ~(PIT_GATE_CHANNEL2 | PIT_GATE_SPEAKER);
    uint64_t loaded_tsc;

    outb(PIT_PORT_GATE, gate);
    outb(PIT_PORT_COMMAND, PIT_CHANNEL2 | PIT_ACCESS_LOW_HIGH | PIT_MODE_TERMINAL);
    outb(PIT_PORT_CHANNEL2, (uint8_t)count);
    outb(PIT_PORT_CHANNEL2, (uint8_t)(count >> 8));
    loaded_tsc = rdtsc();
    outb(PIT_PORT_GATE, gate | PIT_GATE_CHANNEL2);
    return loaded_tsc;
}

static bool output2_high(void)
{
    return (inb(PIT_PORT_GATE) & PIT_GATE_OUTPUT2) != 0;
}

static void close_gate2(void)
{
    outb(PIT_PORT_GATE, inb(PIT_PORT_GATE) & (uint8_t) ~(PIT_GATE_CHANNEL2 | PIT_GATE_SPEAKER));
}

/* Mode 0: the output falls when the count is written and rises when it reaches zero (8254 data sheet, "Mode 0"). */
struct pit_wait pit_wait_channel2(uint16_t count, uint32_t limit_polls)
{
    struct pit_wait wait = {.done = false};

    wait.loaded_tsc = load_channel2(count);
    wait.start_tsc = rdtsc();
    wait.before_tsc = wait.start_tsc;
    while (!wait.done && wait.polls < limit_polls) {
        uint64_t low_tsc = rdtsc();
        bool high = output2_high();
        uint64_t high_tsc = rdtsc();
        wait.polls++;
        if (high) {
            wait.done = true;
            wait.end_low_tsc = low_tsc;
            wait.end_tsc = high_tsc;
        } else {
            wait.before_tsc = low_tsc;
        }
    }
    close_gate2();
    return wait;
}

/* A missing PIT reads FFh: its output would seem high at the first poll, before any counter could run down. */
bool pit_present(void)
{
    struct pit_wait wait = pit_wait_channel2(probe_count, probe_polls);
    return wait.done && wait.polls > 1;
}

void pit_arm_oneshot(uint16_t count)
{
    outb(PIT_PORT_COMMAND, PIT_CHANNEL0 | PIT_ACCESS_LOW_HIGH | PIT_MODE_TERMINAL);
    outb(PIT_PORT_CHANNEL0, (uint8_t)count);
    outb(PIT_PORT_CHANNEL0, (uint8_t)(count >> 8));
}

/* Writing the mode stops the counter until a count is written, and lowers the output without an edge upwards. */
void pit_disarm(void)
{
    outb(PIT_PORT_COMMAND, PIT_CHANNEL0 | PIT_ACCESS_LOW_HIGH | PIT_MODE_TERMINAL);
}
