/* SPDX-License-Identifier: MIT */
/*
 * Xen's interface: leaves of CPUID, numbers of hypercalls, the structures shared with it.
 *
 * Sources: Xen's public headers: arch-x86/cpuid, xen, hvm/hvm_op, hvm/params, event_channel, sched, vcpu, io/console.
 */
#ifndef LAB_ARCH_HV_XEN_REGS_H
#define LAB_ARCH_HV_XEN_REGS_H

#include <stddef.h>
#include <stdint.h>

enum {
    XEN_VM_ASSIST = 21,
    XEN_VCPU_OP = 24,
    XEN_SCHED_OP = 29,
    XEN_EVENT_CHANNEL_OP = 32,
    XEN_HVM_OP = 34,
    XEN_SCHEDOP_YIELD = 0,
    XEN_SCHEDOP_SHUTDOWN = 2,
    XEN_SCHEDOP_WATCHDOG = 6,
    XEN_VMASST_ENABLE = 0,
    XEN_VMASST_RUNSTATE_UPDATE = 5,
    XEN_VCPUOP_RUNSTATE_AREA = 5,
    XEN_SHUTDOWN_POWEROFF = 0,
    XEN_SHUTDOWN_REBOOT = 1,
    XEN_EVTCHNOP_SEND = 4,
    XEN_HVMOP_GET_PARAM = 1,
    XEN_PARAM_CONSOLE_PFN = 17,
    XEN_PARAM_CONSOLE_EVTCHN = 18,
    XEN_DOMID_SELF = 0x7FF0,
    XEN_ENOSYS = -38,
};

/* HVMOP_get_param. */
struct xen_hvm_param {
    uint16_t domid;
    uint16_t pad;
    uint32_t index;
    uint64_t value;
};
_Static_assert(sizeof(struct xen_hvm_param) == 16, "hvm_op");

/* The console's page: two rings whose indices run on and count modulo their sizes. The guest writes `out`. */
struct xen_console_ring {
    char in[1024];
    char out[2048];
    uint32_t in_cons, in_prod;
    uint32_t out_cons, out_prod;
};
_Static_assert(offsetof(struct xen_console_ring, in_cons) == 3072, "console");

/*
 * What Xen writes when it takes the processor away and when it gives it back. Bit 63 of entered is set meanwhile, where
 * the guest asked for that. The times in ns are those up to the last change.
 */
enum { XEN_RUNNING, XEN_RUNNABLE, XEN_BLOCKED, XEN_OFFLINE, XEN_RUNSTATES };
struct xen_runstate {
    int32_t state;
    uint32_t pad;
    uint64_t entered; /* when, by Xen's clock */
    uint64_t time_ns[XEN_RUNSTATES];
};
_Static_assert(sizeof(struct xen_runstate) == 48, "vcpu");
#define XEN_RUNSTATE_UPDATE (UINT64_C(1) << 63)

/* SCHEDOP_watchdog: id 0 and a timeout, a new one, whose id is the result; a timeout of 0 ends it. */
struct xen_watchdog {
    uint32_t id;
    uint32_t timeout_s;
};

/* Leaf base + 3, sub-leaf 0: EAX bit 0, RDTSC leaves the guest; EBX, tsc_mode; ECX, the guest's TSC in kHz. */
enum {
    XEN_LEAF_PAGE = 2, /* EBX: the MSR that takes the address of a page for hypercalls */
    XEN_LEAF_TSC = 3,
    XEN_TSC_EMULATED = 1 << 0,
    XEN_LEAF_HVM = 4, /* EAX: enum xen_hvm_feature; EBX: the vCPU's number where that says so */
};

/* Leaf base + 4, EAX, by bit number. */
enum xen_hvm_feature {
    XEN_HVM_APIC_ACCESS_VIRT = 0,
    XEN_HVM_X2APIC_VIRT = 1,
    XEN_HVM_IOMMU_MAPPINGS = 2,
    XEN_HVM_VCPU_ID = 3,
    XEN_HVM_DOMAIN_ID = 4,
    XEN_HVM_EXT_DEST_ID = 5,
    XEN_HVM_UPCALL_VECTOR = 6,
};

#endif /* LAB_ARCH_HV_XEN_REGS_H */
