/* SPDX-License-Identifier: MIT */
/* A wake that has come before the wait begins: an interrupt on metal, inside Linux what its method takes. */
#ifndef LAB_EXPERIMENTS_KIT_PENDING_H
#define LAB_EXPERIMENTS_KIT_PENDING_H

#include <stdbool.h>
#include <stdint.h>

struct idle_call;
struct idle_method;
struct machine;

/* True where a wake can wait for that method's window, with interrupts on or masked. Pure. */
bool pending_possible(const struct idle_method *method, bool masked);

/* Has a wake wait for that window, whose call has its watch set. Interrupts off. False: it was not there in time. */
bool pending_make(const struct machine *machine, void (*wait)(struct idle_call *call), struct idle_call *call);

/*
 * Behind the window: takes the wake where that has not; *stamp_tsc: the handler's stamp where it ran inside the window,
 * else STAMP_NONE. False: it did not come in time.
 */
bool pending_take(const struct machine *machine, const struct idle_call *call, uint64_t *stamp_tsc);

#endif /* LAB_EXPERIMENTS_KIT_PENDING_H */
