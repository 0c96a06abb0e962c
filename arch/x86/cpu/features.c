/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/features.h"

#include "lib/cstring.h"
#include "lib/fmt.h"

static const struct cpu_feature features[] = {
    {"monitor", CPUID_MONITOR},
    {"mwait_emx", CPUID_MWAIT_EMX},
    {"mwait_ibe", CPUID_MWAIT_IBE},
    {"mwait_monitorless", CPUID_MWAIT_MONITORLESS},
    {"mwaitx", CPUID_MWAITX},
    {"waitpkg", CPUID_WAITPKG},
    {"monitor_mitg_no", CPUID_MONITOR_MITG_NO},
    {"tsc", CPUID_TSC},
    {"tsc_deadline", CPUID_TSC_DEADLINE},
    {"invariant_tsc", CPUID_INVARIANT_TSC},
    {"tsc_adjust", CPUID_TSC_ADJUST},
    {"rdtscp", CPUID_RDTSCP},
    {"arat", CPUID_ARAT},
    {"aperfmperf", CPUID_APERFMPERF},
    {"turbo", CPUID_TURBO},
    {"hwp", CPUID_HWP},
    {"epb", CPUID_EPB},
    {"eist", CPUID_EIST},
    {"hardware_feedback", CPUID_HARDWARE_FEEDBACK},
    {"hybrid", CPUID_HYBRID},
    {"apic", CPUID_APIC},
    {"x2apic", CPUID_X2APIC},
    {"msr", CPUID_MSR},
    {"mtrr", CPUID_MTRR},
    {"pat", CPUID_PAT},
    {"mca", CPUID_MCA},
    {"acpi", CPUID_ACPI_THERMAL},
    {"htt", CPUID_HTT},
    {"pdcm", CPUID_PDCM},
    {"arch_capabilities", CPUID_ARCH_CAPABILITIES},
    {"clflush", CPUID_CLFLUSH},
    {"clflushopt", CPUID_CLFLUSHOPT},
    {"clwb", CPUID_CLWB},
    {"cldemote", CPUID_CLDEMOTE},
    {"serialize", CPUID_SERIALIZE},
    {"uintr", CPUID_UINTR},
    {"amx_tile", CPUID_AMX_TILE},
    {"rdpid", CPUID_RDPID},
    {"rdrand", CPUID_RDRAND},
    {"rdseed", CPUID_RDSEED},
    {"xsave", CPUID_XSAVE},
    {"nx", CPUID_NX},
    {"page_1gb", CPUID_PAGE_1GB},
    {"pcid", CPUID_PCID},
    {"invpcid", CPUID_INVPCID},
    {"la57", CPUID_LA57},
    {"smep", CPUID_SMEP},
    {"smap", CPUID_SMAP},
    {"vmx", CPUID_VMX},
    {"svm", CPUID_SVM},
    {"topoext", CPUID_TOPOEXT},
    {"hypervisor", CPUID_HYPERVISOR},
};

enum {
    FEATURE_COUNT = sizeof(features) / sizeof(features[0]),
};

const struct cpu_feature *cpu_feature_at(uint32_t index)
{
    return index < FEATURE_COUNT ? &features[index] : NULL;
}

const char *cpu_feature_name(struct cpuid_field feature)
{
    for (uint32_t i = 0; i < FEATURE_COUNT; i++)
        if (memcmp(&features[i].field, &feature, sizeof(feature)) == 0)
            return features[i].name;
    return NULL;
}
_Static_assert(sizeof(struct cpuid_field) == 8, "no padding: compared as bytes");

int cpuid_field_format(struct cpuid_field field, char *text, size_t bytes)
{
    static const char *const names[] = {"EAX", "EBX", "ECX", "EDX"};
    char where[24], bits[8];

    if (field.subleaf == 0)
        fmt(where, sizeof(where), "CPUID.%02XH", (unsigned)field.leaf);
    else
        fmt(where, sizeof(where), "CPUID.(%02XH,%u)", (unsigned)field.leaf, field.subleaf);
    if (field.high == field.low)
        fmt(bits, sizeof(bits), "%u", field.low);
    else
        fmt(bits, sizeof(bits), "%u:%u", field.high, field.low);
    return fmt(text, bytes, "%s:%s[%s]", where, names[field.reg], bits);
}

struct cpu_mwait cpu_mwait_info(const struct cpu_snapshot *snapshot)
{
    uint32_t substates = cpu_field(snapshot, CPUID_MWAIT_SUBSTATES);
    struct cpu_mwait info = {
        .monitor = cpu_has(snapshot, CPUID_MONITOR),
        .line_min_bytes = cpu_field(snapshot, CPUID_MONITOR_LINE_MIN),
        .line_max_bytes = cpu_field(snapshot, CPUID_MONITOR_LINE_MAX),
        .extensions = cpu_has(snapshot, CPUID_MWAIT_EMX),
    };
    info.listed = info.line_max_bytes != 0 || info.extensions || substates != 0;
    /* The other ECX bits are valid only where the extensions are enumerated. */
    info.break_on_masked = info.extensions && cpu_has(snapshot, CPUID_MWAIT_IBE);
    info.monitorless = info.extensions && cpu_has(snapshot, CPUID_MWAIT_MONITORLESS);
    for (uint32_t state = 0; state < 8 && info.extensions; state++)
        info.substates[state] = (substates >> (4 * state)) & 0xF;
    return info;
}

bool cpu_timer_always_runs(const struct cpu_snapshot *snapshot)
{
    enum { AMD_FAMILY_ARAT = 0x12 };

    return cpu_has(snapshot, CPUID_ARAT) || snapshot->vendor == CPU_VENDOR_HYGON ||
           (snapshot->vendor == CPU_VENDOR_AMD && snapshot->family >= AMD_FAMILY_ARAT);
}

bool cpu_crystal_listed(const struct cpu_snapshot *snapshot)
{
    return cpu_has(snapshot, CPUID_CRYSTAL_HZ);
}

/*
 * Models whose leaf 15h has the ratio but no crystal. SDM volume 3B, section 20.7.3, table "Nominal Core Crystal Clock
 * Frequency". Model 55h is left out: its servers have 25 MHz less a quarter of a per cent, its desktops 24 MHz.
 */
static uint64_t crystal_by_model(const struct cpu_snapshot *snapshot)
{
    static const struct {
        uint8_t model;
        uint32_t hz;
    } crystals[] = {
        {0x4E, 24000000}, {0x5E, 24000000}, {0x8E, 24000000}, {0x9E, 24000000}, {0x5C, 19200000}, {0x5F, 25000000},
    };
    if (snapshot->vendor != CPU_VENDOR_INTEL || snapshot->family != 6)
        return 0;
    for (size_t i = 0; i < sizeof(crystals) / sizeof(crystals[0]); i++)
        if (crystals[i].model == snapshot->model)
            return crystals[i].hz;
    return 0;
}

/* TSC Hz = crystal x numerator / denominator: 32 bits by 32 bits, so 64 bits hold the product. */
uint64_t cpu_tsc_hz_leaf15(const struct cpu_snapshot *snapshot)
{
    uint64_t denominator = cpu_field(snapshot, CPUID_TSC_DENOMINATOR);
    uint64_t numerator = cpu_field(snapshot, CPUID_TSC_NUMERATOR);
    uint64_t crystal_hz = cpu_field(snapshot, CPUID_CRYSTAL_HZ);
    if (crystal_hz == 0)
        crystal_hz = crystal_by_model(snapshot);
    if (denominator == 0 || numerator == 0)
        return 0;
    return crystal_hz * numerator / denominator;
}

uint64_t cpu_tsc_hz_leaf16(const struct cpu_snapshot *snapshot)
{
    if (snapshot->vendor != CPU_VENDOR_INTEL)
        return 0;
    return (uint64_t)cpu_field(snapshot, CPUID_BASE_MHZ) * 1000000;
}

uint64_t cpu_tsc_hz_hypervisor(const struct cpu_snapshot *snapshot)
{
    return (uint64_t)cpu_field(snapshot, CPUID_HV_TSC_KHZ) * 1000;
}

struct cpu_pmu cpu_pmu_info(const struct cpu_snapshot *snapshot)
{
    struct cpu_pmu pmu = {
        .version = cpu_field(snapshot, CPUID_PMU_VERSION),
    };
    uint32_t events;

    if (pmu.version == 0)
        return pmu;
    events = cpu_field(snapshot, CPUID_PMU_EVENTS);
    pmu.counters = cpu_field(snapshot, CPUID_PMU_COUNTERS);
    pmu.counter_bits = cpu_field(snapshot, CPUID_PMU_WIDTH);
    if (pmu.version >= 2) {
        pmu.fixed = cpu_field(snapshot, CPUID_PMU_FIXED);
        pmu.fixed_bits = cpu_field(snapshot, CPUID_PMU_FIXED_WIDTH);
    }
    pmu.cycles = events > 0 && !cpu_has(snapshot, CPUID_PMU_NO_CYCLES);
    pmu.instructions = events > 1 && !cpu_has(snapshot, CPUID_PMU_NO_INSTR);
    pmu.reference_cycles = events > 2 && !cpu_has(snapshot, CPUID_PMU_NO_REF_CYCLES);
    return pmu;
}

bool cpu_init_is_slow(const struct cpu_snapshot *snapshot)
{
    enum { FAMILY_P6 = 6, FAMILY_K8 = 0xf };

    switch (snapshot->vendor) {
    case CPU_VENDOR_INTEL:
        return snapshot->family != FAMILY_P6;
    case CPU_VENDOR_AMD:
        return snapshot->family < FAMILY_K8;
    default:
        return snapshot->vendor != CPU_VENDOR_HYGON;
    }
}

const char *cpu_core_type(const struct cpu_snapshot *snapshot)
{
    enum { TYPE_ATOM = 0x20, TYPE_CORE = 0x40, AMD_TYPE_EFFICIENCY = 1 };
    uint32_t type = cpu_field(snapshot, CPUID_CORE_TYPE);

    if (snapshot->vendor == CPU_VENDOR_AMD && cpu_has(snapshot, CPUID_AMD_HETEROGENEOUS))
        return cpu_field(snapshot, CPUID_AMD_CORE_TYPE) == AMD_TYPE_EFFICIENCY ? "E" : "P";
    if (!cpu_has(snapshot, CPUID_HYBRID))
        return NULL;
    if (type == TYPE_ATOM)
        return "E";
    return type == TYPE_CORE ? "P" : NULL;
}
