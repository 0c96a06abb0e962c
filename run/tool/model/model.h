/* SPDX-License-Identifier: MIT */
/*
 * What a log says, as structures: runs, their facts, steps, metrics, findings (docs/record-format.md, section 3).
 * Filled by record.c from the records; read by show, report, export, compare, db.
 *
 * Everything lives in one pool with a limit; texts are NUL-terminated and never NULL unless said. Times are in the unit
 * that the field or the metric's `unit` names.
 */
#ifndef LAB_TOOL_MODEL_MODEL_H
#define LAB_TOOL_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "lib/record/hdr.h"
#include "lib/record/sample.h"
#include "lib/record/record_line.h"
#include "run/tool/model/pool.h"

/* Most memory that one log's model takes. */
#define MODEL_LIMIT_BYTES ((size_t)192 * 1024 * 1024)

struct model_quantile {
    const char *name; /* "p99.9" */
    int64_t value;
    int64_t low, high; /* 95 % interval of this run */
    bool has_interval;
    uint64_t effective; /* number of independent samples that it is worth; 0: as many as there are, as far as known */
};

struct model_worst {
    int64_t value;
    int64_t at_tsc;
};

/* The same metric of other samples than those kept; n 0: the log does not say. */
struct model_tail {
    uint64_t n;
    int64_t p50, p99, p999, max;
};

struct model_metric {
    const char *name; /* "wake_latency" */
    const char *unit; /* "tsc", "ns", "count", "cycles" */
    bool of_row;      /* quantiles of one row of a table alone; the table shows it, comparisons read it */
    bool has_summary;
    uint64_t n, negative;
    int64_t min, max, sum, mad;
    const char *series;         /* order of arrival: "even", "clustered", "drifts"; NULL: not judged */
    int64_t lag_permille[2];    /* rank autocorrelation at lags 1 and 2 */
    struct model_tail woke;     /* of all that woke, rejected ones among them */
    struct model_tail periodic; /* of those, and of what a load of the period `every` would have had besides */
    int64_t every;
    struct model_quantile *quantiles;
    size_t quantile_count, quantile_room;
    bool has_floor;
    int64_t floor;
    uint64_t floor_n;
    bool has_fenced; /* the floor of the window that ends behind an LFENCE */
    int64_t fenced;
    struct model_worst *worst;
    size_t worst_count, worst_room;
    const char **parts; /* base64 of the histogram; NULL where a part is missing */
    size_t part_count, parts_seen;
    struct hdr *hist;       /* decoded by model_metric_hist(); NULL before */
    const char *hist_error; /* why it cannot be decoded; NULL where it can */
};

struct model_scalar {
    const char *key;
    const char *text; /* the value as text; always there */
    const char *unit; /* may be empty */
    bool is_integer;
    int64_t value;
};

/* One metric between two CPUs. */
struct model_pair {
    int64_t from, to;
    const char *metric, *unit;
    uint64_t n, lost;
    int64_t min, p50, p99, max;
};

/* One line of a table of the step's own (docs/record-format.md, the stats records with `row`). */
struct model_row {
    const char *kind; /* "haltpoll"; the record's own text */
    json_t *values;   /* the record, whole */
};

struct model_reject {
    const char *reason;
    uint64_t count;
};

struct model_finding {
    uint32_t first_seq; /* number of the record that begins it */
    const char *id, *text;
    const char *conf; /* how sure, where it is inferred; empty otherwise */
};

/* How much a counter of the host went up in a step. */
struct model_host_value {
    int64_t vcpu;     /* -1: of the VM or the host */
    const char *src;  /* "kvm", "proc", "clock" */
    const char *name; /* as the source calls it */
    int64_t value;
};

/* How often one of the host's times in a step fell into a bucket: 0 is 0 ns, n is 2^(n-1) to 2^n - 1 ns. */
struct model_host_bucket {
    int64_t vcpu;
    const char *name;  /* "halt_wait" */
    const char *order; /* how QEMU gave the list: "as_is", "reversed", "undecided" (then nothing was turned) */
    uint32_t bucket;
    int64_t count;
};

struct model_verdict {
    bool seen, ok, skip;
    uint64_t number;
    const char *detail; /* metric, or the reason of the skip */
};

struct model_step {
    int64_t id;
    const char *name, *exp, *args;
    bool planned;
    uint64_t planned_n, est_ms;
    int64_t line; /* of the script */
    bool begun;
    int64_t begin_tsc;
    const char *end;                /* "samples", "budget" ...; empty while it runs */
    const char *core, *not_entered; /* "P" or "E"; the state that was asked for and not entered; else empty */
    uint64_t n, rejected, ms;
    uint64_t done; /* by the last heartbeat */
    struct model_metric *metrics;
    size_t metric_count, metric_room;
    struct model_scalar *scalars;
    size_t scalar_count, scalar_room;
    struct model_pair *pairs;
    size_t pair_count, pair_room;
    struct model_row *rows;
    size_t row_count, row_room;
    struct model_reject *rejects;
    size_t reject_count, reject_room;
    struct model_finding *findings;
    size_t finding_count, finding_room;
    uint64_t raw_count;
    struct model_host_value *host_values; /* host.h */
    size_t host_value_count, host_value_room;
    struct model_host_bucket *host_buckets;
    size_t host_bucket_count, host_bucket_room;
    struct model_verdict verdict;
};

/* One k/v fact of an `env`, `cpu` or `host` record. Long values come in parts. */
struct model_fact {
    const char *type; /* "env", "cpu" or "host" */
    const char *key, *value;
    int64_t part, parts; /* 1 of 1 for a whole one */
};

/* A text that came in several records (parts.h). */
struct model_text {
    uint32_t first_seq; /* number of the record with part 1 */
    size_t part_count;
    const char **parts; /* NULL where one has not come */
};

/* A machine that died in the middle of the run (docs/record-format.md, "Host records"). */
struct model_join {
    const char *run_id; /* of the machine that died */
    int64_t step;       /* step in which the machine died */
    int64_t next;       /* step that a fresh machine began with; 0: none did */
    const char *why;    /* one word: "kvm_internal_error" */
    const char *note;   /* in the emulator's or the system's words; may be empty */
};

/* A fact in which a machine that went on differs from the first one. */
struct model_unlike {
    size_t machine; /* from 2 */
    const char *key, *first, *other;
};

struct model_run {
    char run_id[LOG_RUN_ID_CHARS + 1];
    bool ended;
    enum record_result result;
    uint64_t planned_results; /* N of the KTAP plan */
    uint64_t tsc_hz;          /* 0 while unknown */
    const char *tsc_source;
    struct model_fact *facts;
    size_t fact_count, fact_room;
    size_t row_count; /* of all steps, also those that are not kept */
    json_t **kept;    /* cal, cpu topology, cpu leaf, fault and script records, whole */
    size_t kept_count, kept_room;
    struct model_step *steps;
    size_t step_count, step_room;
    size_t *step_order; /* their indices by rising id */
    size_t order_count, order_room;
    struct model_finding *findings; /* about the run */
    size_t finding_count, finding_room;
    struct model_verdict *verdicts; /* verdicts whose name no step has */
    size_t verdict_count, verdict_room;
    struct model_text *texts;
    size_t text_count, text_room;
    struct model_join *joins;
    size_t join_count, join_room;
    size_t machine_count; /* machines that have begun */
    struct model_unlike *unlikes;
    size_t unlike_count, unlike_room;
    uint32_t seq_next;    /* one past the highest number of the lab's records so far */
    uint32_t seq_base;    /* the numbers of this machine's records come behind those of the machines before */
    uint32_t record_seq;  /* number of the record that is being taken */
    int64_t running_step; /* id of the step that has begun and not ended, or -1 */
    uint64_t uptime_ms;   /* of the last heartbeat */
};

struct model {
    struct pool pool;
    struct model_run *runs;
    size_t run_count, run_room;
    /* Raw samples are not kept: they are handed on as they come. May be NULL. */
    void (*on_raw)(void *ctx, struct model *model, struct model_step *step, uint64_t index,
                   const struct sample *samples, size_t count);
    void *raw_ctx;
    const char *left_out; /* what the log has more of than is kept, the first kind of it; NULL: nothing */
    size_t left_out_most; /* how many are kept */
};

/* Notes that of `what` only `most` are kept. */
void model_leave_out(struct model *model, const char *what, size_t most);

void model_init(struct model *model, size_t limit_bytes);
void model_free(struct model *model);

/* The run that is being filled; makes one without identifier where there is none. NULL without memory. */
struct model_run *model_current_run(struct model *model);

/* Begins a run. NULL without memory. */
struct model_run *model_begin_run(struct model *model, const char *run_id);

/* PASS, FAIL, ERROR, or "no end". */
const char *model_run_word(const struct model_run *run);

/* The step with this number, made where it is new (`make`). NULL where there is none, or no memory. */
struct model_step *model_step_by_id(struct model *model, struct model_run *run, int64_t id, bool make);

/* The step of this name, or NULL. */
struct model_step *model_step_by_name(struct model_run *run, const char *name);

/* The metric of this name, made where it is new (`make`). */
struct model_metric *model_metric_by_name(struct model *model, struct model_step *step, const char *name, bool make);

/* Samples that were rejected; the warm-up, which the end record counts too, is left out. */
uint64_t model_rejected(const struct model_step *step);

/* The metric that stands for the step in a table: wake_latency, else the first with a summary, else NULL. */
const struct model_metric *model_main_metric(const struct model_step *step);

/* True where samples that woke were rejected, and with them p99, p99.9 or max would differ by more than 10 %. */
bool model_is_tail_cut(const struct model_metric *metric);

/* "clustered" or "drifts" where the metric's samples are not independent; else NULL. */
const char *model_series_mark(const struct model_metric *metric);

/* The quantile of this name, or NULL. */
const struct model_quantile *model_quantile(const struct model_metric *metric, const char *name);

/* The fact's value with its parts joined (in the pool), or NULL. `type` is "env", "cpu" or "host". */
const char *model_fact(struct model *model, const struct model_run *run, const char *type, const char *key);

/* The metric's histogram, or NULL with metric->hist_error set (or unset where the log holds none). */
const struct hdr *model_metric_hist(struct model *model, struct model_metric *metric);

#endif
