/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `policy` share: its keys, and one step's working set. */
#ifndef LAB_EXPERIMENTS_POLICY_MODEL_H
#define LAB_EXPERIMENTS_POLICY_MODEL_H

#include "arch/x86/power/rapl.h"
#include "arch/x86/idle/driver.h"
#include "arch/x86/idle/idle.h"
#include "experiments/kit/experiment.h"
#include "lib/governor/governor.h"
#include "lib/governor/price.h"
#include "lib/pattern.h"

enum { POLICY_JOIN_US = 3 * 1000 * 1000 }; /* limit for a CPU to come back from its turn */

enum policy_key {
    KEY_GOVERNOR,
    KEY_DRIVER,
    KEY_PATTERN,
    KEY_TABLE,
    KEY_TICK,
    KEY_NOHZ,
    KEY_IDLE,
    KEY_MAX_CSTATE,
    KEY_DISABLE,
    KEY_LATENCY_LIMIT,
    KEY_CPUS,
    KEY_WORK,
    KEY_TIME,
    KEY_SLICE,
    KEY_SEED,
    KEY_RECORD,
    KEY_ROWS,
    KEY_BUDGET,
    KEY_COUNT,
};

enum { NOHZ_ON, NOHZ_OFF };
enum { IDLE_ANY, IDLE_POLL, IDLE_HALT, IDLE_NOMWAIT };
enum { RECORD_NONE, RECORD_TRACE };

enum {
    POLICY_GOVERNORS_MAX = 10,
    POLICY_WORD_BYTES = 24,
    POLICY_KEPT_TOTAL = 262144, /* latencies kept, all governors and CPUs together */
    POLICY_BUDGETS = 8,         /* poll budgets that the advice compares */
};

/* A name of a governor, with its argument. */
struct policy_word {
    char text[POLICY_WORD_BYTES];
};

/* One pass as a row of a trace, and what the governor decided in it (docs/policies.md). */
struct policy_row {
    int64_t timer_ns;
    int64_t tick_ns;
    int64_t wake_ns;
    int64_t residency_ns;
    uint32_t exit_percent;
    char wake; /* 'O' its own event, 'K' the tick, 'P' the poll's budget */
    bool resched;
    struct governor_choice choice;
};

struct policy_totals {
    uint64_t passes;
    uint64_t events;
    uint64_t early;    /* events that came before the wait began: no latency */
    uint64_t spurious; /* waits that ended for no known reason */
    uint64_t timeouts; /* nothing else came for a second */
    uint64_t tick_wakes;
    uint64_t poll_timeouts;
    uint64_t queries;
    uint64_t idle_ns;
    uint64_t poll_ns;
    uint64_t cost;    /* lib/governor/price.h */
    uint64_t stretch; /* stretches of idle */
    uint64_t latency_sum_tsc;
    uint64_t latency_count;
    uint64_t caught[POLICY_BUDGETS];   /* stretches that a poll of that budget would have ended */
    uint64_t burnt_ns[POLICY_BUDGETS]; /* time that this budget would have polled */
};

/* One governor on one CPU. Only that CPU touches it while it runs. */
struct policy_lane {
    struct governor_run run;
    const struct policy *policy;
    struct pattern pattern;
    struct pattern_event event;
    uint64_t timer_due_tsc;
    uint64_t wake_due_tsc; /* UINT64_MAX: none */
    uint64_t tick_due_tsc;
    uint64_t armed_for_tsc; /* the earliest of the three due times */
    uint64_t armed_tsc;     /* time that the armed timer fires */
    uint64_t now_tsc;       /* time at which this pass begins */
    struct policy_row row;  /* record of this pass */
    int64_t clock_ns;       /* all residencies so far */
    bool impossible;        /* the governor chose a state that does not exist */
    struct policy_totals totals;
    int64_t *latency_tsc; /* latency of each kept event */
    uint64_t *at_tsc;     /* time of each kept event */
    uint8_t *ended_poll;  /* whether each kept event ended a poll */
    uint32_t kept;
    struct policy_row *rows;
    uint32_t row_count;
    uint64_t rows_lost;
} __attribute__((aligned(128)));

/* A CPU that takes part. The flag is alone on its line: it is what a wait monitors. */
struct policy_cpu {
    uint64_t flag __attribute__((aligned(128)));      /* atomic: counts wakes by other CPUs */
    uint64_t event_tsc __attribute__((aligned(128))); /* time of the last wake by another CPU, in this CPU's TSC */
    uint32_t watching __attribute__((aligned(128)));  /* atomic: a store alone wakes it */
    struct policy *policy __attribute__((aligned(128)));
    struct percpu *cpu;
    uint32_t index;
    uint64_t seen; /* the flag's value that has been answered */
    struct policy_lane *lane;
    struct idle_call call;
};

struct policy {
    struct step *step;
    struct idle_driver driver;
    struct idle_prices prices;
    struct pattern_spec spec;
    uint64_t ns_per_tsc_q32;
    uint64_t tsc_per_ns_q32;
    uint64_t tick_tsc;
    uint64_t slice_tsc;
    uint64_t slice_end_tsc;
    uint64_t work_ns; /* UINT64_MAX: what the pattern says */
    uint64_t seed;
    bool measure_table;
    bool measured;
    uint32_t not_entered_mask; /* states that were not entered when they were measured */
    bool stuck;                /* a CPU did not come back */
    uint32_t stop;             /* atomic: the slice is over */
    uint32_t governor_count;
    uint32_t next_governor;
    struct policy_word words[POLICY_GOVERNORS_MAX];
    uint32_t cpu_count;
    struct policy_cpu *cpus;
    struct policy_lane *lanes; /* governor by governor, CPU by CPU */
    uint32_t kept_limit;
    uint32_t row_limit;
    bool has_energy;
    struct rapl rapl;
    struct rapl_reading energy_begin;
    uint64_t energy_nj[POLICY_GOVERNORS_MAX]; /* of the package */
};

/* How a wait ended. */
struct policy_sleep {
    uint64_t before_tsc;
    uint64_t after_tsc;
    uint64_t first_tsc; /* the handler's stamp, or after_tsc */
    uint64_t event_tsc; /* where `event` */
    int64_t budget_ns;  /* of a poll */
    bool event;
    bool by_mail; /* another CPU's wake */
    bool tick;    /* its time has come */
};

#endif /* LAB_EXPERIMENTS_POLICY_MODEL_H */
