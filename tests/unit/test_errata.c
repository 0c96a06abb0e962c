/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/idle/errata.c arch/x86/cpu/cpuid.c
/*
 * The processors with a broken monitor are found by vendor, family and model together. The lists are those of Linux:
 * X86_BUG_CLFLUSH_MONITOR and X86_BUG_MONITOR in arch/x86/kernel/cpu/intel.c.
 */
#include "arch/x86/idle/errata.h"

#include "arch/x86/cpu/cpuid.h"
#include "tests/unit/tap.h"

enum { MODELS = 256 };

/* CPUID.01H:EDX of those below: with CLFLUSH. */
static uint32_t leaf_1_edx = UINT32_C(1) << 19;

/* The models of a family for which the erratum holds, as hex numbers with a blank behind each. */
static const char *listed(bool (*erratum)(const struct cpu_snapshot *), enum cpu_vendor vendor, uint32_t family)
{
    static char text[1024];
    size_t length = 0;

    text[0] = '\0';
    for (uint32_t model = 0; model < MODELS; model++) {
        struct cpu_snapshot snapshot = {.vendor = vendor, .family = family, .model = model, .leaf_count = 1};

        snapshot.leaves[0] = (struct cpuid_leaf){.leaf = 1, .regs.edx = leaf_1_edx};
        if (erratum(&snapshot) && length < sizeof(text))
            length += (size_t)snprintf(text + length, sizeof(text) - length, "%02x ", model);
    }
    return text;
}

/* AMD erratum 400: family 0Fh from model 41h stepping 2 on, 10h from model 2 stepping 1 on; OSVW decides first. */
static void check_e400(void)
{
    struct cpu_snapshot cpu = {.vendor = CPU_VENDOR_AMD, .family = 0x0f, .model = 0x41, .stepping = 1};

    TAP_OK(!errata_amd_e400(&cpu, 0, 0), "e400_k8_before");
    cpu.stepping = 2;
    TAP_OK(errata_amd_e400(&cpu, 0, 0), "e400_k8_from");
    TAP_OK(errata_amd_e400(&cpu, 1, 2) && errata_amd_e400(&cpu, 1, 0), "e400_list_too_short");
    TAP_OK(!errata_amd_e400(&cpu, 2, 1) && errata_amd_e400(&cpu, 2, 2), "e400_by_list");
    cpu = (struct cpu_snapshot){.vendor = CPU_VENDOR_AMD, .family = 0x10, .model = 2, .stepping = 0};
    TAP_OK(!errata_amd_e400(&cpu, 0, 0), "e400_k10_before");
    cpu.stepping = 1;
    TAP_OK(errata_amd_e400(&cpu, 0, 0), "e400_k10_from");
    cpu.family = 0x12;
    TAP_OK(!errata_amd_e400(&cpu, 0, 0), "e400_later_family");
    cpu = (struct cpu_snapshot){.vendor = CPU_VENDOR_INTEL, .family = 0x10, .model = 2, .stepping = 1};
    TAP_OK(!errata_amd_e400(&cpu, 3, 7), "e400_other_vendor");
}

/* Linux, arch/x86/kernel/apic/apic.c, deadline_match[]: every line of it, and what stands beside its lines. */
static void check_deadline(void)
{
    static const struct {
        uint8_t model, first, last;
        uint32_t revision;
    } lines[] = {
        {0x3f, 2, 2, 0x3a},       {0x3f, 4, 4, 0x0f},       {0x3f, 3, 3, 0},          {0x4f, 0, 15, 0x0b000020},
        {0x56, 2, 2, 0x11},       {0x56, 3, 3, 0x0700000e}, {0x56, 4, 4, 0x0f00000c}, {0x56, 5, 5, 0x0e000003},
        {0x55, 3, 3, 0x01000136}, {0x55, 4, 4, 0x02000014}, {0x55, 5, 15, 0},         {0x3c, 0, 15, 0x22},
        {0x45, 0, 15, 0x20},      {0x46, 0, 15, 0x17},      {0x3d, 0, 15, 0x25},      {0x47, 0, 15, 0x17},
        {0x4e, 0, 15, 0xb2},      {0x5e, 0, 15, 0xb2},      {0x8e, 0, 15, 0x52},      {0x9e, 0, 15, 0x52},
        {0xa5, 0, 15, 0},         {0x3a, 0, 15, 0},
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        for (uint32_t stepping = lines[i].first; stepping <= lines[i].last; stepping++) {
            struct cpu_snapshot cpu = {
                .vendor = CPU_VENDOR_INTEL, .family = 6, .model = lines[i].model, .stepping = stepping};
            char name[40];

            snprintf(name, sizeof(name), "deadline_%02x_%u", lines[i].model, stepping);
            TAP_INT(errata_deadline_revision(&cpu), lines[i].revision, name);
        }
}

int main(void)
{
    TAP_STR(listed(errata_flush_before_monitor, CPU_VENDOR_INTEL, 6), "1d 2e 2f ", "clflush_models");
    TAP_STR(listed(errata_monitor_loses_stores, CPU_VENDOR_INTEL, 6), "5c bd ", "lost_models");
    TAP_STR(listed(errata_flush_before_monitor, CPU_VENDOR_INTEL, 15), "", "clflush_other_family");
    TAP_STR(listed(errata_monitor_loses_stores, CPU_VENDOR_INTEL, 19), "", "lost_other_family");
    TAP_STR(listed(errata_flush_before_monitor, CPU_VENDOR_AMD, 6), "", "clflush_other_vendor");
    TAP_STR(listed(errata_monitor_loses_stores, CPU_VENDOR_ZHAOXIN, 6), "", "lost_other_vendor");
    leaf_1_edx = 0;
    TAP_STR(listed(errata_flush_before_monitor, CPU_VENDOR_INTEL, 6), "", "clflush_not_there");
    TAP_STR(listed(errata_rapid_c6, CPU_VENDOR_INTEL, 6), "1a 1e 1f 25 2c 2e ", "rapid_c6_models");
    TAP_STR(listed(errata_ryzen_idle, CPU_VENDOR_AMD, 0x17), "01 08 11 18 71 ", "ryzen_models");
    check_e400();
    check_deadline();
    /* IA32_MCU_OPT_CTRL bit 6 alone. */
    for (unsigned bit = 0; bit < 64; bit++) {
        char name[40];

        snprintf(name, sizeof(name), "umonitor_bit_%u", bit);
        TAP_OK(errata_umonitor_ignored(UINT64_C(1) << bit) == (bit == 6), name);
    }
    TAP_OK(!errata_umonitor_ignored(0), "umonitor_none");
    return tap_done();
}
