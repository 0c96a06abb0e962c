/* SPDX-License-Identifier: MIT */
/*
 * The plan: every statement of a script checked against what the experiments declare, and multiplied out into steps.
 *
 * Experiments declare their keys as data (struct param_spec). Lists and sweeps make one step of each value; the keys of
 * a statement nest in the order in which they are written, the first one outermost, and keys left to a default that is
 * a list come innermost. A key that counts in no step of its statement is refused. Everything is checked here, before
 * anything is measured. Memory comes from the caller's arena; the plan points into the script's text and the specs,
 * which must outlive it. Any context; one CPU.
 */
#ifndef LAB_LIB_SCRIPT_PLAN_H
#define LAB_LIB_SCRIPT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/arena.h"
#include "lib/script/script.h"
#include "lib/script/script_error.h"
#include "lib/units.h"

enum {
    PLAN_NAME_BYTES = 48,
    PLAN_SWEEP_MAX = 1000, /* values of one sweep */
};

/*
 * The kinds of parameter. `words` ends in NULL. `min` and `max` bound the number (counts, CPU numbers, times in
 * ns, or in ticks where the value is in ticks); `max` 0 means no bound.
 */
enum param_kind {
    PARAM_FLAG,     /* yes | no */
    PARAM_COUNT,    /* 2000, 100k, 0x20; or the one of `words`, where it has them: PLAN_COUNT_WORD */
    PARAM_TIME,     /* 50us; in tsc only where the spec has `ticks` */
    PARAM_CHOICE,   /* one of `words` */
    PARAM_METHOD,   /* one of `words`; `ioport:1..0xffff` takes a number in that range after a colon,
                     `umwait:c01|c02` one of those words, `mwait[:0..0xff]` may stand alone */
    PARAM_INTERVAL, /* 50us, 1us..10ms/log20, 1us..10ms/lin10, uniform:1us..4ms, log:1us..4ms */
    PARAM_CPU,      /* a CPU number, or one of `words` out of self sibling module package remote any all
                       (words NULL: self sibling module package remote) */
    PARAM_TEXT,     /* any word */
};

/* The value of a count that stands for the spec's word. */
#define PLAN_COUNT_WORD UINT64_MAX

struct param_spec {
    const char *key;
    enum param_kind kind;
    const char *const *words;
    const char *fallback; /* the default, as text; NULL = the key is required */
    uint64_t min;
    uint64_t max;
    bool list;    /* takes a list or a sweep: one step of each value */
    bool ticks;   /* takes times in tsc */
    bool unnamed; /* stays out of step names unless its value varies (samples, budget, seed ...) */
    /* Counts only with some choices of the key `decider` (its index): a bit for each; 0: always. */
    uint8_t decider;
    uint32_t with;
};

enum plan_shape {
    PLAN_FIXED,   /* always `low` */
    PLAN_UNIFORM, /* random, uniform in low..high */
    PLAN_LOG,     /* random, its logarithm uniform in low..high */
};

struct plan_interval {
    enum plan_shape shape;
    bool ticks; /* low and high are TSC ticks, else ns */
    uint64_t low;
    uint64_t high; /* not less than low */
};

struct plan_method {
    unsigned word;     /* index in the spec's words */
    bool has_argument; /* false: the method stands alone */
    uint64_t argument; /* the number after the colon, or the index of its word */
};

enum plan_cpu_place {
    PLAN_CPU_SELF,
    PLAN_CPU_SIBLING, /* the SMT sibling */
    PLAN_CPU_MODULE,  /* another core of the same module */
    PLAN_CPU_PACKAGE, /* another core of the same package */
    PLAN_CPU_REMOTE,  /* another package */
    PLAN_CPU_ANY,
    PLAN_CPU_ALL,
    PLAN_CPU_NUMBER,
};

struct plan_cpu {
    enum plan_cpu_place place;
    uint32_t number; /* idlelab's CPU number; valid only for PLAN_CPU_NUMBER */
};

/* One value; the spec's kind says which member holds it. */
struct plan_value {
    bool given; /* the script gives it; false: it is the default */
    union {
        bool flag;
        uint64_t count;
        struct units_time time;
        unsigned choice; /* index in the spec's words */
        struct plan_method method;
        struct plan_interval interval;
        struct plan_cpu cpu;
        struct script_token text;
    };
};

struct experiment_spec;

struct plan_step {
    const struct experiment_spec *spec;
    void *owner; /* the spec's */
    const char *file;
    uint32_t line;
    uint32_t column;
    char name[PLAN_NAME_BYTES];      /* [a-z0-9_], unique in the plan */
    const struct plan_value *values; /* by parameter index, spec->param_count of them */
    const char *args;                /* all keys as resolved: "idle=hlt by=timer interval=100us ..." */
    const char *skip; /* why this one of crossed lists makes no sense, so that it is skipped; NULL: it does */
    uint64_t estimate_ns;
    uint64_t memory_bytes;
};

struct experiment_spec {
    const char *name; /* [a-z0-9_] */
    const struct param_spec *params;
    size_t param_count;
    void *owner; /* the declarer's pointer, which its steps get */
    /*
     * Pure functions, each may be NULL. check() returns why the combination makes no sense, or NULL where it does: the
     * plan refuses it, but where two lists or more are crossed and another combination makes sense, it is skipped.
     * estimate_ns() may be above the key budget=, which then counts; NULL: the key time=, or 0 without one.
     */
    const char *(*check)(const struct plan_step *step);
    uint64_t (*estimate_ns)(const struct plan_step *step);
    uint64_t (*memory_bytes)(const struct plan_step *step);
};

/* Steps that the image takes, and that the host's `plan` takes therefore. */
#define PLAN_STEPS_MAX 1000

struct plan_limits {
    uint64_t memory_bytes; /* of one step; 0 = no limit, as for the others */
    size_t max_steps;
    uint64_t total_ns; /* of the whole plan, by the steps' estimates */
};

struct plan {
    const struct plan_step *steps;
    size_t step_count;
    uint64_t total_ns;
    uint64_t memory_bytes; /* of the largest step */
};

/* Builds the plan. Returns true when nothing was wrong; else `errors` has grown and the plan is empty. */
bool plan_build(const struct script *script, const struct experiment_spec *const *specs, size_t spec_count,
                const struct plan_limits *limits, struct arena *arena, struct plan *plan, struct script_errors *errors);

/* A step's value by key, or NULL where its experiment does not declare that key. */
const struct plan_value *plan_find(const struct plan_step *step, const char *key);

/*
 * A count (or a time in ns) by key; `otherwise` where the key is not declared with that kind (or the time is in ticks).
 */
uint64_t plan_count(const struct plan_step *step, const char *key, uint64_t otherwise);
uint64_t plan_time_ns(const struct plan_step *step, const char *key, uint64_t otherwise);

/* A flag by key; false where it is not declared. */
bool plan_flag(const struct plan_step *step, const char *key);

#endif /* LAB_LIB_SCRIPT_PLAN_H */
