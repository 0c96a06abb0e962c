/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/cpu/cpuid.c arch/x86/hv/detect.c arch/x86/hv/kvm.c
/* Who the hypervisor is, from recorded and from hand-made CPUID leaves, and what kvmclock's numbers mean. */
#include "arch/x86/hv/detect.h"
#include "arch/x86/hv/kvm.h"
#include "tests/golden/cpuid/bochs_spr.h"
#include "tests/golden/cpuid/qemu_kvm.h"
#include "tests/golden/cpuid/qemu_tcg.h"
#include "tests/golden/cpuid/sapphire_rapids.h"
#include "tests/unit/tap.h"

enum {
    HIDDEN = 0,
    HYPERVISOR_BIT = 1,
};

static struct cpu_snapshot snapshot;

static struct hv_info detect(const struct recorded_cpu *cpu, const struct hv_clues *clues)
{
    struct hv_info info;
    recorded_snapshot(&snapshot, cpu);
    hv_detect(&info, &snapshot, clues);
    return info;
}

static uint32_t word(const char *text)
{
    uint32_t value;
    memcpy(&value, text, sizeof(value));
    return value;
}

/* A processor whose hypervisor gives one or two signatures, twelve bytes each. */
static struct hv_info detect_text(const char *first, const char *second, bool bit)
{
    static const char none[12] = {0};
    static const struct hv_clues no_clues;
    const char *a = first != NULL ? first : none, *b = second != NULL ? second : none;
    const struct cpuid_leaf leaves[] = {
        {0, 0, {1, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {1, 0, {0x000806F8, 0, (uint32_t)bit << 31, 0}},
        {0x40000000, 0, {first != NULL ? 0x40000005 : 0, word(a), word(a + 4), word(a + 8)}},
        {0x40000100, 0, {second != NULL ? 0x40000101 : 0, word(b), word(b + 4), word(b + 8)}},
        {0x40000101, 0, {0x01007EFB, 0, 0, 1}},
    };
    const struct recorded_cpu cpu = {"made", leaves, 5, NULL, 0};
    return detect(&cpu, &no_clues);
}

/* Xen 4.17 behind the leaves of Hyper-V that it shows with viridian=1: a guest whose RDTSC leaves. */
static void check_xen(void)
{
    static const struct hv_clues no_clues;
    const struct cpuid_leaf leaves[] = {
        {0, 0, {1, 0x68747541, 0x444d4163, 0x69746e65}},
        {1, 0, {0x00800F12, 0, UINT32_C(1) << 31, 0}},
        {0x40000000, 0, {0x40000005, word("Micr"), word("osof"), word("t Hv")}},
        {0x40000100, 0, {0x40000104, word("XenV"), word("MMXe"), word("nVMM")}},
        {0x40000103, 0, {7, 1, 2596150, 1}},
        {0x40000104, 0, {0x58, 1, 2, 0}},
    };
    const struct recorded_cpu cpu = {"made", leaves, 6, NULL, 0};
    struct hv_info info = detect(&cpu, &no_clues);

    TAP_STR(hv_name(info.kind), "xen", "xen");
    TAP_INT(info.xen_base, 0x40000100, "xen_base");
    TAP_OK(info.xen_tsc_emulated && info.xen_tsc_mode == 1 && info.xen_tsc_khz == 2596150, "xen_tsc");
    TAP_INT(info.xen_features, 0x58, "xen_features");
    info = detect_text("KVMKVMKVM\0\0\0", NULL, HYPERVISOR_BIT);
    TAP_OK(!info.xen_base && !info.xen_tsc_khz, "no_xen");
}

static void check_recorded(void)
{
    static const struct hv_clues no_clues;
    static const struct hv_clues bochs = {.acpi_oem = "BOCHS "};
    static const struct hv_clues qemu = {.acpi_oem = "BOCHS ", .fw_cfg_qemu = true};
    static const struct hv_clues metal = {.acpi_oem = "DELL  "};

    struct hv_info info = detect(&recorded_qemu_tcg, &qemu);
    TAP_STR(hv_name(info.kind), "tcg", "tcg");
    TAP_OK(info.bit && info.emulator, "tcg_is_an_emulator");
    TAP_INT(info.signature_count, 1, "tcg_one_signature");

    info = detect(&recorded_qemu_kvm, &qemu);
    TAP_STR(hv_name(info.kind), "kvm", "kvm");
    TAP_INT(info.kvm_features, 0x01007EFB, "kvm_features");
    TAP_INT(info.kvm_base, 0x40000000, "kvm_base");
    TAP_OK(kvm_has(&info, KVM_FEATURE_POLL_CONTROL), "kvm_poll_control");
    TAP_OK(kvm_has(&info, KVM_FEATURE_CLOCKSOURCE_STABLE), "kvm_clocksource_stable");
    TAP_OK(!kvm_has(&info, KVM_FEATURE_MIGRATION_CONTROL), "kvm_no_migration_control");
    TAP_OK(!info.emulator, "kvm_is_no_emulator");

    TAP_STR(hv_name(detect(&recorded_bochs_spr, &bochs).kind), "bochs", "bochs_by_its_tables");
    TAP_STR(hv_name(detect(&recorded_bochs_spr, &no_clues).kind), "none", "bochs_without_tables");
    TAP_STR(hv_name(detect(&recorded_bochs_spr, &qemu).kind), "qemu", "qemu_that_hides");
    TAP_STR(hv_name(detect(&recorded_sapphire_rapids, &metal).kind), "none", "metal");
}

static void check_signatures(void)
{
    struct hv_info info;

    static const struct {
        const char *text, *name;
    } known[] = {
        {"KVMKVMKVM\0\0\0", "kvm"},       {"Microsoft Hv", "hyperv"},     {"VMwareVMware", "vmware"},
        {"XenVMMXenVMM", "xen"},          {"bhyve bhyve ", "bhyve"},      {"ACRNACRNACRN", "acrn"},
        {"Jailhouse\0\0\0", "jailhouse"}, {"VBoxVBoxVBox", "virtualbox"}, {" lrpepyh  vr", "parallels"},
        {"SomethingNew", "unknown"},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        TAP_STR(hv_name(detect_text(known[i].text, NULL, HYPERVISOR_BIT).kind), known[i].name, "signature");

    info = detect_text("Microsoft Hv", "KVMKVMKVM\0\0\0", HYPERVISOR_BIT);
    TAP_STR(hv_name(info.kind), "kvm", "hyperv_guise_over_kvm");
    TAP_INT(info.signature_count, 2, "both_signatures_kept");
    TAP_INT(info.kvm_base, 0x40000100, "kvm_moved");
    TAP_INT(info.kvm_hints, 1, "kvm_hint_realtime");
    TAP_STR(info.signatures[1].text, "KVMKVMKVM", "signature_text");
    TAP_STR(hv_name(detect_text(NULL, NULL, HYPERVISOR_BIT).kind), "unknown", "bit_without_name");
    TAP_STR(hv_name(detect_text("KVMKVMKVM\0\0\0", NULL, HIDDEN).kind), "kvm", "name_without_bit");
    TAP_STR(hv_name(detect_text(NULL, NULL, HIDDEN).kind), "none", "nothing");
    info = detect_text("\x01\x02\x03zzzzzzzzz", NULL, HYPERVISOR_BIT);
    TAP_INT(info.signature_count, 0, "unprintable_is_no_signature");
}

/*
 * Multiplier and shift as Linux makes them (kvm_get_time_scale): the least shift for which the scaled frequency lies in
 * (1, 2] GHz, then mul = 10^9 x 2^32 / scaled. Written here from that definition, in floating point, to check the
 * inverse.
 */
static void check_clock_frequency(uint64_t hz)
{
    double scaled = (double)hz;
    int8_t shift = 0;
    uint32_t mul;
    int64_t error;

    for (; scaled > 2e9; shift--)
        scaled /= 2;
    for (; scaled <= 1e9; shift++)
        scaled *= 2;
    mul = (uint32_t)(1e9 * 4294967296.0 / scaled);
    error = (int64_t)(pvclock_tsc_hz(mul, shift) - hz);
    TAP_OK(error >= -4 && error <= 4, "pvclock_hz");
}

static void check_clock(void)
{
    static const uint64_t frequencies[] = {800000000,  1000000000, 1000000001, 2000000000,
                                           2596142000, 3579545000, 5200000000, 38400000};
    struct pvclock_time area, copy;
    struct kvm_steal_time steal;
    uint64_t ns;

    for (size_t i = 0; i < sizeof(frequencies) / sizeof(frequencies[0]); i++)
        check_clock_frequency(frequencies[i]);
    TAP_INT(pvclock_tsc_hz(0, 0), 0, "pvclock_no_multiplier");
    TAP_INT(pvclock_tsc_hz(1, -31), 0, "pvclock_absurd_shift");
    TAP_INT(pvclock_tsc_hz(0x80000000, 0), 2000000000, "pvclock_half_ns_a_tick");

    area = (struct pvclock_time){
        .version = 2, .tsc_timestamp = 1000, .system_time_ns = 500, .tsc_to_system_mul = 0x80000000, .tsc_shift = -1};
    TAP_OK(pvclock_copy(&area, &copy), "pvclock_copied");
    area.version = 3;
    TAP_OK(!pvclock_copy(&area, &copy), "pvclock_being_written");
    area.version = 0;
    TAP_OK(!pvclock_copy(&area, &copy), "pvclock_never_written");

    steal = (struct kvm_steal_time){.steal_ns = 77, .version = 4};
    ns = 0;
    TAP_OK(kvm_steal_ns(&steal, &ns) && ns == 77, "steal");
    steal.version = 5;
    TAP_OK(!kvm_steal_ns(&steal, &ns), "steal_being_written");
    TAP_STR(kvm_feature_name(12), "poll-control", "kvm_feature_name");
    TAP_OK(kvm_feature_name(8) == NULL && kvm_feature_name(32) == NULL, "kvm_feature_no_name");
}

int main(void)
{
    check_xen();
    check_recorded();
    check_signatures();
    check_clock();
    return tap_done();
}
