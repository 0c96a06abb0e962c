/* SPDX-License-Identifier: MIT */
/*
 * Which end of a histogram from query-stats is its first bucket. Bucket 0 counts zero, bucket n values from 2^(n-1) to
 * 2^n - 1, the last one all that is larger. QEMU 7.2 returns the list back to front; nothing in the answer says so, but
 * the sum of the same values does: it stands beside the histogram as a counter. Source: Linux,
 * include/uapi/linux/kvm.h, KVM_STATS_TYPE_LOG_HIST. Pure.
 */
#ifndef LAB_RUN_LAUNCH_HIST_ORDER_H
#define LAB_RUN_LAUNCH_HIST_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "run/launch/host_counters.h"

struct hist_order {
    uint32_t tried;         /* histograms with counts whose sum is known */
    uint32_t forward_fits;  /* read as returned */
    uint32_t backward_fits; /* read from the other end */
};

enum hist_direction {
    HIST_UNDECIDED, /* no counts, or both readings fit, or neither */
    HIST_FORWARD,
    HIST_BACKWARD,
};

/*
 * Adds all histograms NAME_hist of one reading that have a counter NAME_ns. A sum fits when it lies between half the
 * least and twice the most that the buckets allow: KVM takes the two figures a moment apart.
 */
void hist_order_take(struct hist_order *order, const struct host_counters *counters);

/* One direction, if all histograms fit it and at least one does not fit the other. */
enum hist_direction hist_order_direction(const struct hist_order *order);

/* The order in which the list came: "as_is", "reversed" or "undecided". */
const char *hist_direction_word(enum hist_direction direction);

#endif /* LAB_RUN_LAUNCH_HIST_ORDER_H */
