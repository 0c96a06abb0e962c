/* SPDX-License-Identifier: MIT */
#include "arch/x86/hv/xen.h"

#include "arch/x86/hv/xen_call.h"
#include "arch/x86/insn.h"

/* "XenVMMXenVMM"; where Xen shows Hyper-V's leaves first, its own follow at a higher base. */
enum {
    SIGNATURE_EBX = 0x566E6558,
    SIGNATURE_ECX = 0x65584D4D,
    SIGNATURE_EDX = 0x4D4D566E,
    BASE_FIRST = 0x40000000,
    BASE_LAST = 0x40010000,
    BASE_STEP = 0x100,
    PAGE_BYTES = 4096,
    FEATURE_HYPERVISOR = 31,   /* CPUID.01H:ECX */
    VENDOR_INTEL = 0x6C65746E, /* CPUID.00H:ECX, "ntel" */
    VENDOR_CENTAUR = 0x736C7561,
    VENDOR_SHANGHAI = 0x20206961,
};

const char *xen_feature_name(uint32_t bit)
{
    static const char *const names[] = {
        [XEN_HVM_APIC_ACCESS_VIRT] = "apic-access-virt",
        [XEN_HVM_X2APIC_VIRT] = "x2apic-virt",
        [XEN_HVM_IOMMU_MAPPINGS] = "iommu-mappings",
        [XEN_HVM_VCPU_ID] = "vcpu-id",
        [XEN_HVM_DOMAIN_ID] = "domain-id",
        [XEN_HVM_EXT_DEST_ID] = "ext-dest-id",
        [XEN_HVM_UPCALL_VECTOR] = "upcall-vector",
    };

    return bit < sizeof(names) / sizeof(names[0]) ? names[bit] : NULL;
}

bool xen_is_here(void)
{
    if (!(cpuid(1, 0).ecx >> FEATURE_HYPERVISOR & 1))
        return false;
    for (uint32_t base = BASE_FIRST; base <= BASE_LAST; base += BASE_STEP) {
        struct cpuid_regs r = cpuid(base, 0);

        if (r.ebx == SIGNATURE_EBX && r.ecx == SIGNATURE_ECX && r.edx == SIGNATURE_EDX)
            return true;
    }
    return false;
}

static int64_t call(uint64_t number, uint64_t first, uint64_t second, const void *third)
{
    uint32_t vendor = cpuid(0, 0).ecx;
    bool has_vmx = vendor == VENDOR_INTEL || vendor == VENDOR_CENTAUR || vendor == VENDOR_SHANGHAI;

    return xen_call(!has_vmx, number, first, second, (uintptr_t)third);
}

static int64_t call_with(uint64_t number, uint64_t first, const void *second)
{
    return call(number, first, (uintptr_t)second, NULL);
}

uint64_t xen_param(uint32_t index)
{
    struct xen_hvm_param param = {.domid = XEN_DOMID_SELF, .index = index};

    return call_with(XEN_HVM_OP, XEN_HVMOP_GET_PARAM, &param) == 0 ? param.value : 0;
}

void xen_notify(uint32_t port)
{
    call_with(XEN_EVENT_CHANNEL_OP, XEN_EVTCHNOP_SEND, &port);
}

void xen_yield(void)
{
    call_with(XEN_SCHED_OP, XEN_SCHEDOP_YIELD, NULL);
}

void xen_shutdown(uint32_t reason)
{
    call_with(XEN_SCHED_OP, XEN_SCHEDOP_SHUTDOWN, &reason);
}

int64_t xen_watchdog(uint32_t id, uint32_t timeout_s)
{
    struct xen_watchdog watchdog = {.id = id, .timeout_s = timeout_s};

    return call_with(XEN_SCHED_OP, XEN_SCHEDOP_WATCHDOG, &watchdog);
}

/*
 * Xen writes the area as a guest of 32 or of 64 bits has it, by the mode in which the hypercall page was set up last:
 * an HVM guest's firmware did that with 32. The page itself has no use here.
 */
static void be_64bit(uint32_t xen_base)
{
    static uint8_t page[PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
    static bool done;

    if (!done)
        wrmsr_try(cpuid(xen_base + XEN_LEAF_PAGE, 0).ebx, (uintptr_t)page);
    done = true;
}

/* Xen writes by the guest's own addresses; it is asked to mark its writing, which older ones do not. */
bool xen_runstate_area(uint32_t xen_base, struct xen_runstate *area)
{
    uint32_t vcpu = cpuid(xen_base + XEN_LEAF_HVM, 0).ebx;
    const void *address = area;

    be_64bit(xen_base);
    call(XEN_VM_ASSIST, XEN_VMASST_ENABLE, XEN_VMASST_RUNSTATE_UPDATE, NULL);
    return call(XEN_VCPU_OP, XEN_VCPUOP_RUNSTATE_AREA, vcpu, &address) == 0;
}
