/* SPDX-License-Identifier: MIT */
/*
 * Which hypervisor or emulator this is, with the evidence.
 *
 * Pure functions of the snapshot and of clues that the caller has gathered; any CPU, any context. A hypervisor may hide
 * or lie: the answer is what was seen, with its evidence, not a proof.
 * Signatures: each vendor's interface document for leaf 40000000h.
 */
#ifndef LAB_ARCH_HV_DETECT_H
#define LAB_ARCH_HV_DETECT_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/cpu/cpuid.h"

enum hypervisor {
    HYPERVISOR_NONE,    /* nothing found: bare metal, or one that hides */
    HYPERVISOR_UNKNOWN, /* the hypervisor bit is set, the signature says nothing */
    HYPERVISOR_KVM,
    HYPERVISOR_TCG,
    HYPERVISOR_HYPERV,
    HYPERVISOR_VMWARE,
    HYPERVISOR_XEN,
    HYPERVISOR_BHYVE,
    HYPERVISOR_ACRN,
    HYPERVISOR_JAILHOUSE,
    HYPERVISOR_PARALLELS,
    HYPERVISOR_VIRTUALBOX,
    HYPERVISOR_QNX,
    HYPERVISOR_OPENBSD, /* vmm(4) */
    HYPERVISOR_NVMM,
    HYPERVISOR_HAXM,
    HYPERVISOR_BOCHS,
    HYPERVISOR_QEMU, /* QEMU by its firmware interface, accelerator hidden */
    HYPERVISOR_COUNT,
};

enum {
    HV_SIGNATURES_MAX = 8,
    HV_SIGNATURE_BYTES = 13,
};

/* One answer of the scan of 40000000h to 40010000h. */
struct hv_signature {
    uint32_t base;
    uint32_t highest;              /* EAX as it is; 0 on old KVM, which means base + 1 */
    char text[HV_SIGNATURE_BYTES]; /* bytes outside 20h to 7Eh read as '?', NULs at the end cut */
    enum hypervisor kind;
};

/* Evidence outside CPUID. A member is 0 where it was not looked for. */
struct hv_clues {
    char acpi_oem[7];     /* OEM id of the RSDT or XSDT, "" = no ACPI */
    bool fw_cfg_qemu;     /* port 510h selector 0 reads "QEMU" (hv_fw_cfg_present) */
    bool port_e9_answers; /* port E9h reads E9h: Bochs' debug port, or QEMU's isa-debugcon */
};

struct hv_info {
    enum hypervisor kind; /* of the first known signature that is not a guise, else by clues */
    bool bit;             /* CPUID.01H:ECX[31] */
    bool emulator;        /* instructions are interpreted or translated: times are functional only */
    bool is_hardware;     /* whoever boots says that it is not so, whatever names and costs say (host=hardware) */
    const char *evidence; /* one phrase */
    uint32_t signature_count;
    struct hv_signature signatures[HV_SIGNATURES_MAX];
    uint32_t kvm_base;     /* where KVM's leaves start; 0 = none */
    uint32_t kvm_features; /* base + 1, EAX */
    uint32_t kvm_hints;    /* base + 1, EDX */
    uint32_t xen_base;     /* the same for Xen */
    uint32_t xen_features; /* base + 4, EAX: enum xen_hvm_feature */
    uint32_t xen_tsc_mode; /* base + 3, EBX: tsc_mode of the guest's configuration */
    uint32_t xen_tsc_khz;  /* ECX; 0 = not said */
    bool xen_tsc_emulated; /* EAX: RDTSC leaves the guest */
};

/* True where a hypervisor or an emulator runs this code: it decides what registers say and how long things take. */
static inline bool hv_is_guest(const struct hv_info *info)
{
    return info->kind != HYPERVISOR_NONE; /* with the bit set it is HYPERVISOR_UNKNOWN at least */
}

void hv_detect(struct hv_info *info, const struct cpu_snapshot *snapshot, const struct hv_clues *clues);

/*
 * Fills clues by looking at I/O ports. The ports of QEMU and Bochs are touched only where acpi_oem is "BOCHS ", the
 * name that both give their tables, so that no real machine is written to. Boot CPU, not in a measurement.
 */
void hv_gather_clues(struct hv_clues *clues, const char *acpi_oem);

/* "none", "unknown", "kvm", "tcg" and so on: words for records. */
const char *hv_name(enum hypervisor kind);

#endif /* LAB_ARCH_HV_DETECT_H */
