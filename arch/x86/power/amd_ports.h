/* SPDX-License-Identifier: MIT */
/*
 * AMD's C-state ports: which there are, and what a read of each asks for. The one place that says so.
 *
 * MSRC001_0073 has the base: the core takes reads of base to base + 7 for requests, 0 for none. From family 17h on
 * MSRC001_0296 says for each of the first three whether the core may go on from CC1 to CC6 (CCR0_CC6EN to CCR2_CC6EN).
 * Firmware's _CST has MWAIT for C1, base + 1 for C2 and base + 2 for C3 (coreboot, soc/amd; so does
 * AMD's own). Sources: AMD PPR of families 17h and 19h, MSRC001_0073 and MSRC001_0296. Reading is for the CPU that is
 * asked, the rest is pure.
 */
#ifndef LAB_ARCH_POWER_AMD_PORTS_H
#define LAB_ARCH_POWER_AMD_PORTS_H

#include <stdbool.h>
#include <stdint.h>

struct cpu_snapshot;

enum {
    AMD_PORTS = 3,   /* that MSRC001_0296 knows */
    AMD_PORT_C2 = 1, /* from the base */
};

struct amd_ports {
    uint32_t base; /* 0: there are none */
    bool known;    /* MSRC001_0296 could be read */
    uint64_t config;
};

/* This CPU's, or none of a processor that is not AMD's or Hygon's, and of a guest. */
struct amd_ports amd_ports_read(const struct cpu_snapshot *snapshot, bool guest);

/* The port that firmware calls C2; 0: there is none. */
static inline uint32_t amd_ports_c2(const struct amd_ports *ports)
{
    return ports->base ? ports->base + AMD_PORT_C2 : 0;
}

/*
 * The core's C-state that a read of the port asks for: 6, or 1 where CC6 is off for it. Where the register does not
 * exist (before family 17h), the base is taken for C1 and the others for C6. CSTATE_UNKNOWN for any other port, and
 * for all where there is no base: Intel's chipsets and firmware say which port is which state, no register does.
 */
uint8_t amd_port_state(const struct amd_ports *ports, uint32_t port);

/* The same, by the registers of the CPU it runs on. */
uint8_t amd_port_asks(const struct cpu_snapshot *snapshot, uint32_t port);

#endif /* LAB_ARCH_POWER_AMD_PORTS_H */
