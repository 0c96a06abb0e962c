/* SPDX-License-Identifier: MIT */
/*
 * A log's part on C-states: the rows `cstate`, `breakeven` and `preflight` (docs/record-format.md) and the facts that
 * select the kernel table to compare with.
 */
#ifndef LAB_TOOL_CSTATES_READ_H
#define LAB_TOOL_CSTATES_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/infer/crossing.h"
#include "lib/kernel_table.h"
#include "lib/rows/reasons.h"
#include "lib/table_verdict.h"
#include "run/tool/log/load.h"

enum {
    CSTATES_MEASURES_MAX = 256,
    CSTATES_PAIRS_MAX = 64,
    CSTATES_CHECKS_MAX = 64,
    CSTATES_ACPI_MAX = 64,
    CSTATES_WORD_BYTES = 24,
    CSTATES_CORE_BYTES = 4,
};

enum cstates_way { CSTATES_HLT, CSTATES_MWAIT, CSTATES_PORT };

/* What was asked for. */
struct cstates_request {
    enum cstates_way way;
    uint32_t argument; /* the hint, or the port */
};

/* One row `cstate`, wakes from one state by one source, and the row `cstate_verdict` of the same. */
struct cstates_measure {
    int64_t step;
    struct cstates_request request;
    char by[CSTATES_WORD_BYTES];      /* "timer", "ipi", "store" */
    char others[CSTATES_WORD_BYTES];  /* what the other CPUs did: "same", "hlt", "awake" */
    char entered[CSTATES_WORD_BYTES]; /* "entered", "requested", "demoted", "unverified" */
    char sure[CSTATES_WORD_BYTES];    /* how sure that is: "high", "medium", "low" */
    char series[CSTATES_WORD_BYTES];  /* "clustered", "drifts"; "": neither */
    uint64_t n, rejected;
    struct table_quantile p50, p99; /* ticks of the TSC */
    char core[CSTATES_CORE_BYTES];  /* "P" or "E", where the processor has several types; else empty */
};

/* One row `breakeven`. */
struct cstates_pair {
    int64_t step;
    char core[CSTATES_CORE_BYTES];
    char from[CSTATES_WORD_BYTES], to[CSTATES_WORD_BYTES];
    bool by_energy; /* else by latency alone */
    enum crossing_outcome outcome;
    int64_t at_ns, low_ns, high_ns;
};

/* One row `preflight`. */
struct cstates_check {
    char what[CSTATES_WORD_BYTES];
    enum preflight_state state;
    uint64_t value;
    uint32_t cpu, cpus; /* the first CPU that said so, and how many did; cpus 0: all */
};

/* One row `acpi_state`: an entry of _CST or _LPI as the firmware's tables have it. */
struct cstates_acpi {
    bool lpi;
    bool known; /* `request` says how it is entered */
    struct cstates_request request;
    char how[CSTATES_WORD_BYTES], argument[CSTATES_WORD_BYTES];
    int64_t type, exit_us, target_us, n;
};

/* The last run of a log. */
struct cstates_log {
    struct cstates_measure measures[CSTATES_MEASURES_MAX];
    struct cstates_pair pairs[CSTATES_PAIRS_MAX];
    struct cstates_check checks[CSTATES_CHECKS_MAX];
    struct cstates_acpi acpi[CSTATES_ACPI_MAX];
    uint32_t measure_count, pair_count, check_count, acpi_count;
    bool has_fadt;
    uint32_t fadt_c2_us, fadt_c3_us;
    bool guest;                       /* a hypervisor or an emulator: no verdict */
    const char *cpu;                  /* brand, or vendor */
    const struct kernel_table *table; /* NULL: kernels take this processor's states from ACPI */
    struct kernel_place place;
    uint32_t port_base;     /* AMD, where the preflight page has it; 0 otherwise */
    uint64_t packages_seen; /* a bit each */
    uint64_t tsc_hz;
};

/*
 * Reads log `name` into `model` (the caller's, initialised) and *log. False, having said why on stderr, where it cannot
 * be read.
 */
bool cstates_read(const char *name, struct model *model, struct load_result *result, struct cstates_log *log);

/* What one run says of C-states; texts are the model's. */
void cstates_of_run(struct model *model, const struct model_run *run, struct cstates_log *log);

/*
 * The core types that were measured, "" for a processor whose cores are alike: their number. And a log with what was
 * measured on one of them only.
 */
uint32_t cstates_cores(const struct cstates_log *log, char cores[][CSTATES_CORE_BYTES], uint32_t most);
void cstates_of_core(const struct cstates_log *log, const char *core, struct cstates_log *part);

/* "mwait:0x20", "ioport:0x814" or "hlt" as a request; false: it is none. */
bool cstates_request_of(const char *word, struct cstates_request *request);

bool cstates_same(const struct cstates_request *one, const struct cstates_request *other);

#endif
