/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/idle/errata.c
/*
 * The processors with a broken monitor are found by vendor, family and model together. The lists are those of Linux:
 * X86_BUG_CLFLUSH_MONITOR and X86_BUG_MONITOR in arch/x86/kernel/cpu/intel.c.
 */
#include "arch/x86/idle/errata.h"

#include "arch/x86/cpu/cpuid.h"
#include "tests/unit/tap.h"

enum { MODELS = 256 };

/* The models of a family for which the erratum holds, as hex numbers with a blank behind each. */
static const char *listed(bool (*erratum)(const struct cpu_snapshot *), enum cpu_vendor vendor, uint32_t family)
{
    static char text[1024];
    size_t length = 0;

    text[0] = '\0';
    for (uint32_t model = 0; model < MODELS; model++) {
        struct cpu_snapshot snapshot = {.vendor = vendor, .family = family, .model = model};

        if (erratum(&snapshot) && length < sizeof text)
            length += (size_t)snprintf(text + length, sizeof text - length, "%02x ", model);
    }
    return text;
}

int main(void)
{
    TAP_STR(listed(errata_flush_before_monitor, CPU_VENDOR_INTEL, 6), "1d 2e 2f ", "clflush_models");
    TAP_STR(listed(errata_monitor_loses_stores, CPU_VENDOR_INTEL, 6), "5c bd ", "lost_models");
    TAP_STR(listed(errata_flush_before_monitor, CPU_VENDOR_INTEL, 15), "", "clflush_other_family");
    TAP_STR(listed(errata_monitor_loses_stores, CPU_VENDOR_INTEL, 19), "", "lost_other_family");
    TAP_STR(listed(errata_flush_before_monitor, CPU_VENDOR_AMD, 6), "", "clflush_other_vendor");
    TAP_STR(listed(errata_monitor_loses_stores, CPU_VENDOR_ZHAOXIN, 6), "", "lost_other_vendor");
    /* IA32_MCU_OPT_CTRL bit 6 alone. */
    for (unsigned bit = 0; bit < 64; bit++) {
        char name[40];

        snprintf(name, sizeof name, "umonitor_bit_%u", bit);
        TAP_OK(errata_umonitor_ignored(UINT64_C(1) << bit) == (bit == 6), name);
    }
    TAP_OK(!errata_umonitor_ignored(0), "umonitor_none");
    return tap_done();
}
