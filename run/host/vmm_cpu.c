/* SPDX-License-Identifier: MIT */
/*
 * What a vCPU of vmm is, and how it begins. Sources: Linux, Documentation/virt/kvm/api.rst; Xen's pvh.pandoc (the state
 * at the start).
 */
#include "run/host/vmm.h"

#include <cpuid.h>
#include <linux/kvm.h>

enum { CPUID_ENTRIES = 256 };

void set_cpuid(int kvm, const struct vcpu *vcpu, unsigned vcpus, bool list_mwait)
{
    static struct {
        struct kvm_cpuid2 head;
        struct kvm_cpuid_entry2 entry[CPUID_ENTRIES];
    } table;

    table.head.nent = CPUID_ENTRIES;
    ASK(kvm, KVM_GET_SUPPORTED_CPUID, &table);
    for (uint32_t i = 0; i < table.head.nent; i++) {
        struct kvm_cpuid_entry2 *entry = &table.entry[i];

        if (entry->function == 1) {
            entry->ebx = (entry->ebx & 0xffff) | vcpus << 16 | vcpu->index << 24;
            entry->ecx |= 1U << 31 | 1U << 24 | (list_mwait ? 1U << 3 : 0); /* hypervisor, TSC deadline, MONITOR */
            entry->edx |= vcpus > 1 ? 1U << 28 : 0;                         /* HTT */
        } else if (entry->function == 4) {
            entry->eax = (entry->eax & 0x3fff) | 15U << 26;
        } else if (entry->function == 5 && list_mwait) {
            __cpuid(5, entry->eax, entry->ebx, entry->ecx, entry->edx);
        } else if (entry->function == 0xb || entry->function == 0x1f) {
            entry->edx = vcpu->index;
            entry->flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
            if (entry->index <= 1) { /* one thread a core, all cores in one package */
                entry->eax = entry->index == 0 ? 0 : 4;
                entry->ebx = entry->index == 0 ? 1 : vcpus;
                entry->ecx = entry->index == 0 ? 0x100 : 0x201;
            }
        }
    }
    ASK(vcpu->fd, KVM_SET_CPUID2, &table);
}

void set_registers(const struct vcpu *vcpu, uint32_t entry)
{
    struct kvm_segment flat = {.limit = UINT32_MAX, .selector = 8, .type = 11, .present = 1, .db = 1, .s = 1, .g = 1};
    struct kvm_regs regs = {.rip = entry, .rbx = START_INFO_AT, .rflags = 2};
    struct kvm_sregs sregs;

    ASK(vcpu->fd, KVM_GET_SREGS, &sregs);
    sregs.cs = flat;
    flat.selector = 16;
    flat.type = 3;
    sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = flat;
    sregs.tr = (struct kvm_segment){.limit = 0x67, .type = 11, .present = 1};
    sregs.cr0 = 0x11; /* PE, ET */
    sregs.cr4 = 0;
    sregs.efer = 0;
    ASK(vcpu->fd, KVM_SET_SREGS, &sregs);
    ASK(vcpu->fd, KVM_SET_REGS, &regs);
}
