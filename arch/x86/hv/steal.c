/* SPDX-License-Identifier: MIT */
#include "arch/x86/hv/steal.h"

#include "arch/x86/hv/xen.h"
#include "arch/x86/insn.h"

enum { COPY_TRIES = 1000 };

/* Xen takes no area back, but it takes another: nobody reads this one. */
static struct steal_area nobodys;

bool steal_enable(const struct hv_info *hv, struct steal_area *area)
{
    *area = (struct steal_area){0};
    return steal_by_xen(hv) ? xen_runstate_area(hv->xen_base, &area->xen) : kvm_steal_enable(hv, &area->kvm);
}

void steal_disable(const struct hv_info *hv)
{
    if (steal_by_xen(hv))
        xen_runstate_area(hv->xen_base, &nobodys.xen);
    else
        kvm_steal_disable(hv);
}

bool steal_is_written(const struct hv_info *hv, const volatile struct steal_area *area)
{
    return steal_by_xen(hv) ? area->xen.entered != 0 : area->kvm.version != 0;
}

/* Two times of the same state: when Xen entered it stands still around them. */
static bool runstate_ns(const volatile struct xen_runstate *area, uint64_t *ns)
{
    for (int i = 0; i < COPY_TRIES; i++) {
        uint64_t entered = area->entered, value;

        lfence();
        value = area->time_ns[XEN_RUNNABLE] + area->time_ns[XEN_OFFLINE];
        lfence();
        if (!(entered & XEN_RUNSTATE_UPDATE) && area->entered == entered) {
            *ns = value;
            return true;
        }
        pause();
    }
    return false;
}

bool steal_ns(const struct hv_info *hv, const volatile struct steal_area *area, uint64_t *ns)
{
    return steal_by_xen(hv) ? runstate_ns(&area->xen, ns) : kvm_steal_ns(&area->kvm, ns);
}

uint64_t steal_between(const struct hv_info *hv, uint64_t before_ns, uint64_t after_ns)
{
    uint64_t ns = after_ns - before_ns;

    return steal_by_xen(hv) && ns <= STEAL_XEN_WAKE_NS ? 0 : ns;
}
