/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/cpu/mtrr.c
/*
 * The snapshot of recorded processors: who they are, what they can do, and that broken tables stay bounded.
 *
 * The wanted values are what the makers publish about these processors, and what the emulators were told to be.
 */
#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/mtrr.h"
#include "arch/x86/cpu/mtrr_regs.h"
#include "tests/golden/cpuid/alder_lake.h"
#include "tests/golden/cpuid/bochs_ryzen.h"
#include "tests/golden/cpuid/bochs_spr.h"
#include "tests/golden/cpuid/qemu_kvm.h"
#include "tests/golden/cpuid/qemu_tcg.h"
#include "tests/golden/cpuid/rome_2s.h"
#include "tests/golden/cpuid/sapphire_rapids.h"
#include "tests/golden/cpuid/skylake_2s.h"
#include "tests/golden/cpuid/thuban.h"
#include "tests/unit/tap.h"

static struct cpu_snapshot snapshot;

/* Constants must be usable in static tables: an idle method's need is one. */
static const struct cpuid_field static_table[] = {CPUID_MONITOR, CPUID_WAITPKG, CPUID_MWAITX};

static void check_sapphire_rapids(void)
{
    recorded_snapshot(&snapshot, &recorded_sapphire_rapids);
    TAP_STR(snapshot.vendor_text, "GenuineIntel", "spr_vendor_text");
    TAP_OK(snapshot.vendor == CPU_VENDOR_INTEL, "spr_vendor");
    TAP_STR(snapshot.brand, "Intel(R) Xeon(R) w7-2475X", "spr_brand");
    TAP_INT(snapshot.family, 6, "spr_family");
    TAP_INT(snapshot.model, 0x8F, "spr_model");
    TAP_INT(snapshot.stepping, 8, "spr_stepping");
    for (size_t i = 0; i < 2; i++)
        TAP_OK(cpu_has(&snapshot, static_table[i]), "spr_monitor_waitpkg");
    TAP_OK(!cpu_has(&snapshot, static_table[2]), "spr_no_mwaitx");
    TAP_OK(cpu_has(&snapshot, CPUID_TSC_DEADLINE), "spr_tsc_deadline");
    TAP_OK(cpu_has(&snapshot, CPUID_X2APIC), "spr_x2apic");
    TAP_OK(cpu_has(&snapshot, CPUID_INVARIANT_TSC), "spr_invariant_tsc");
    TAP_OK(cpu_has(&snapshot, CPUID_ARAT), "spr_arat");
    TAP_OK(cpu_has(&snapshot, CPUID_TSC_ADJUST), "spr_tsc_adjust");
    TAP_OK(cpu_has(&snapshot, CPUID_AMX_TILE), "spr_amx");
    TAP_OK(!cpu_has(&snapshot, CPUID_HYBRID), "spr_not_hybrid");
    TAP_OK(!cpu_has(&snapshot, CPUID_HYPERVISOR), "spr_no_hypervisor");
    TAP_OK(cpu_has(&snapshot, CPUID_ARCH_CAPABILITIES), "spr_arch_capabilities");
    TAP_INT(cpu_leaf(&snapshot, 7, 2, NULL).edx, 0x17, "spr_last_subleaf_of_7");
    TAP_INT(cpu_tsc_hz_leaf15(&snapshot), 2592000000, "spr_leaf15"); /* 24 MHz x 216 / 2 */
    TAP_INT(cpu_tsc_hz_leaf16(&snapshot), 2600000000, "spr_leaf16");
    TAP_OK(cpu_crystal_listed(&snapshot), "spr_crystal_listed");
}

static void check_mwait_and_pmu(void)
{
    struct cpu_mwait mwait;
    static const uint8_t want[8] = {0, 2, 0, 1, 0, 0, 0, 0};
    struct cpu_pmu pmu;

    recorded_snapshot(&snapshot, &recorded_sapphire_rapids);
    mwait = cpu_mwait_info(&snapshot);
    TAP_OK(mwait.monitor && mwait.listed && mwait.extensions, "spr_mwait");
    TAP_OK(mwait.break_on_masked, "spr_mwait_break_on_masked");
    TAP_OK(!mwait.monitorless, "spr_mwait_not_monitorless");
    TAP_INT(mwait.line_min_bytes, 64, "spr_line_min");
    TAP_INT(mwait.line_max_bytes, 64, "spr_line_max");
    /* 1020h: two sub-states of C1 (C1, C1E), one of C6, none of the others. */
    TAP_OK(memcmp(mwait.substates, want, sizeof(want)) == 0, "spr_substates");

    pmu = cpu_pmu_info(&snapshot);
    TAP_INT(pmu.version, 5, "spr_pmu_version");
    TAP_INT(pmu.counters, 8, "spr_pmu_counters");
    TAP_INT(pmu.counter_bits, 48, "spr_pmu_bits");
    TAP_INT(pmu.fixed, 4, "spr_pmu_fixed");
    TAP_OK(pmu.cycles && pmu.instructions && pmu.reference_cycles, "spr_pmu_events");

    recorded_snapshot(&snapshot, &recorded_thuban);
    TAP_INT(cpu_pmu_info(&snapshot).version, 0, "thuban_pmu_none");
}

static void check_others(void)
{
    recorded_snapshot(&snapshot, &recorded_rome_2s);
    TAP_OK(snapshot.vendor == CPU_VENDOR_AMD, "rome_vendor");
    TAP_STR(snapshot.brand, "AMD EPYC 7742 64-Core Processor", "rome_brand");
    TAP_INT(snapshot.family, 0x17, "rome_family");
    TAP_INT(snapshot.model, 0x31, "rome_model");
    TAP_OK(cpu_has(&snapshot, CPUID_MWAITX), "rome_mwaitx");
    TAP_OK(!cpu_has(&snapshot, CPUID_WAITPKG), "rome_no_waitpkg");
    TAP_OK(!cpu_has(&snapshot, CPUID_TSC_DEADLINE), "rome_no_tsc_deadline");
    TAP_INT(cpu_tsc_hz_leaf15(&snapshot), 0, "rome_leaf15_silent");

    recorded_snapshot(&snapshot, &recorded_alder_lake);
    TAP_OK(cpu_has(&snapshot, CPUID_HYBRID), "alder_lake_hybrid");
    TAP_INT(cpu_field(&snapshot, CPUID_CORE_TYPE), 0x40, "alder_lake_core_type");

    recorded_snapshot(&snapshot, &recorded_skylake_2s);
    TAP_INT(snapshot.model, 0x55, "skylake_model");
    TAP_OK(!cpu_crystal_listed(&snapshot), "skylake_crystal_not_listed");
    TAP_INT(cpu_tsc_hz_leaf15(&snapshot), 0, "skylake_x_crystal_is_not_guessed");

    recorded_snapshot(&snapshot, &recorded_bochs_spr);
    TAP_INT(snapshot.model, 0x8F, "bochs_spr_model");
    TAP_OK(cpu_has(&snapshot, CPUID_WAITPKG), "bochs_spr_waitpkg");
    TAP_OK(!cpu_has(&snapshot, CPUID_HYPERVISOR), "bochs_spr_no_hypervisor");
    recorded_snapshot(&snapshot, &recorded_bochs_ryzen);
    TAP_OK(cpu_has(&snapshot, CPUID_MWAITX), "bochs_ryzen_mwaitx");
    recorded_snapshot(&snapshot, &recorded_qemu_tcg);
    TAP_OK(cpu_has(&snapshot, CPUID_HYPERVISOR), "tcg_hypervisor");
    recorded_snapshot(&snapshot, &recorded_qemu_kvm);
    TAP_INT(cpu_tsc_hz_hypervisor(&snapshot), 2600000000, "kvm_tsc_khz_leaf");
}

/* Extended rules of the version: SDM volume 2A, CPUID. EAX, family, model, stepping by hand. */
static void check_versions(void)
{
    static const struct {
        uint32_t eax, family, model, stepping;
    } versions[] = {
        {0x000006FB, 6, 0x0F, 0xB}, {0x000906EA, 6, 0x9E, 0xA}, {0x00000F43, 15, 4, 3},   {0x00A20F12, 0x19, 0x21, 2},
        {0x00B00F21, 0x1A, 2, 1},   {0x00050543, 5, 4, 3},      {0x00100F42, 0x10, 4, 2}, {0x0FFF0FFF, 270, 0xFF, 15},
    };
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        const struct cpuid_leaf leaves[] = {
            {0, 0, {1, 0x756E6547, 0x6C65746E, 0x49656E69}},
            {1, 0, {versions[i].eax, 0, 0, 0}},
        };
        const struct recorded_cpu cpu = {"version", leaves, 2, NULL, 0};
        recorded_snapshot(&snapshot, &cpu);
        TAP_INT(snapshot.family, versions[i].family, "version_family");
        TAP_INT(snapshot.model, versions[i].model, "version_model");
        TAP_INT(snapshot.stepping, versions[i].stepping, "version_stepping");
    }
}

static struct cpuid_regs all_ones(void *ctx, uint32_t leaf, uint32_t subleaf)
{
    uint32_t value;

    (void)leaf;
    (void)subleaf;
    value = *(uint32_t *)ctx;
    return (struct cpuid_regs){value, value, value, value};
}

/* A hypervisor at every place that is looked at, each with as many leaves as are taken. */
static struct cpuid_regs everywhere(void *ctx, uint32_t leaf, uint32_t subleaf)
{
    (void)ctx;
    (void)subleaf;
    if (leaf >> 28 == 4)
        return (struct cpuid_regs){leaf + 0xFF, 0x4B4D564B, 0x564B4D56, 0x4D};
    return (struct cpuid_regs){leaf == 0 ? 1 : 0, 0, leaf == 1 ? UINT32_C(1) << 31 : 0, 0};
}

static void check_overflow(void)
{
    cpu_snapshot_read(&snapshot, (struct cpuid_source){.read = everywhere, .ctx = NULL});
    TAP_INT(snapshot.leaf_count, CPU_SNAPSHOT_LEAVES, "overflow_full");
    TAP_INT(snapshot.leaf_count + snapshot.lost_leaves, 2 + 257 * 20 + 1, "overflow_counted");
}

static void check_broken(void)
{
    uint32_t values[] = {0, UINT32_MAX, 0x20202020, 0x41414141, 0x40000005, 0x80000008};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        cpu_snapshot_read(&snapshot, (struct cpuid_source){.read = all_ones, .ctx = &values[i]});
        TAP_OK(snapshot.leaf_count <= CPU_SNAPSHOT_LEAVES, "broken_bounded");
        TAP_OK(memchr(snapshot.brand, 0, sizeof(snapshot.brand)) != NULL, "broken_brand_ends");
    }
}

static void check_format(void)
{
    char text[64];
    uint32_t count, twice;

    cpuid_field_format((struct cpuid_field)CPUID_MONITOR, text, sizeof(text));
    TAP_STR(text, "CPUID.01H:ECX[3]", "format_bit");
    cpuid_field_format(CPUID_MONITOR_MITG_NO, text, sizeof(text));
    TAP_STR(text, "CPUID.(07H,2):EDX[7]", "format_subleaf");
    cpuid_field_format(CPUID_PHYSICAL_BITS, text, sizeof(text));
    TAP_STR(text, "CPUID.80000008H:EAX[7:0]", "format_range");
    TAP_STR(cpu_feature_name(CPUID_WAITPKG), "waitpkg", "feature_name");
    TAP_OK(cpu_feature_name(CPUID_STEPPING) == NULL, "feature_without_name");

    count = 0;
    twice = 0;
    for (; cpu_feature_at(count) != NULL; count++)
        for (uint32_t i = 0; i < count; i++)
            twice += strcmp(cpu_feature_at(i)->name, cpu_feature_at(count)->name) == 0;
    TAP_OK(count > 30, "feature_count");
    TAP_INT(twice, 0, "feature_names_unique");
}

/* SDM volume 3A, section 12.11: ranges by hand. 4 GiB of WB, the top GiB of it UC, fixed ranges on. */
static void check_mtrr(void)
{
    struct mtrr_state m = {
        .present = true,
        .physical_bits = 40,
        .variable_count = 3,
        .capability = MTRRCAP_FIXED | 3,
        .default_type = MTRR_DEF_TYPE_ENABLE | MTRR_DEF_TYPE_FIXED_ENABLE | MTRR_TYPE_UC,
        .base = {0x00000000 | MTRR_TYPE_WB, 0xC0000000 | MTRR_TYPE_UC, 0xB0000000 | MTRR_TYPE_WT},
        .mask = {0xFF00000000 | MTRR_PHYSMASK_VALID, 0xFFC0000000 | MTRR_PHYSMASK_VALID, 0xFFF0000000},
    };
    struct mtrr_state other;

    m.fixed[0] = 0x0606060606060606;
    m.fixed[2] = 0x0000000000000000;
    m.fixed[3] = 0x0505050505050506; /* C0000h WB, C1000h WP */
    TAP_INT(mtrr_type_at(&m, 0x1000), MTRR_TYPE_WB, "mtrr_fixed_64k");
    TAP_INT(mtrr_type_at(&m, 0xA0000), MTRR_TYPE_UC, "mtrr_fixed_16k");
    TAP_INT(mtrr_type_at(&m, 0xC0FFF), MTRR_TYPE_WB, "mtrr_fixed_4k_first");
    TAP_INT(mtrr_type_at(&m, 0xC1000), MTRR_TYPE_WP, "mtrr_fixed_4k_second");
    m.fixed[4] = 0x04;               /* C8000h WT */
    m.fixed[10] = UINT64_C(1) << 56; /* FF000h WC */
    TAP_INT(mtrr_type_at(&m, 0xC8000), MTRR_TYPE_WT, "mtrr_fixed_next_register");
    TAP_INT(mtrr_type_at(&m, 0xFFFFF), MTRR_TYPE_WC, "mtrr_fixed_last_byte");
    TAP_INT(mtrr_type_at(&m, 0xFEFFF), MTRR_TYPE_UC, "mtrr_fixed_last_but_one");
    TAP_INT(mtrr_type_at(&m, 0x100000), MTRR_TYPE_WB, "mtrr_ram");
    TAP_INT(mtrr_type_at(&m, 0xFEE00000), MTRR_TYPE_UC, "mtrr_uc_wins");
    TAP_INT(mtrr_type_at(&m, 0xB0000000), MTRR_TYPE_WB, "mtrr_invalid_range_ignored");
    TAP_INT(mtrr_type_at(&m, 0x100000000), MTRR_TYPE_UC, "mtrr_default");
    m.mask[2] |= MTRR_PHYSMASK_VALID;
    TAP_INT(mtrr_type_at(&m, 0xB0000000), MTRR_TYPE_WT, "mtrr_wt_beats_wb");
    m.base[2] = 0xB0000000 | MTRR_TYPE_WC;
    TAP_INT(mtrr_type_at(&m, 0xB0000000), MTRR_TYPE_UNDEFINED, "mtrr_undefined_mix");
    other = m;
    TAP_OK(mtrr_same(&m, &other), "mtrr_same");
    other.base[1] ^= 1;
    TAP_OK(!mtrr_same(&m, &other), "mtrr_different");
    m.default_type &= ~MTRR_DEF_TYPE_ENABLE;
    TAP_INT(mtrr_type_at(&m, 0x100000), MTRR_TYPE_UC, "mtrr_off_is_uc");
}

static void check_init_delay(void)
{
    static const struct {
        struct cpu_snapshot snapshot;
        bool slow;
        const char *name;
    } cases[] = {
        {{.vendor = CPU_VENDOR_INTEL, .family = 6}, false, "family 6 starts at once"},
        {{.vendor = CPU_VENDOR_INTEL, .family = 15}, true, "NetBurst needs the 10 ms"},
        {{.vendor = CPU_VENDOR_AMD, .family = 0x19}, false, "Zen starts at once"},
        {{.vendor = CPU_VENDOR_AMD, .family = 6}, true, "K7 needs the 10 ms"},
        {{.vendor = CPU_VENDOR_HYGON, .family = 0x18}, false, "Hygon starts at once"},
        {{.vendor = CPU_VENDOR_ZHAOXIN, .family = 7}, true, "others need the 10 ms"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        TAP_OK(cpu_init_is_slow(&cases[i].snapshot) == cases[i].slow, cases[i].name);
}

int main(void)
{
    check_sapphire_rapids();
    check_mwait_and_pmu();
    check_others();
    check_versions();
    check_broken();
    check_overflow();
    check_format();
    check_mtrr();
    check_init_delay();
    return tap_done();
}
