/* SPDX-License-Identifier: MIT */
/*
 * What an experiment is, and what it may ask for; the engine answers. Every experiment includes it; the kit's other
 * headers (wait.h, gate.h, row.h, calibrate.h, probe.h) are for those that need them.
 *
 * An experiment is a folder, or a file, with one descriptor. The engine checks its needs, gives it CPUs and memory,
 * calls prepare() once, batch() as often as it takes (each call under the fault guard and the watchdog, nothing is
 * written meanwhile), then finish(), which hands over results as data. An experiment never writes, allocates only by
 * step_alloc(), and knows no other experiment.
 */
#ifndef LAB_EXPERIMENTS_KIT_EXPERIMENT_H
#define LAB_EXPERIMENTS_KIT_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/x86/machine.h"
#include "lib/dependence.h"
#include "lib/infer/confidence.h"
#include "lib/script/plan.h"
#include "lib/record/sample.h"

struct results;

enum { STEP_CAUSE_BYTES = 96 };

/* One step on its way. Members without a comment are the engine's to set and the experiment's to read. */
struct step {
    struct machine *machine;
    const struct plan_step *plan;
    struct results *results;
    struct percpu *cpu;     /* the CPU that batch() runs on: that of cpu=, else CPU 0 */
    struct percpu *waker;   /* another CPU that may wake it, as the descriptor wants one; NULL: none can */
    const char *no_waker;   /* why there is none: the reason of a SKIP */
    uint64_t seed;          /* the step's, or the command line's where the step has none */
    void *state;            /* the experiment's own: state_bytes of them, zeroed before prepare() */
    struct sample *samples; /* set by step_alloc_samples() */
    uint32_t sample_limit;
    uint32_t sample_count; /* batch() counts up, one at a time */
    uint32_t total;        /* units of work in all, for progress; set in prepare() */
    uint32_t done;         /* units of work done */
    uint32_t rejected;     /* tries that were counted and not kept; batch() counts up */
    bool complete;         /* batch() sets it when there is nothing left to do */
    uint32_t waiting;      /* nonzero inside a wait that a wake must end: a watchdog's verdict is then lost_wake */
    uint64_t silence_tsc;  /* longest time between two step_should_return(); set in prepare(), 0 = short */
    uint64_t timer_tsc;    /* longest distance at which it arms its own timer; set in prepare(), 0 = no matter */
    uint64_t apart_tsc;    /* spent between two samples behind the warm-up on purpose; batch() counts up */
    bool park_deep;        /* CPUs that take no part wait as deep as they can, not in HLT; set in prepare() */
    uint64_t begin_tsc;
    uint64_t end_tsc;    /* of the time budget; UINT64_MAX: none */
    uint64_t pause_tsc;  /* batch() returns soon after this; at end_tsc at the latest */
    uint8_t not_entered; /* finish(): the C-state asked for, where counters show that the core was in another; else 0 */
    char cause[STEP_CAUSE_BYTES]; /* room for why the step is skipped */
};

/* Which CPU wakes the one that is measured; never CPU 0, which leads the run. */
enum experiment_waker {
    WAKER_NONE,
    WAKER_ANY,  /* the nearest (placement_any()) */
    WAKER_FROM, /* the one that the key from= asks for */
    WAKER_FAR,  /* of another package, if there is one */
};

struct experiment {
    struct experiment_spec spec;
    uint32_t cpus; /* CPUs it needs at least; 0: one will do */
    bool ring3;    /* runs inside Linux, too; what of it needs ring 0 is skipped there */
    enum experiment_waker waker;
    uint64_t state_bytes; /* of step->state; 0: prepare() sets it */
    /* NULL, or why the step must be skipped on this machine. Boot CPU. */
    const char *(*prepare)(struct step *step);
    void (*batch)(struct step *step);  /* on step->cpu, interrupts off */
    void (*finish)(struct step *step); /* boot CPU; also after a fault or a watchdog, with what there is */
};

#define LAB_EXPERIMENT(descriptor)                                                                                     \
    static const struct experiment *const lab_entry_##descriptor __attribute__((used, section(".lab.experiments"))) =  \
        &(descriptor)

/* The CPUID of the CPU that the step measures on. */
static inline const struct cpu_snapshot *step_cpuid(const struct step *step)
{
    return machine_cpuid(step->machine, step->cpu);
}

/* Zeroed memory for this step. NULL: there is not enough, prepare() then returns step_no_memory. */
void *step_alloc(struct step *step, uint64_t bytes);
bool step_alloc_samples(struct step *step, uint32_t limit);
extern const char step_no_memory[];

/* Tells the watchdog that the step is alive. Outside every window, where nothing asks whether to return. */
void step_pet(struct step *step);

/* The same between samples; true when batch() should return (pause or budget). */
bool step_should_return(struct step *step);

/* The TSC now, for limits and progress; a model of a machine in a test has a clock of its own. */
uint64_t step_now_tsc(void);

/* Ticks of the TSC: of a time in ns; of the time, or of the interval's ends, of the step's key with that index. */
uint64_t step_tsc(const struct step *step, uint64_t ns);
uint64_t step_time_tsc(const struct step *step, unsigned key);
struct plan_interval step_interval_tsc(const struct step *step, unsigned key);

/*
 * How far the own timer's due time may be off at that distance, where this is more than a tenth of the median latency
 * found; else 0, as always in TSC-deadline mode. Ticks.
 */
uint64_t step_timer_blur_tsc(const struct step *step, uint64_t ahead_tsc, int64_t median_tsc);

/* Results. Names are [a-z0-9_]; units as docs/record-format.md lists them. */

/*
 * One distribution: summary, quantiles, what their order of arrival says (lib/dependence.h), histogram, worst.
 * `values` comes in order of arrival, or as its times say, several CPUs' one behind the other: what delays them all at
 * once then makes neighbours alike. Both are ordered and `values` is sorted, in place; at_tsc may be NULL.
 */
struct series {
    const char *metric;
    const char *unit;
    int64_t *values;
    uint64_t *at_tsc; /* in the order of values before sorting */
    size_t count;
    const struct dependence *sorted; /* `values` is sorted already, and this is what its order said; NULL: it is not */
    bool has_floor;
    int64_t floor; /* the calibrated empty path in the same unit */
    uint64_t floor_count;
    bool has_fenced;
    int64_t fenced; /* the same with an LFENCE in front of the last stamp */
};
struct dependence result_series(struct step *step, const struct series *series);

/*
 * The wake metrics of step->samples with their rejects, and raw samples where the step says raw=yes; the empty path of
 * the same window. period_tsc: of a load that would come as often, for the latencies that it would see; 0: none would.
 * Returns the median wake latency; METRIC_NONE: no sample was kept.
 */
struct empty_path;
int64_t result_samples(struct step *step, const struct empty_path *empty, uint64_t period_tsc);

/* One figure; one finding of the step, whose text may have any length. */
void result_scalar(struct step *step, const char *key, int64_t value, const char *unit);
void result_finding(struct step *step, const char *id, enum confidence confidence, const char *text);
/* The same with a text of up to 1000 characters by format (lib/fmt.h). */
void result_say(struct step *step, const char *id, enum confidence confidence, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The finding for the largest step_timer_blur_tsc() of a step; 0: none. */
void result_timer_blur(struct step *step, uint64_t blur_tsc);

/* Facts that hold for the whole run. */
void result_env(struct step *step, const char *key, const char *value);
void result_env_uint(struct step *step, const char *key, uint64_t value);
void result_cpu(struct step *step, const char *key, const char *value);
void result_cpu_uint(struct step *step, const char *key, uint64_t value);

/* A record of another shape, of members as json_add() takes them. Rows of tables: kit/row.h. */
void result_write(struct step *step, const char *members, ...) __attribute__((format(printf, 2, 3)));
/* The same of json text built by the caller, at most 200 characters. */
struct json;
void result_record(struct step *step, struct json *json);

/* The metric behind the step's name in KTAP: the first call counts. */
void result_metric(struct step *step, const char *word, int64_t value, const char *unit);
void result_fail(struct step *step, const char *word, int64_t value, const char *unit);
/* The metric `no_samples`: not one sample was kept; the host tool calls such a step doubtful. */
void result_no_samples(struct step *step);

/*
 * None of the `judged` samples was kept. Where every event came before the CPU could sleep (`early`), that is the
 * result, not a failure of the method; else the step fails, unless it has a metric.
 */
void result_none_kept(struct step *step, uint32_t early, uint32_t judged);

/* Fails the step because an instruction that CPUID lists does not do its work, and says how that showed. */
void result_not_real(struct step *step, const char *how);
extern const char result_no_wait[]; /* the usual text */

#endif /* LAB_EXPERIMENTS_KIT_EXPERIMENT_H */
