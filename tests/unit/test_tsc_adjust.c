/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/time/adjust.c arch/x86/cpu/cpuid.c
/* What firmware left in IA32_TSC_ADJUST: the values of a two-package Zhaoxin among them. */
#include "arch/x86/machine.h"
#include "arch/x86/time/sync.h"
#include "tests/golden/cpuid/recorded.h"
#include "tests/unit/tap.h"

static const char *kind(bool listed, int64_t first, int64_t second)
{
    static struct machine machine;
    static struct percpu cpus[2];
    const struct cpuid_leaf leaves[] = {
        {0, 0, {7, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {7, 0, {0, listed ? 2 : 0, 0, 0}},
    };
    const struct recorded_cpu cpu = {"made up", leaves, 2, NULL, 0};

    recorded_snapshot(&machine.snapshot, &cpu);
    machine.cpu_count = 2;
    for (unsigned i = 0; i < 2; i++)
        machine.cpus[i] = &cpus[i];
    cpus[0].tsc_adjust = first;
    cpus[1].tsc_adjust = second;
    return tsc_adjust_kind_name(tsc_adjust_kind(&machine));
}

int main(void)
{
    TAP_STR(kind(false, 0, 0), "absent", "no such register");
    TAP_STR(kind(true, 0, 0), "zero", "left alone");
    TAP_STR(kind(true, -5, -5), "same", "written, the same everywhere");
    TAP_STR(kind(true, 45960750, 78394770), "differs", "written differently");
    TAP_STR(kind(true, 0, 78394770), "differs", "written on one only");
    return tap_done();
}
