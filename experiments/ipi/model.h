/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `ipi` share: its keys, one pair of CPUs at work, and one step's working set. */
#ifndef LAB_EXPERIMENTS_IPI_MODEL_H
#define LAB_EXPERIMENTS_IPI_MODEL_H

#include "arch/x86/idle/idle.h"
#include "arch/x86/wake/wake.h"
#include "experiments/kit/experiment.h"

enum ipi_key {
    KEY_MODE,
    KEY_TARGET,
    KEY_VIA,
    KEY_MATRIX,
    KEY_FROM,
    KEY_TO,
    KEY_CPUS,
    KEY_GAP,
    KEY_SAMPLES,
    KEY_BUDGET,
    KEY_DIGITS,
    KEY_COUNT,
};

enum ipi_mode { IPI_FIXED, IPI_NMI, IPI_BROADCAST };
enum ipi_target { IPI_HALTED, IPI_SPINNING, IPI_PAUSING, IPI_SLEPT, IPI_MWAIT };
enum ipi_via { IPI_BY_ICR, IPI_BY_LOGICAL, IPI_BY_PV };

/* Ticks of the sender's TSC, counted from the stamp before the ICR write, except the first. */
enum ipi_metric {
    IPI_SEND,    /* the ICR write, begin to end */
    IPI_DELIVER, /* to the target's vector stub */
    IPI_WAKE,    /* to the target's next instruction */
    IPI_ROUND,   /* to the answer, as the sender sees it */
    IPI_LAST,    /* broadcast: to the stub of the last CPU */
    IPI_METRICS,
};

/* The outcome of a sample; all but the first are counted and not kept. */
enum ipi_outcome {
    IPI_KEPT,
    IPI_WARMUP, /* the first of a visit: the caches are cold */
    IPI_EARLY,  /* something else woke the target, or it did not wait yet */
    IPI_NUDGED, /* it waited until a second interrupt: the first one came just before HLT, or is very late */
    IPI_EXTRA,  /* it was interrupted more than once */
    IPI_LOST,   /* no interrupt came */
    IPI_OUTCOMES,
};

enum {
    IPI_VISIT = 16,       /* samples of one pair before the next one's turn, the warm-up included */
    IPI_MATRIX_CPUS = 32, /* cpus= at most */
};

/* The target's part of one sample; ticks of its own TSC. */
struct ipi_answer {
    uint64_t before_tsc, isr_tsc, after_tsc;
    uint64_t wakes; /* measured interrupts taken meanwhile */
};

struct ipi_values {
    int64_t tsc[IPI_METRICS];
    uint64_t at_tsc; /* the stamp before the ICR write */
};

/* The interrupt in the form in which it is sent, put together before the stamps. */
struct ipi_form {
    uint32_t destination; /* as the ICR has it, physical or logical */
    uint32_t command;     /* its low half */
    bool vmmcall;
    uint64_t low, high; /* hypercall: bit i is the APIC identifier first + i */
    uint32_t first;
};

/*
 * A sender and a target for one visit. The target writes its own lines, the sender reads them; nothing else is shared
 * meanwhile.
 */
struct ipi_link {
    struct machine *machine;
    struct percpu *from, *to;
    enum ipi_mode mode;
    enum ipi_target target;
    enum ipi_via via;
    struct ipi_form form;
    const struct idle_method *method; /* of a target that sleeps: HLT or MWAIT */
    enum wake_trace trace;
    uint64_t gap_tsc, limit_tsc, nudge_tsc, visit_tsc, look_tsc;
    uint32_t count; /* samples of this visit */
    /* The target's. */
    uint64_t ready __attribute__((aligned(128))); /* atomic: number of the sample that it begins to wait for */
    uint64_t done;                                /* atomic: number of the last one that it answered */
    uint32_t left;                                /* atomic: it waits no more */
    struct ipi_answer answers[IPI_VISIT];
    struct idle_call call; /* its wait; no other CPU reads it */
    /* The sender's. */
    uint32_t stop __attribute__((aligned(128))); /* atomic: the target shall leave */
    uint32_t taken __attribute__((aligned(128)));
    uint64_t counts[CPU_MAX]; /* broadcast: the others' wake counts before */
    enum ipi_outcome outcomes[IPI_VISIT];
    struct ipi_values values[IPI_VISIT];
};

struct ipi_pair {
    struct percpu *from, *to;
    uint32_t tried, kept, lost;
    struct ipi_values *values;
};

struct ipi {
    struct ipi_link link;
    uint32_t samples; /* of each pair */
    uint32_t pair_count;
    uint32_t next; /* pair */
    struct ipi_pair *pairs;
    int64_t *scratch; /* one metric of all pairs */
    uint64_t *at_tsc;
    uint64_t outcomes[IPI_OUTCOMES];
    const char *no_call; /* why the hypercall is not used; NULL: it works, or was not asked for */
    bool call_tried;
};

#endif /* LAB_EXPERIMENTS_IPI_MODEL_H */
