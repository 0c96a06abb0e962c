/* SPDX-License-Identifier: MIT */
/* Xen as seen by a guest: is it there, the console's page, the way out. */
#ifndef LAB_ARCH_HV_XEN_H
#define LAB_ARCH_HV_XEN_H

#include <stdbool.h>
#include <stdint.h>

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

#endif /* LAB_ARCH_HV_XEN_H */
