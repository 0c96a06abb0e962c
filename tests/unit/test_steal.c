/* SPDX-License-Identifier: MIT */
/*
 * What was stolen, by KVM's count and by Xen's runstate, with functions of the test in the place of MSRs, hypercalls
 * and the fences between which the host writes: a value that is half of before a change is never taken.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define LAB_ARCH_INSN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpuid_regs {
    uint32_t eax, ebx, ecx, edx;
};

static void host_runs(void);

static void lfence(void)
{
    host_runs();
}

static void pause(void)
{
}

#include "arch/x86/hv/steal.c"
#include "tests/unit/tap.h"

enum { NEVER = -1, FOREVER = -2 };

static struct steal_area area;
static struct {
    const struct xen_runstate *registered;
    bool refuses, kvm_on;
    int fence, write_at; /* the fence at which Xen begins to write, and ends at the next but one */
    bool marks;          /* it marks its writing by bit 63 */
} host;

/* 700 ns more ready, and 300 ns offline, in Xen's order: mark, values, time without the mark. */
static void host_runs(void)
{
    struct xen_runstate *xen = &area.xen;

    if (host.write_at == FOREVER) {
        xen->entered++;
    } else if (host.fence == host.write_at) {
        if (host.marks)
            xen->entered |= XEN_RUNSTATE_UPDATE;
        xen->time_ns[XEN_RUNNABLE] += 700;
    } else if (host.write_at != NEVER && host.fence == host.write_at + 1) {
        xen->time_ns[XEN_OFFLINE] += 300;
        xen->entered = (xen->entered & ~XEN_RUNSTATE_UPDATE) + 1;
    }
    host.fence++;
}

bool xen_runstate_area(uint32_t xen_base, struct xen_runstate *to)
{
    TAP_INT(xen_base, 0x40000100, "Xen's leaves");
    host.registered = to;
    if (!host.refuses)
        *to = (struct xen_runstate){.entered = 5, .time_ns = {1, 1000, 100000, 10}};
    return !host.refuses;
}

bool kvm_steal_enable(const struct hv_info *hv, struct kvm_steal_time *to)
{
    to->steal_ns = 42;
    return host.kvm_on = kvm_has(hv, KVM_FEATURE_STEAL_TIME);
}

void kvm_steal_disable(const struct hv_info *hv)
{
    (void)hv;
    host.kvm_on = false;
}

bool kvm_steal_ns(const volatile struct kvm_steal_time *from, uint64_t *ns)
{
    *ns = from->steal_ns;
    return true;
}

static const struct hv_info metal, xen = {.xen_base = 0x40000100, .xen_features = 1 << XEN_HVM_VCPU_ID},
                                   old_xen = {.xen_base = 0x40000100},
                                   kvm = {.kvm_base = 0x40000000, .kvm_features = 1 << KVM_FEATURE_STEAL_TIME},
                                   kvm_as_xen = {.kvm_base = 0x40000000,
                                                 .kvm_features = 1 << KVM_FEATURE_STEAL_TIME,
                                                 .xen_base = 0x40000100,
                                                 .xen_features = 1 << XEN_HVM_VCPU_ID};

static void begin(void)
{
    host.refuses = host.marks = false;
    host.write_at = NEVER;
    TAP_OK(steal_enable(&xen, &area), "begin");
    host.fence = 0;
}

static void who_tells(void)
{
    TAP_OK(!steal_is_told(&metal) && !steal_enable(&metal, &area), "nobody on bare metal");
    TAP_OK(!steal_is_told(&old_xen), "a Xen that does not say which vCPU this is");
    TAP_OK(steal_is_told(&xen) && steal_is_told(&kvm), "Xen, and KVM");
    host.registered = NULL;
    TAP_OK(steal_is_told(&kvm_as_xen) && steal_enable(&kvm_as_xen, &area) && host.kvm_on && !host.registered,
           "a KVM with Xen's leaves is asked as KVM");
    steal_disable(&kvm_as_xen);
    TAP_OK(!host.kvm_on, "and switched off as KVM");
    host.refuses = true;
    TAP_OK(!steal_enable(&xen, &area), "a Xen that refuses");
}

static void counts(void)
{
    uint64_t ns = 0;

    begin();
    TAP_OK(steal_is_written(&xen, &area), "Xen writes as it is asked");
    TAP_OK(steal_ns(&xen, &area, &ns) && ns == 1010, "ready and offline, neither running nor blocked");
    TAP_OK(host.registered == &area.xen, "into the caller's memory");
    steal_disable(&xen);
    TAP_OK(host.registered && host.registered != &area.xen, "which is no longer written then");
    area = (struct steal_area){0};
    TAP_OK(!steal_is_written(&xen, &area) && !steal_is_written(&kvm, &area), "nothing written");
    TAP_OK(steal_enable(&kvm, &area) && steal_ns(&kvm, &area, &ns) && ns == 42, "KVM's count");
}

/* Xen may begin to write at each of the reader's fences; with its mark and, as older ones, without. */
static void races(void)
{
    for (int marks = 0; marks <= 1; marks++) {
        for (int at = 0; at < 3; at++) {
            uint64_t ns = 0;

            begin();
            host.marks = marks;
            host.write_at = at;
            TAP_OK(steal_ns(&xen, &area, &ns) && (ns == 1010 || ns == 2010), "all of it or nothing");
        }
    }
}

static void gives_up(void)
{
    uint64_t ns = 7;

    begin();
    host.write_at = FOREVER;
    TAP_OK(!steal_ns(&xen, &area, &ns) && ns == 7, "a host that never ends writing");
    begin();
    area.xen.entered |= XEN_RUNSTATE_UPDATE;
    TAP_OK(!steal_ns(&xen, &area, &ns) && ns == 7, "nor unmarks it");
    TAP_OK(host.fence <= 2 * COPY_TRIES, "is given up");
}

static void between(void)
{
    TAP_INT(steal_between(&xen, 1000, 1000 + STEAL_XEN_WAKE_NS), 0, "Xen's own way to a wake is no steal");
    TAP_INT(steal_between(&xen, 1000, 1001 + STEAL_XEN_WAKE_NS), STEAL_XEN_WAKE_NS + 1, "more is, all of it");
    TAP_INT(steal_between(&kvm, 1000, 1001), 1, "KVM's count has no such way");
}

int main(void)
{
    who_tells();
    counts();
    races();
    gives_up();
    between();
    return tap_done();
}
