/* SPDX-License-Identifier: MIT */
/*
 * A C-state by a read of an I/O port, as ACPI _CST describes them and AMD's C-state base address provides them: a read
 * of port base + n asks for state n + 1. Interrupts are off, and any interrupt that becomes pending ends it. AMD: PPR,
 * MSRC001_0073; Intel: SDM volume 4, MSR_PMG_IO_CAPTURE_BASE.
 *
 * The argument is the port. On a port that is no C-state the read returns at once, and every sample is counted as early
 * or spurious.
 */
#include "arch/x86/idle/idle.h"
#include "arch/x86/power/amd_ports.h"

/* The stamp needs DX, so the port goes there after the stamp. */
#define WAIT(name, fence)                                                                                              \
    WINDOW_OPEN_LOOK(name) "movl %[port], %%edx\n\t" WINDOW_WAIT "inb %%dx, %%al\n\t" fence WINDOW_CLOSE(name)

static __attribute__((noinline)) void ioport_wait_masked(struct idle_call *call)
{
    __asm__ volatile(WAIT("ioport_masked", "")
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call), [port] "r"(call->argument)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void ioport_wait_masked_fenced(struct idle_call *call)
{
    __asm__ volatile(WAIT("ioport_masked_fenced", WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call), [port] "r"(call->argument)
                     : WINDOW_CLOBBERS);
}

static const struct idle_method ioport_method = {
    .name = "ioport",
    .privileged = true,
    .ends = IDLE_ENDS_MASKED,
    .wait_masked = ioport_wait_masked,
    .wait_masked_fenced = ioport_wait_masked_fenced,
    .core_state = amd_port_asks,
};
IDLE_METHOD(ioport_method, "ioport:1..0xffff");
