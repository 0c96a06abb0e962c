/* SPDX-License-Identifier: MIT */
/*
 * One reading of KVM's statistics, as QEMU's command query-stats returns it for one vCPU or for the VM. Pure: text in,
 * numbers out.
 * Source: QEMU 7.2 documentation, "QEMU QMP Reference Manual", query-stats; Linux, Documentation/virt/kvm/api.rst,
 * KVM_GET_STATS_FD.
 */
#ifndef LAB_RUN_LAUNCH_HOST_COUNTERS_H
#define LAB_RUN_LAUNCH_HOST_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HOST_NAME_BYTES = 48,
    HOST_COUNTERS_MAX = 160,
    HOST_HISTS_MAX = 8,
    HOST_BUCKETS_MAX = 64,
};

struct host_counter {
    char name[HOST_NAME_BYTES];
    uint64_t value;
};

struct host_hist {
    char name[HOST_NAME_BYTES];
    uint32_t bucket_count;
    uint64_t bucket[HOST_BUCKETS_MAX];
};

struct host_counters {
    uint32_t counter_count;
    uint32_t hist_count;
    uint32_t dropped_count; /* values without room, or with a name that is not allowed */
    struct host_counter counter[HOST_COUNTERS_MAX];
    struct host_hist hist[HOST_HISTS_MAX];
};

/*
 * Fills `out` from the value of the member `return` of one answer: a list of objects with the member `stats`. Numbers
 * become counters, lists of numbers histograms; other values (booleans) are left out. True when there was at least one
 * counter; an object that is damaged gives nothing.
 */
bool host_counters_read(struct host_counters *out, const char *json, size_t bytes);

/* A counter's value; false when there is none of that name. */
bool host_counters_find(const struct host_counters *counters, const char *name, uint64_t *value);

/* A histogram, or NULL. */
const struct host_hist *host_counters_hist(const struct host_counters *counters, const char *name);

#endif /* LAB_RUN_LAUNCH_HOST_COUNTERS_H */
