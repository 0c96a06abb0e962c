/* SPDX-License-Identifier: MIT */
/*
 * Time in which this virtual CPU was ready and the host ran something else: KVM's steal time, or what Xen's runstate
 * says of it. One path for both.
 *
 * enable and disable act on the CPU they run on, never inside a measurement. The area is the caller's, identity mapped,
 * and the host's until disable.
 */
#ifndef LAB_ARCH_HV_STEAL_H
#define LAB_ARCH_HV_STEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/hv/kvm.h"
#include "arch/x86/hv/xen_regs.h"

/*
 * Xen counts every wake as a moment in which the CPU was ready: its own way from the timer to the guest. So much of it
 * is no steal (docs/virtualisation.md, section 1).
 */
enum { STEAL_XEN_WAKE_NS = 50000 };

struct steal_area {
    union {
        struct kvm_steal_time kvm;
        struct xen_runstate xen;
    };
};
_Static_assert(sizeof(struct steal_area) == 64, "no page boundary within it");

/* By Xen's runstate, which takes the number of the vCPU; a KVM that shows Xen's leaves is asked as KVM. */
static inline bool steal_by_xen(const struct hv_info *hv)
{
    return hv->xen_base && (hv->xen_features >> XEN_HVM_VCPU_ID & 1) && !kvm_has(hv, KVM_FEATURE_STEAL_TIME);
}

/* The host offers to tell. */
static inline bool steal_is_told(const struct hv_info *hv)
{
    return kvm_has(hv, KVM_FEATURE_STEAL_TIME) || steal_by_xen(hv);
}

/* False: it does not tell, or refuses. */
bool steal_enable(const struct hv_info *hv, struct steal_area *area);
void steal_disable(const struct hv_info *hv);

/* The host has written since steal_enable(). */
bool steal_is_written(const struct hv_info *hv, const volatile struct steal_area *area);

/* The count so far. False: it was being written at each of a bounded number of tries. */
bool steal_ns(const struct hv_info *hv, const volatile struct steal_area *area, uint64_t *ns);

/* What was stolen between two counts of the same CPU, with one wait in between. */
uint64_t steal_between(const struct hv_info *hv, uint64_t before_ns, uint64_t after_ns);

#endif /* LAB_ARCH_HV_STEAL_H */
