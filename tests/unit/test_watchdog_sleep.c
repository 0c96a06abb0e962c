/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/irq/watchdog_sleep.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/idle/errata.c
// UNIT_EXTRA: arch/x86/idle/known_states.c arch/x86/idle/mwait_hints.c arch/x86/idle/deepest.c
/*
 * How the CPU that is the watchdog sleeps: by the deepest hint that CPUID lists, or in HLT for a reason.
 */
#include "arch/x86/machine.h"
#include "tests/golden/cpuid/recorded.h"
#include "tests/unit/tap.h"

enum { ARAT = 4 };

static struct machine machine;
static struct percpu peer;

/* NULL and *hint, or the reason, of a processor. */
static const char *sleeps(uint32_t signature, uint32_t leaf6_eax, uint32_t ecx, uint32_t edx, uint32_t *hint)
{
    const struct cpuid_leaf leaves[] = {
        {0x00000000, 0, {0x00000006, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {0x00000001, 0, {signature, 0x00010800, ecx ? 0x00000008 : 0, 0x00000000}},
        {0x00000005, 0, {0x00000040, 0x00000040, ecx, edx}},
        {0x00000006, 0, {leaf6_eax, 0, 0, 0}},
    };
    const struct recorded_cpu cpu = {
        .name = "made up", .leaves = leaves, .leaf_count = sizeof(leaves) / sizeof(leaves[0])};

    recorded_snapshot(&machine.snapshot, &cpu);
    return watchdog_peer_awake(&machine, &peer, hint);
}

int main(void)
{
    static struct cpu_snapshot own;
    uint32_t hint = 0;

    TAP_OK(!sleeps(0x000806C1, ARAT, 3, 0x11121020, &hint) && hint == 0x60, "Tiger Lake: C10");
    TAP_OK(!sleeps(0x000606A6, ARAT, 3, 0x00002020, &hint) && hint == 0x20, "Ice Lake-SP: C6, the kernel's sub-state");
    TAP_OK(!sleeps(0x000F0001, ARAT, 3, 0x00001020, &hint) && hint == 0x20, "a model without a table: CPUID's last");
    TAP_OK(!sleeps(0x000F0001, ARAT, 3, 0x00000120, &hint) && hint == 0x10, "the first hint behind C1 is deep");
    TAP_STR(sleeps(0x000606A6, ARAT, 3, 0x00000020, &hint), "CPUID lists no MWAIT hint deeper than C1",
            "no deep state");
    TAP_STR(sleeps(0x000606A6, ARAT, 0, 0, &hint), "CPUID lists no MWAIT hint deeper than C1", "no MONITOR");
    TAP_STR(sleeps(0x000606A6, 0, 3, 0x00002020, &hint), "its timer stops in deeper states", "no ARAT");
    TAP_STR(sleeps(0x000106A5, ARAT, 3, 0x00001120, &hint), "erratum RAPID_C6", "Nehalem");
    machine.hv.kind = HYPERVISOR_KVM;
    TAP_STR(sleeps(0x000606A6, ARAT, 3, 0x00002020, &hint), "a hypervisor decides how it sleeps", "a guest");
    machine.hv.emulator = true;
    TAP_OK(!sleeps(0x000606A6, ARAT, 3, 0x00002020, &hint), "an emulator: to be tried");
    machine.hv.emulator = false;
    machine.hv.kind = HYPERVISOR_NONE;
    sleeps(0x000606A6, ARAT, 3, 0x00002020, &hint);
    own = machine.snapshot;
    peer.snapshot = &own;
    TAP_OK(!sleeps(0x000806C1, ARAT, 3, 0x11121020, &hint) && hint == 0x20, "a peer of another kind: its own hint");
    TAP_OK(!sleeps(0x000806C1, 0, 0, 0, &hint), "and its own features");
    return tap_done();
}
