/* SPDX-License-Identifier: MIT */
/* Xen as seen by a guest: is it there, the console's page, the way out, a watchdog, the vCPU's times. */
#ifndef LAB_ARCH_HV_XEN_H
#define LAB_ARCH_HV_XEN_H

#include <stdbool.h>
#include <stdint.h>

struct xen_runstate;

/* The name of bit 0 to 31 of hv_info's xen_features; NULL for a bit without one. */
const char *xen_feature_name(uint32_t bit);

/* Asks CPUID, for the console comes before the snapshot. Nothing below may be called where this is false. Any CPU. */
bool xen_is_here(void);

/* HVMOP_get_param of this domain; 0 where Xen does not tell. */
uint64_t xen_param(uint32_t index);

/* EVTCHNOP_send: the other end of the channel is told. */
void xen_notify(uint32_t port);

/* SCHEDOP_yield: whoever waits for this processor runs first. */
void xen_yield(void);

/* SCHEDOP_shutdown with XEN_SHUTDOWN_*: the domain ends, all its CPUs with it. Returns only where Xen refuses. */
void xen_shutdown(uint32_t reason);

/*
 * SCHEDOP_watchdog: the domain is shut down (reason "watchdog") when nobody calls again within timeout_s seconds. id 0
 * makes one and returns its id; timeout_s 0 ends `id`. 0 or more, or Xen's error.
 */
int64_t xen_watchdog(uint32_t id, uint32_t timeout_s);

/* VCPUOP_register_runstate_memory_area: Xen writes the running CPU's times to `area` from now on. False: it refuses. */
bool xen_runstate_area(uint32_t xen_base, struct xen_runstate *area);

#endif /* LAB_ARCH_HV_XEN_H */
