/* SPDX-License-Identifier: MIT */
/* From passes to rows that `idlelab replay` reads, with what Linux did beside them. */
#ifndef LAB_TOOL_TRACE_ROWS_H
#define LAB_TOOL_TRACE_ROWS_H

#include "run/tool/replay/csv.h"
#include "run/tool/trace/about.h"

/* What the recording itself says of its errors. */
struct trace_calibration {
    int64_t budget_ns;                 /* of a poll */
    int64_t bias_ns;                   /* by which a traced residency is longer than what the governor learns of it */
    int64_t lead_ns, tail_ns;          /* from the origin to the entry's stamp, from woken_ns to the exit's */
    bool fine;                         /* these are known, and stamps are of whole microseconds */
    int64_t usage;                     /* passes by sysfs, -1: unknown */
    int64_t traced;                    /* passes of the same time in the trace */
    uint32_t percent[IDLE_STATES_MAX]; /* of the exit latency, really paid: the median behind timers */
    uint64_t timed[IDLE_STATES_MAX];   /* passes behind that */
};

bool trace_calibrate(struct trace_calibration *calibration, struct trace_cpu *cpu, const struct trace_states *states,
                     const struct idle_table *table, int64_t tick_period_ns, bool coarse);

/* One pass as a row of its own. */
void trace_row_open(struct replay_row *row, const struct trace_pass *pass, const struct trace_calibration *calibration,
                    const struct idle_table *table);

/*
 * Passes `first` to `last`, of which only the last was not ended by the tick or a poll's budget, as one row: these ends
 * are Linux's own doing. Where the period outlives the first pass' next timer (the tick that does RCU's work, say), the
 * row has the last pass' one: a timer of the past would make a replayed governor poll until the end.
 */
void trace_row_closed(struct replay_row *row, const struct trace_pass *first, const struct trace_pass *last,
                      const struct trace_calibration *calibration, const struct idle_table *table);

/* How long Linux's own account says that the pass lasted. */
int64_t trace_residency_ns(const struct trace_pass *pass, const struct trace_calibration *calibration);

struct trace_totals {
    uint64_t passes, refused, unsure, rows; /* rows: closed ones */
    uint64_t agreed, agreed_stop;           /* with the replay */
    uint64_t told, told_same;               /* passes with probes; the same timer is found without them */
    uint64_t sure, sure_agreed;             /* the same, of passes that nothing is unknown of */
    uint64_t by_cause[128];
};

/*
 * Writes cpuN.open.csv, cpuN.closed.csv, cpuN.linux.csv and cpuN.table.csv into `folder`, and replays the open rows
 * with `governor` (NULL: none). False with a complaint on stderr.
 */
bool trace_rows_write(const char *folder, uint32_t number, struct trace_machine *machine,
                      const struct idle_table *table, const struct trace_calibration *calibration, const char *governor,
                      struct trace_totals *totals);

#endif
