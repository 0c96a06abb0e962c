/* SPDX-License-Identifier: MIT */
/*
 * KVM's timer advance in the wakes of a sleeping CPU: whether their lateness is the sawtooth of an advance that is
 * learnt and lost again.
 *
 * KVM fires a TSC deadline early by what it has learnt to lose on the way, from 1000 ns on, by an eighth of the error
 * at each expiry; above 5000 ns it begins anew (Linux arch/x86/kvm/lapic.c, adjust_lapic_timer_advance()). Where the
 * way takes longer than that, as for a CPU that sleeps, wakes come ever less late, the error by an eighth less each
 * time, and then 4 us later at once. A clock that beats with another falls by as much at each wake. Integers only; any
 * context; nothing allocates.
 */
#ifndef LAB_LIB_INFER_TIMER_ADVANCE_H
#define LAB_LIB_INFER_TIMER_ADVANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ADVANCE_MIN_COUNT = 48,  /* fewer wakes say nothing */
    ADVANCE_FIRST_NS = 1000, /* KVM's first value, */
    ADVANCE_MOST_NS = 5000,  /* and its last one */
};

struct advance {
    uint32_t period; /* wakes from one beginning to the next: the median */
    int64_t high_ns; /* how late the first ones are, and the last ones: medians */
    int64_t low_ns;
    int64_t spread_ns; /* from the first quartile of all to the third */
    bool fits; /* its length and the way it falls are KVM's alone; on a host that is late by chance they may not be */
};

/*
 * Wakes in their order of arrival, in ns after their due time. scratch has room for `count` values. False: no sawtooth.
 * Other things fall by a share of what is left, too: where no causal test follows, `fits` has to be asked.
 */
bool advance_find(const int64_t *late_ns, size_t count, int64_t *scratch, struct advance *found);

/*
 * The causal test: wakes behind the sawtooth that nothing advances. True where their quartiles lie less than half as
 * far apart. Something else that falls by an eighth, such as a clock that rises with the load, goes on.
 */
bool advance_is_gone(const struct advance *found, const int64_t *late_ns, size_t count, int64_t *scratch);

/*
 * Where wakes settled: false unless the first ones were later than the others, and by no more than KVM's advance can
 * have grown meanwhile. Medians in ns.
 */
bool advance_explains(int64_t first_ns, int64_t then_ns);

#endif /* LAB_LIB_INFER_TIMER_ADVANCE_H */
