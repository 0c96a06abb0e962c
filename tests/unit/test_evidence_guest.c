/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/power/evidence.c arch/x86/power/power_model.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c
/*
 * Which counters are evidence: in a guest only those of the core that the host has lent it, on bare metal what CPUID
 * and the model list, on another vendor's processor none of Intel's. Every register answers here.
 */
#include "arch/x86/power/evidence.h"

#include "arch/x86/cpu/msr.h"
#include "arch/x86/machine.h"
#include "tests/golden/cpuid/recorded.h"
#include "tests/unit/tap.h"

enum { ICE_LAKE_X = 0x000606A6, SIERRA_FOREST = 0x000A06F0, CC1 = 0x660 };

static struct machine machine;
static struct percpu cpu;
static struct evidence evidence;
static uint64_t counter = 1000;
static uint32_t silent; /* the register that answers 0 */

bool msr_read(uint32_t msr, uint64_t *value)
{
    *value = msr == silent ? 0 : counter;
    return true;
}

bool msr_change(struct msr_saves *saves, uint32_t msr, uint64_t value)
{
    (void)saves, (void)msr, (void)value;
    return true;
}

/* The counters of a processor, as bits. */
static uint32_t counters(uint32_t signature, bool intel, bool monitor, enum hypervisor hypervisor, uint32_t pmu)
{
    const struct cpuid_leaf leaves[] = {
        {0,
         0,
         {0x0000000A, intel ? 0x756E6547 : 0x68747541, intel ? 0x6C65746E : 0x444D4163,
          intel ? 0x49656E69 : 0x69746E65}},
        {1, 0, {signature, 0x00010800, monitor ? 8 : 0, 0}},
        {6, 0, {0, 0, 1, 0}},
        {10, 0, {pmu | 4 << 8 | 48 << 16 | 7 << 24, 0, 0, 3}},
    };
    const struct recorded_cpu recorded = {
        .name = "made up", .leaves = leaves, .leaf_count = sizeof(leaves) / sizeof(leaves[0])};

    recorded_snapshot(&machine.snapshot, &recorded);
    machine.hv.kind = hypervisor;
    evidence = (struct evidence){0};
    evidence_begin(&evidence, &machine, &cpu);
    return evidence.readable;
}

static bool has(enum evidence_counter i)
{
    return evidence_has(&evidence, i);
}

int main(void)
{
    uint64_t values[EVIDENCE_COUNT] = {0};

    counters(ICE_LAKE_X, true, true, HYPERVISOR_NONE, 2);
    TAP_OK(has(EVIDENCE_SMI) && has(EVIDENCE_CC1) && has(EVIDENCE_CC6) && has(EVIDENCE_PC6) &&
               has(EVIDENCE_CORE_CYCLES),
           "bare metal: what the model has");
    counters(ICE_LAKE_X, true, true, HYPERVISOR_NONE, 1);
    TAP_OK(!has(EVIDENCE_CORE_CYCLES) && !has(EVIDENCE_REF_CYCLES), "no fixed counters before version 2");
    counters(ICE_LAKE_X, true, true, HYPERVISOR_KVM, 2);
    TAP_OK(has(EVIDENCE_CC1) && has(EVIDENCE_CC6) && !has(EVIDENCE_PC6) && !has(EVIDENCE_SMI),
           "a guest with MONITOR: the core's that it was lent");
    silent = CC1;
    counters(ICE_LAKE_X, true, true, HYPERVISOR_KVM, 2);
    TAP_OK(!has(EVIDENCE_CC1) && has(EVIDENCE_CC6), "one that answers 0 was not lent");
    counters(ICE_LAKE_X, true, true, HYPERVISOR_NONE, 2);
    TAP_OK(has(EVIDENCE_CC1), "on bare metal it has only not counted yet");
    silent = 0;
    counters(ICE_LAKE_X, true, false, HYPERVISOR_KVM, 2);
    TAP_OK(!has(EVIDENCE_CC1) && has(EVIDENCE_MPERF), "a guest without MONITOR: none, but what CPUID lists");
    counters(SIERRA_FOREST, true, true, HYPERVISOR_KVM, 2);
    TAP_OK(has(EVIDENCE_CC6) && !has(EVIDENCE_MC6), "a module's is not lent");
    counters(SIERRA_FOREST, true, true, HYPERVISOR_NONE, 2);
    TAP_OK(has(EVIDENCE_MC6), "but there on bare metal");
    counters(0x00800F82, false, true, HYPERVISOR_NONE, 0);
    TAP_OK(has(EVIDENCE_APERF) && !has(EVIDENCE_SMI) && !(evidence.readable >> EVIDENCE_CC1), "AMD: none of Intel's");
    evidence_read(&evidence, values);
    counter += 70;
    evidence_since(&evidence, values);
    TAP_INT(values[EVIDENCE_APERF], 70, "what it has counted since");
    return tap_done();
}
