/* SPDX-License-Identifier: MIT */
/*
 * What the files of the experiment `cstate` share: its keys, the states and cells it measures, and one step's working
 * set.
 */
#ifndef LAB_EXPERIMENTS_CSTATE_MODEL_H
#define LAB_EXPERIMENTS_CSTATE_MODEL_H

#include "arch/x86/power/msr_gate.h"
#include "arch/x86/power/power_model.h"
#include "experiments/kit/wait.h"
#include "lib/infer/cstate_entered.h"
#include "lib/infer/knee.h"
#include "lib/prng.h"

enum cstate_key {
    KEY_STATE,
    KEY_BY,
    KEY_OTHERS,
    KEY_INTERVAL,
    KEY_SWEEP,
    KEY_TO,
    KEY_POINTS,
    KEY_CPU,
    KEY_PREWAKE,
    KEY_C1E,
    KEY_DEMOTION,
    KEY_LIMIT,
    KEY_FREQ,
    KEY_IOPORT,
    KEY_SAMPLES,
    KEY_BUDGET,
    KEY_DRY_RUN,
    KEY_GUEST_WRITES,
    KEY_FORCE,
    KEY_COUNT,
};

enum { STATE_ALL, STATE_HLT, STATE_MWAIT, STATE_IOPORT };
enum { BY_ALL, BY_FIRST_SOURCE }; /* then in the order of enum nap_source */
enum { TURN_AS_IS, TURN_ON, TURN_OFF };
enum { FREQ_AS_IS, FREQ_MIN, FREQ_BASE, FREQ_MAX };

enum {
    CSTATE_STATES = 24,
    CSTATE_POINTS = 48,
    CSTATE_CHANGES = 24,
    CSTATE_ROUND = 10, /* naps of a cell at a turn */
    CSTATE_WARMUP = 4, /* before them, not counted */
    CSTATE_TEXT_BYTES = 24,
};

struct json;

struct cstate_state {
    struct nap_state nap;
    uint8_t want; /* the C-state that it asks of the core: 1, 3, 6 or 7; CSTATE_UNKNOWN */
    uint8_t name; /* the C-state that it is called by: 8 to 10 are core C7 and a package state */
};

/* Counters around a nap or a block of naps. */
struct cstate_reading {
    uint64_t residency[RESIDENCY_COUNT];
    uint64_t aperf, mperf, smi;
};

/* One state by one wake source at one interval. */
struct cstate_cell {
    uint8_t state, source, point;
    uint32_t tried, kept, early, spurious, disturbed;
    uint64_t slept_tsc; /* until the events, in the naps that the residencies cover */
    uint64_t residency_tsc[RESIDENCY_COUNT];
    uint64_t aperf, mperf, smi;
    uint64_t clock_slept_tsc;              /* the same, in the naps that aperf and mperf cover */
    int64_t *latency_tsc;                  /* `kept` of them; ascending after cstate_sort() */
    const char *series;                    /* what their order of arrival said: "clustered", "drifts"; NULL: nothing */
    uint64_t p50_effective;                /* independent samples that the median is worth (lib/dependence.h), */
    uint64_t p50_printable, p99_printable; /* and what an interval that is printed rests on */
};

/* The outcome of one change, and the CPUs on which it was the same. */
struct cstate_change {
    struct msr_outcome outcome;
    uint32_t cpu; /* the first of them */
    uint32_t cpus;
};

/* What freq= asked of the core's clock, and what APERF and MPERF found then. ppm of MPERF's rate. */
struct cstate_clock {
    bool changed;  /* the register was written, and has the value */
    bool at_least; /* a faster clock is what was asked for, too */
    bool found;
    uint64_t asked_ppm; /* 0: the registers do not tell */
    uint64_t found_ppm;
};

struct cstate {
    struct step *step;
    const struct power_model *model; /* NULL: not in the table */
    bool guest, clocks, arat;
    uint64_t register_power_ctl, register_cst; /* as found; with has_... */
    bool has_power_ctl, has_cst;
    uint32_t counters;     /* bit per enum residency: could be read */
    uint32_t counters_set; /* the same: was not zero in the end */
    bool smi;
    struct cstate_clock clock;
    struct nap nap;
    struct msr_gate gate;
    enum nap_others others;
    uint32_t state_count, cell_count, point_count, samples;
    uint32_t turn, changes;
    bool turned;            /* the switches have been changed once: `change` is complete */
    struct percpu *turning; /* the CPU that changes them now */
    struct cstate_state states[CSTATE_STATES];
    uint64_t interval_tsc[CSTATE_POINTS];
    struct cstate_change change[CSTATE_CHANGES];
    struct cstate_cell *cells;
    int64_t *arrived_tsc; /* room for one cell's latencies in order of arrival */
    struct prng prng;
};

#endif /* LAB_EXPERIMENTS_CSTATE_MODEL_H */
