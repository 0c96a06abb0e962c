/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/power/amd_ports.c arch/x86/idle/driver.c arch/x86/idle/known_states.c
// UNIT_EXTRA: arch/x86/idle/mwait_hints.c
// UNIT_EXTRA: arch/x86/cpu/cpuid.c arch/x86/cpu/features.c
/* AMD's C-state ports by their registers: what each asks for, and which one a kernel's C2 is. */
#include "arch/x86/power/amd_ports.h"

#include "arch/x86/cpu/cpuid.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/idle/driver.h"
#include "arch/x86/idle/idle.h"
#include "lib/infer/cstate_entered.h"
#include "tests/unit/tap.h"

/* The registers as read; the seam has no context of the test's. */
static struct {
    uint64_t base, config;
    bool has_config;
} registers;

bool msr_read(uint32_t msr, uint64_t *value)
{
    *value = msr == 0xc0010073 ? registers.base : registers.config;
    return msr == 0xc0010073 || (msr == 0xc0010296 && registers.has_config);
}

const struct idle_method *idle_find(const char *name)
{
    static const struct idle_method method;

    (void)name;
    return &method;
}

static struct amd_ports read_ports(uint64_t base, uint64_t config, bool has_config)
{
    const struct cpu_snapshot snapshot = {.vendor = CPU_VENDOR_AMD};

    registers.base = base;
    registers.config = config;
    registers.has_config = has_config;
    return amd_ports_read(&snapshot, false);
}

static void check_states(void)
{
    struct amd_ports ports = read_ports(0x413, 0x484848, true);

    TAP_INT(ports.base, 0x413, "the base");
    TAP_INT(amd_ports_c2(&ports), 0x414, "C2 is the second port");
    for (uint32_t i = 0; i < AMD_PORTS; i++)
        TAP_INT(amd_port_state(&ports, 0x413 + i), 6, "CC6 is on for all three, as firmware leaves it");
    ports = read_ports(0x413, 0x080848, true);
    TAP_INT(amd_port_state(&ports, 0x413), 6, "CC6 on for the first only");
    TAP_INT(amd_port_state(&ports, 0x414), 1, "leaves C1 for the second");
    TAP_INT(amd_port_state(&ports, 0x415), 1, "and the third");
    TAP_INT(amd_port_state(&ports, 0x814), CSTATE_UNKNOWN, "any other port is not known");
    TAP_INT(amd_port_state(&ports, 0x412), CSTATE_UNKNOWN, "nor the one below");
    TAP_INT(amd_port_state(&ports, 0x413 + AMD_PORTS), CSTATE_UNKNOWN, "nor the one behind them");
    ports = read_ports(0x813, 0, false);
    TAP_INT(amd_port_state(&ports, 0x813), 1, "without the register: the first is C1");
    TAP_INT(amd_port_state(&ports, 0x814), 6, "and the second deep");
}

static void check_none(void)
{
    const struct cpu_snapshot intel = {.vendor = CPU_VENDOR_INTEL}, amd = {.vendor = CPU_VENDOR_AMD};
    struct amd_ports ports = read_ports(0, 0x484848, true);

    TAP_OK(!ports.base && !amd_ports_c2(&ports) && ports.known, "no base, no port");
    ports = read_ports(0xfffc, 0x484848, true);
    TAP_OK(!ports.base, "a base above FFF8h is not defined");
    ports = read_ports(0x413, 0x484848, true);
    ports = amd_ports_read(&intel, false);
    TAP_OK(!ports.base && !ports.known, "Intel's registers of those numbers are not asked");
    TAP_INT(amd_port_state(&ports, 0x414), CSTATE_UNKNOWN, "and none of its ports is known");
    ports = amd_ports_read(&amd, true);
    TAP_OK(!ports.base && !ports.known, "nor a guest's");
}

/* What `policy` enters for C2 is what breakeven and firmware take: the second port. */
static void check_driver(void)
{
    const struct cpu_snapshot amd = {.vendor = CPU_VENDOR_AMD};
    struct amd_ports ports = read_ports(0x413, 0x484848, true);
    struct idle_driver_wish wish = {.kind = IDLE_DRIVER_ACPI, .max_cstate = 9, .c2_port = amd_ports_c2(&ports)};
    static struct idle_driver driver;

    TAP_OK(!idle_driver_build(&driver, &amd, &wish), "the ACPI driver");
    TAP_INT(driver.table.count, 3, "POLL, HLT, C2");
    TAP_INT(driver.states[2].argument, 0x414, "C2 is entered by base + 1");
}

int main(void)
{
    check_states();
    check_none();
    check_driver();
    return tap_done();
}
