/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/power/rapl.c
/* The unit of DRAM's energy, by model: fixed, the register's, or not known, and then there is no figure. */
#include "arch/x86/power/rapl.h"

#include "arch/x86/cpu/cpuid.h"
#include "arch/x86/cpu/msr.h"
#include "lib/energy.h"
#include "tests/unit/tap.h"

/* All counters are there; units of 2^-14 J. */
bool msr_read(uint32_t msr, uint64_t *value)
{
    *value = msr == 0x606 ? 0xa0e03 : 1;
    return true;
}

static struct rapl find(uint8_t model)
{
    struct cpu_snapshot snapshot = {.vendor = CPU_VENDOR_INTEL, .family = 6, .model = model};
    struct rapl rapl;

    TAP_OK(!rapl_find(&rapl, &snapshot, false), "its counters are there");
    return rapl;
}

int main(void)
{
    struct rapl rapl = find(0x4f);

    TAP_OK(rapl_has(&rapl, RAPL_DRAM) && rapl.unit_pj[RAPL_DRAM] == ENERGY_DRAM_FIXED_PJ, "Broadwell-X: 15.3 uJ");
    rapl = find(0x8f);
    TAP_OK(rapl_has(&rapl, RAPL_DRAM) && rapl.unit_pj[RAPL_DRAM] == rapl.unit_pj[RAPL_PKG], "Sapphire Rapids: 61 uJ");
    rapl = find(0x56);
    TAP_OK(rapl_has(&rapl, RAPL_PKG) && !rapl_has(&rapl, RAPL_DRAM), "Broadwell-D: sources differ, no figure of DRAM");
    return tap_done();
}
