/* SPDX-License-Identifier: MIT */
/*
 * One wake: four time stamps, why it ended, whether it counts, and the evidence taken beside it (docs/record-format.md,
 * "Metrics of wake"). A zeroed struct is a sample with no stamp taken. Any context.
 */
#ifndef LAB_LIB_RECORD_SAMPLE_H
#define LAB_LIB_RECORD_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#define STAMP_NONE  UINT64_C(0) /* a stamp that was not taken */
#define METRIC_NONE INT64_MIN   /* a difference that lacks one of its stamps */

/* The numbers are those of the record format; words: lib/rows/reasons.h. */
enum sample_reject {
    REJECT_NONE = 0,
    REJECT_EARLY = 1, /* the event came before the CPU slept */
    REJECT_SMI = 2,
    REJECT_STEAL = 3,
    REJECT_SKEW = 4,
    REJECT_GUARD = 5,
    REJECT_NMI = 6,
    REJECT_SPURIOUS = 7,
    REJECT_WARMUP = 8,
    REJECT_PREEMPTED = 9,
    REJECT_COUNT = 10,
};

enum wake_cause {
    WAKE_UNKNOWN = 0,
    WAKE_INTERRUPT = 1,
    WAKE_FLAG = 2, /* the store was seen */
    WAKE_DEADLINE = 3,
    WAKE_BOTH = 4,
    WAKE_COUNT = 5,
};

enum {
    SAMPLE_METRICS = 4,
    SAMPLE_RESIDENCIES = 4, /* C-state residency counters kept per sample */
    SAMPLE_CF = 1u << 0,    /* flags: UMWAIT or TPAUSE returned with CF set */
    SAMPLE_STATE_SHIFT = 8, /* inside Linux from this bit on: the idle state that was entered, from 1; 0: not known */
};

struct sample {
    uint64_t before_tsc; /* last stamp before the idle instruction */
    uint64_t event_tsc;  /* the deadline, or the waker's stamp just before it acted */
    uint64_t isr_tsc;    /* first instructions of the vector stub */
    uint64_t after_tsc;  /* next instruction after the idle one */
    uint64_t want_tsc;   /* interval that was asked for, in ticks */
    uint64_t aperf;      /* deltas over the sample from here on */
    uint64_t mperf;
    uint64_t steal_ns;
    uint64_t residency[SAMPLE_RESIDENCIES];
    uint32_t smi_count;
    uint8_t reject; /* enum sample_reject */
    uint8_t cause;  /* enum wake_cause */
    uint16_t flags; /* SAMPLE_* */
};

/* Reasons to reject a sample, as a set. */
#define REASON(reject) (UINT32_C(1) << (reject))

/* The first reason of `order` (which ends in REJECT_NONE) that is in the set: the one that is counted. */
enum sample_reject sample_judge(uint32_t reasons, const uint8_t *order);

_Static_assert(sizeof(struct sample) == 104, "ring memory is estimated from this size");

/*
 * True where its own event ended the wait, whatever else happened meanwhile: kept samples, and those that an SMI, an
 * NMI, steal or preemption disturbed. Not the warm-up.
 */
bool sample_woke(const struct sample *sample);

/* Each is signed and in ticks; METRIC_NONE when a stamp that it needs was not taken. */
int64_t sample_wake_latency(const struct sample *sample);      /* min(isr, after) - event */
int64_t sample_interrupt_latency(const struct sample *sample); /* isr - event */
int64_t sample_return_latency(const struct sample *sample);    /* after - event */
int64_t sample_silent_time(const struct sample *sample);       /* event - before */

/* The four above with their names in the log; "wake_latency" is the first. */
struct sample_metric {
    const char *name;
    int64_t (*of)(const struct sample *sample);
};
extern const struct sample_metric sample_metrics[SAMPLE_METRICS];

/* The words of the record format: "interrupt", "flag" ...; "unknown" for any other number. */
const char *sample_cause_name(unsigned cause);

#endif
