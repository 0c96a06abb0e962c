/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/power/rapl.c
/* The unit of DRAM's energy, by model: fixed, the register's, or not known, and then there is no figure. */
#include "arch/x86/power/rapl.h"

#include "arch/x86/cpu/cpuid.h"
#include "arch/x86/cpu/msr.h"
#include "lib/energy.h"
#include "tests/unit/tap.h"

/* All counters are there. */
static uint64_t unit = 0xa0e03; /* energy in 2^-14 J */
static uint64_t counter = 1;

bool msr_read(uint32_t msr, uint64_t *value)
{
    *value = msr == 0x606 ? unit : counter;
    return true;
}

static struct rapl find(uint8_t model)
{
    struct cpu_snapshot snapshot = {.vendor = CPU_VENDOR_INTEL, .family = 6, .model = model};
    struct rapl rapl;

    TAP_OK(!rapl_find(&rapl, &snapshot, false), "its counters are there");
    return rapl;
}

static const char *refusal(uint64_t unit_register, uint64_t value, bool guest)
{
    struct cpu_snapshot snapshot = {.vendor = CPU_VENDOR_INTEL, .family = 6, .model = 0x8f};
    struct rapl rapl;
    const char *why;

    unit = unit_register;
    counter = value;
    why = rapl_find(&rapl, &snapshot, guest);
    unit = 0xa0e03;
    counter = 1;
    return why;
}

static void test_refusals(void)
{
    TAP_OK(!refusal(0xa0e03, 1, false), "counters that count");
    TAP_OK(refusal(0xa0e03, 1, true), "a guest's are not the machine's");
    TAP_OK(refusal(0xa0003, 1, false), "no unit");
    TAP_OK(refusal(0xa0e03, UINT64_C(1) << 32, false),
           "a counter of 32 bits that stands at 0, whatever stands above it");
}

static void test_energy(void)
{
    struct rapl_reading before = {{0}}, after = {{0}};
    struct rapl rapl = find(0x37);

    TAP_INT(rapl.unit_pj[RAPL_PKG], UINT64_C(1000000) << 14, "Silvermont counts in 2^n uJ");
    rapl = find(0x8f);
    before.counts[RAPL_PKG] = UINT32_MAX - 1;
    after.counts[RAPL_PKG] = 16382;
    TAP_INT(rapl_nj(&rapl, RAPL_PKG, &before, &after) / 10, 99999999, "a joule, over the counter's end");
}

int main(void)
{
    struct rapl rapl = find(0x4f);

    test_refusals();
    test_energy();
    TAP_OK(rapl_has(&rapl, RAPL_DRAM) && rapl.unit_pj[RAPL_DRAM] == ENERGY_DRAM_FIXED_PJ, "Broadwell-X: 15.3 uJ");
    rapl = find(0x8f);
    TAP_OK(rapl_has(&rapl, RAPL_DRAM) && rapl.unit_pj[RAPL_DRAM] == rapl.unit_pj[RAPL_PKG], "Sapphire Rapids: 61 uJ");
    rapl = find(0x56);
    TAP_OK(rapl_has(&rapl, RAPL_PKG) && !rapl_has(&rapl, RAPL_DRAM), "Broadwell-D: sources differ, no figure of DRAM");
    return tap_done();
}
