/* SPDX-License-Identifier: MIT */
#include "arch/x86/hv/detect.h"

#include "arch/x86/hv/xen_regs.h"
#include "arch/x86/insn_privileged.h"
#include "lib/cstring.h"

enum {
    TABLE_OEM_BYTES = 6,
    SIGNATURE_TEXT_BYTES = HV_SIGNATURE_BYTES - 1,
};

/*
 * Twelve bytes each, NULs included. A guise is a signature that one hypervisor shows in front of its own, because its
 * guests know that interface: KVM, Xen and VirtualBox can all show Hyper-V's first.
 */
static const struct {
    char text[HV_SIGNATURE_BYTES];
    enum hypervisor kind;
    bool guise;
} signatures[] = {
    {"KVMKVMKVM\0\0\0", HYPERVISOR_KVM, false},     {"Linux KVM Hv", HYPERVISOR_KVM, false},
    {"TCGTCGTCGTCG", HYPERVISOR_TCG, false},        {"Microsoft Hv", HYPERVISOR_HYPERV, true},
    {"VMwareVMware", HYPERVISOR_VMWARE, false},     {"XenVMMXenVMM", HYPERVISOR_XEN, false},
    {"bhyve bhyve ", HYPERVISOR_BHYVE, false},      {"BHyVE BHyVE ", HYPERVISOR_BHYVE, false},
    {"ACRNACRNACRN", HYPERVISOR_ACRN, false},       {"Jailhouse\0\0\0", HYPERVISOR_JAILHOUSE, false},
    {" lrpepyh  vr", HYPERVISOR_PARALLELS, false},  {"prl hyperv  ", HYPERVISOR_PARALLELS, false},
    {"VBoxVBoxVBox", HYPERVISOR_VIRTUALBOX, false}, {" QNXQVMBSQG ", HYPERVISOR_QNX, false},
    {"QXNQSBMV\0\0\0\0", HYPERVISOR_QNX, false},    {"OpenBSDVMM58", HYPERVISOR_OPENBSD, false},
    {"___ NVMM ___", HYPERVISOR_NVMM, false},       {"HAXMHAXMHAXM", HYPERVISOR_HAXM, false},
};

static void signature_bytes(char *text, struct cpuid_regs r)
{
    const uint32_t words[] = {r.ebx, r.ecx, r.edx};
    for (size_t i = 0; i < SIGNATURE_TEXT_BYTES; i++)
        text[i] = (char)(uint8_t)(words[i / 4] >> (8 * (i % 4)));
}

static enum hypervisor kind_of(const char *bytes, bool *guise)
{
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        if (memcmp(bytes, signatures[i].text, SIGNATURE_TEXT_BYTES) == 0) {
            *guise = signatures[i].guise;
            return signatures[i].kind;
        }
    }
    *guise = false;
    return HYPERVISOR_UNKNOWN;
}

static void make_printable(char *text)
{
    size_t length = SIGNATURE_TEXT_BYTES;
    while (length > 0 && text[length - 1] == '\0')
        length--;
    for (size_t i = 0; i < length; i++)
        if (text[i] < 0x20 || text[i] > 0x7E)
            text[i] = '?';
    text[length] = '\0';
}

static void take_kvm(struct hv_info *info, const struct cpu_snapshot *snapshot, uint32_t base)
{
    struct cpuid_regs r = cpu_leaf(snapshot, base + 1, 0, NULL);
    info->kvm_base = base;
    info->kvm_features = r.eax;
    info->kvm_hints = r.edx;
}

static void take_xen(struct hv_info *info, const struct cpu_snapshot *snapshot, uint32_t base)
{
    struct cpuid_regs r = cpu_leaf(snapshot, base + XEN_LEAF_TSC, 0, NULL);

    info->xen_base = base;
    info->xen_features = cpu_leaf(snapshot, base + XEN_LEAF_HVM, 0, NULL).eax;
    info->xen_tsc_emulated = (r.eax & XEN_TSC_EMULATED) != 0;
    info->xen_tsc_mode = r.ebx;
    info->xen_tsc_khz = r.ecx;
}

/* The snapshot holds a first leaf only where something that looks like a hypervisor answered. */
static void scan(struct hv_info *info, const struct cpu_snapshot *snapshot)
{
    bool have_true_name = false;
    for (uint32_t i = 0; i < snapshot->leaf_count; i++) {
        const struct cpuid_leaf *leaf = &snapshot->leaves[i];
        struct hv_signature *s;
        bool guise;

        if ((leaf->leaf & 0xF00000FF) != CPUID_BASE_HYPERVISOR || info->signature_count == HV_SIGNATURES_MAX)
            continue;

        s = &info->signatures[info->signature_count++];
        signature_bytes(s->text, leaf->regs);
        s->kind = kind_of(s->text, &guise);
        make_printable(s->text);
        s->base = leaf->leaf;
        s->highest = leaf->regs.eax;
        if (s->kind == HYPERVISOR_KVM && info->kvm_base == 0)
            take_kvm(info, snapshot, leaf->leaf);
        if (s->kind == HYPERVISOR_XEN && info->xen_base == 0)
            take_xen(info, snapshot, leaf->leaf);
        if (s->kind == HYPERVISOR_UNKNOWN || have_true_name)
            continue;
        info->kind = s->kind;
        have_true_name = !guise;
    }
}

static bool oem_is_bochs(const char *oem)
{
    return memcmp(oem, "BOCHS ", TABLE_OEM_BYTES) == 0;
}

/*
 * Where CPUID names no hypervisor. Bochs models a processor as it was built: no hypervisor bit, no leaf 40000000h. Its
 * BIOS calls itself "BOCHS " in the ACPI tables, but so does QEMU's, which descends from it; only QEMU has fw_cfg at
 * port 510h.
 */
static void judge_by_clues(struct hv_info *info, const struct hv_clues *clues)
{
    if (clues->fw_cfg_qemu) {
        info->kind = HYPERVISOR_QEMU;
        info->evidence = "fw_cfg answers QEMU; CPUID hides the accelerator";
    } else if (oem_is_bochs(clues->acpi_oem) && !info->bit) {
        info->kind = HYPERVISOR_BOCHS;
        info->evidence = clues->port_e9_answers ? "ACPI OEM is BOCHS, no QEMU fw_cfg, port E9h reads E9h"
                                                : "ACPI OEM is BOCHS, no QEMU fw_cfg";
    } else if (info->bit) {
        info->kind = HYPERVISOR_UNKNOWN;
        info->evidence = "CPUID.01H:ECX[31] is set, the signature is unknown";
    } else {
        info->kind = HYPERVISOR_NONE;
        info->evidence = "CPUID.01H:ECX[31] is clear, no signature";
    }
}

void hv_detect(struct hv_info *info, const struct cpu_snapshot *snapshot, const struct hv_clues *clues)
{
    memset(info, 0, sizeof(*info));
    info->kind = HYPERVISOR_NONE;
    info->bit = cpu_has(snapshot, CPUID_HYPERVISOR);
    scan(info, snapshot);
    if (info->kind == HYPERVISOR_NONE)
        judge_by_clues(info, clues);
    else
        info->evidence = "CPUID signature";
    info->emulator = info->kind == HYPERVISOR_TCG || info->kind == HYPERVISOR_BOCHS;
}

/*
 * QEMU docs/specs/fw_cfg.rst: selector 0 at port 510h, data at 511h; the first four bytes are "QEMU". Bochs, port E9h
 * hack.
 */
void hv_gather_clues(struct hv_clues *clues, const char *acpi_oem)
{
    static const uint16_t fw_cfg_selector = 0x510, fw_cfg_data = 0x511, debug_port = 0xE9;
    static const char expected[] = "QEMU";

    memset(clues, 0, sizeof(*clues));
    for (size_t i = 0; i < TABLE_OEM_BYTES && acpi_oem[i] != '\0'; i++)
        clues->acpi_oem[i] = acpi_oem[i];
    if (!oem_is_bochs(clues->acpi_oem))
        return;

    outw(fw_cfg_selector, 0);
    clues->fw_cfg_qemu = true;
    for (size_t i = 0; i < 4; i++)
        if (inb(fw_cfg_data) != (uint8_t)expected[i])
            clues->fw_cfg_qemu = false;
    clues->port_e9_answers = inb(debug_port) == debug_port;
}

const char *hv_name(enum hypervisor kind)
{
    static const char *const names[HYPERVISOR_COUNT] = {
        [HYPERVISOR_NONE] = "none",
        [HYPERVISOR_UNKNOWN] = "unknown",
        [HYPERVISOR_KVM] = "kvm",
        [HYPERVISOR_TCG] = "tcg",
        [HYPERVISOR_HYPERV] = "hyperv",
        [HYPERVISOR_VMWARE] = "vmware",
        [HYPERVISOR_XEN] = "xen",
        [HYPERVISOR_BHYVE] = "bhyve",
        [HYPERVISOR_ACRN] = "acrn",
        [HYPERVISOR_JAILHOUSE] = "jailhouse",
        [HYPERVISOR_PARALLELS] = "parallels",
        [HYPERVISOR_VIRTUALBOX] = "virtualbox",
        [HYPERVISOR_QNX] = "qnx",
        [HYPERVISOR_OPENBSD] = "openbsd",
        [HYPERVISOR_NVMM] = "nvmm",
        [HYPERVISOR_HAXM] = "haxm",
        [HYPERVISOR_BOCHS] = "bochs",
        [HYPERVISOR_QEMU] = "qemu",
    };
    return kind < HYPERVISOR_COUNT ? names[kind] : "unknown";
}
