/* SPDX-License-Identifier: MIT */
#include "arch/x86/power/amd_ports.h"

#include "arch/x86/cpu/cpuid.h"
#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/power_msr_regs.h"
#include "lib/infer/cstate_entered.h"

enum { BASE_MASK = 0xffff, BASE_MAX = 0xfff8, C1 = 1, C6 = 6 };

struct amd_ports amd_ports_read(const struct cpu_snapshot *snapshot, bool guest)
{
    bool amd = snapshot->vendor == CPU_VENDOR_AMD || snapshot->vendor == CPU_VENDOR_HYGON;
    struct amd_ports ports = {0};
    uint64_t base = 0;

    if (!amd || guest)
        return ports;
    ports.known = msr_read(MSR_AMD_CSTATE_CONFIG, &ports.config);
    /* A base above FFF8h is not defined: its ports would pass the end of the I/O space. */
    if (msr_read(MSR_AMD_CSTATE_BASE, &base) && (base & BASE_MASK) <= BASE_MAX)
        ports.base = (uint32_t)base & BASE_MASK;
    return ports;
}

uint8_t amd_port_state(const struct amd_ports *ports, uint32_t port)
{
    uint32_t index = port - ports->base;

    if (!ports->base || index >= AMD_PORTS)
        return CSTATE_UNKNOWN;
    if (!ports->known)
        return index ? C6 : C1;
    return ports->config & AMD_CSTATE_CONFIG_CC6EN(index) ? C6 : C1;
}

uint8_t amd_port_asks(const struct cpu_snapshot *snapshot, uint32_t port)
{
    struct amd_ports ports = amd_ports_read(snapshot, cpu_has(snapshot, CPUID_HYPERVISOR));

    return amd_port_state(&ports, port);
}
