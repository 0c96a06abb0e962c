/* SPDX-License-Identifier: MIT */
/*
 * The `# IH` records: what the host knows, in lines of their own (docs/record-format.md, "Host records"). Each record
 * goes out once, whole, through the sink of `stream`, whose mark is RECORD_HOST_MARK.
 */
#ifndef LAB_RUN_LAUNCH_HOST_RECORDS_H
#define LAB_RUN_LAUNCH_HOST_RECORDS_H

#include <stdint.h>

#include "lib/record/record.h"

#include "run/launch/hist_order.h"
#include "run/launch/host_counters.h"

enum { HOST_RECORD_NO_VCPU = -1 }; /* about the VM, not one of its CPUs */

/* {"t":"host","k":key,"v":value}: one fact of the host; a long value in parts. */
void host_record_fact(struct record_stream *stream, const char *key, const char *value);

/* {"t":"finding","id":id,"text":text}; `conf` as in record_finding(). */
void host_record_finding(struct record_stream *stream, const char *id, enum confidence conf, const char *text);

/*
 * {"t":"hstat","step":n,"vcpu":i,"src":src,"d":{name:difference,...}}: what changed between two readings, in as many
 * records as it takes; one with an empty `d` where nothing did. Without `vcpu` for HOST_RECORD_NO_VCPU. A counter that
 * only one reading has is left out.
 */
void host_record_counters(struct record_stream *stream, uint64_t step, int64_t vcpu, const char *src,
                          const struct host_counters *before, const struct host_counters *now);

/*
 * {"t":"hhist","step":n,"vcpu":i,"h":"halt_wait","order":word,"d":[[bucket,difference],...]}: the histograms that
 * changed. Buckets count from the smallest values on, by `direction`; where that is undecided, as listed.
 */
void host_record_hists(struct record_stream *stream, uint64_t step, int64_t vcpu, enum hist_direction direction,
                       const struct host_counters *before, const struct host_counters *now);

#endif /* LAB_RUN_LAUNCH_HOST_RECORDS_H */
