/* SPDX-License-Identifier: MIT */
#include "run/tool/trace/energy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/energy/fit.h"
#include "run/tool/replay/csv.h"

enum { NAME_BYTES = 4096, FEW_VALUES = 4 };

static const double PERF_JOULES = 1.0 / 4294967296; /* of one count of perf's */
static const double S_PER_NS = 1e-9;
static const double SAME_JOULES = 2.5e-6; /* differences of one step differ by less: a counter has whole microjoules */

/* One package's readings as intervals. */
struct meter {
    uint32_t package;
    struct energy_interval *interval;
    int64_t *from_ns; /* count + 1 of them: the last is the end */
    bool *bad;
    uint32_t count, cpus;
    double step_joules;
    const struct idle_table *table;
    const char *cannot;
};

/* Which package a reading is of, and a CPU; -1: unknown. One package alone has all CPUs. */
static int64_t package_of(const struct trace_about *about, uint32_t cpu, bool one)
{
    return one ? 0 : (int64_t)about->package[cpu] - 1;
}

static bool is_of(const struct trace_about *about, const struct trace_reading *reading, uint32_t package, bool one)
{
    return one || (reading->since ? package_of(about, reading->package, one) : (int64_t)reading->package) == package;
}

/* True where all readings come from one place, and no CPU is known to be elsewhere. */
static bool is_one_package(const struct trace_about *about, const struct trace_machine *machine)
{
    for (uint32_t i = 1; i < machine->readings; i++)
        if (machine->reading[i].package != machine->reading[0].package)
            return false;
    for (uint32_t c = 1; c < machine->cpus; c++)
        if (about->package[c] != about->package[0])
            return false;
    return true;
}

/* The energy between two readings; below 0 where a counter without a known range went back. */
static double joules_between(const struct trace_about *about, const struct trace_reading *last,
                             const struct trace_reading *now)
{
    uint64_t range = now->package < TRACE_PACKAGES_MAX ? about->energy_range_uj[now->package] : 0;

    if (now->since)
        return (double)now->count * PERF_JOULES;
    if (now->count >= last->count)
        return (double)(now->count - last->count) * 1e-6;
    return range > last->count ? (double)(range - last->count + now->count) * 1e-6 : -1;
}

static int by_size(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return a < b ? -1 : a > b;
}

/*
 * By how much the counter moves at least, where that is seen: its differences are few values again and again. Else 0.
 */
static bool find_step(struct meter *meter)
{
    double *joules = calloc(meter->count + 1, sizeof(*joules));
    uint32_t values = 0;

    if (!joules)
        return false;
    for (uint32_t i = 0; i < meter->count; i++)
        joules[i + 1] = meter->interval[i].joules;
    qsort(joules, meter->count + 1, sizeof(*joules), by_size);
    for (uint32_t i = 1; i <= meter->count; i++) {
        double gap = joules[i] - joules[i - 1];

        if (joules[i - 1] < 0 || gap < SAME_JOULES)
            continue;
        values++;
        meter->step_joules = meter->step_joules == 0 || gap < meter->step_joules ? gap : meter->step_joules;
    }
    if (values * FEW_VALUES > meter->count)
        meter->step_joules = 0;
    free(joules);
    return true;
}

static bool read_meter(struct meter *meter, const struct trace_about *about, const struct trace_machine *machine,
                       bool one)
{
    const struct trace_reading *last = NULL;

    meter->interval = calloc(machine->readings, sizeof(*meter->interval));
    meter->from_ns = calloc(machine->readings + 1, sizeof(*meter->from_ns));
    meter->bad = calloc(machine->readings, sizeof(*meter->bad));
    if (!meter->interval || !meter->from_ns || !meter->bad)
        return false;
    for (uint32_t i = 0; i < machine->readings; i++) {
        const struct trace_reading *now = &machine->reading[i];
        double joules;

        if (!is_of(about, now, meter->package, one) || (last && now->time_ns <= last->time_ns))
            continue;
        meter->from_ns[meter->count] = now->time_ns;
        if (last) {
            joules = joules_between(about, last, now);
            meter->interval[meter->count - 1].joules = joules;
            meter->bad[meter->count - 1] = joules < 0;
        }
        meter->count++;
        last = now;
    }
    meter->count -= meter->count > 0;
    return find_step(meter);
}

/* Adds a stretch of time to the column, or marks its intervals where it is unknown what the CPU did. */
static void add_time(struct meter *meter, uint32_t *at, int64_t from_ns, int64_t end_ns, uint32_t column, bool unknown)
{
    while (*at < meter->count && meter->from_ns[*at + 1] <= from_ns)
        ++*at;
    for (uint32_t i = *at; i < meter->count && meter->from_ns[i] < end_ns; i++) {
        int64_t low = from_ns > meter->from_ns[i] ? from_ns : meter->from_ns[i];
        int64_t high = end_ns < meter->from_ns[i + 1] ? end_ns : meter->from_ns[i + 1];

        if (high <= low)
            continue;
        meter->bad[i] |= unknown;
        meter->interval[i].seconds[column] += (double)(high - low) * S_PER_NS;
    }
}

static void add_cpu(struct meter *meter, const struct idle_table *table, FILE *passes)
{
    struct trace_pass pass;
    int64_t known_ns = INT64_MIN; /* up to where it is known what the CPU did */
    uint32_t at = 0;

    if (meter->table && !replay_same_states(meter->table, table))
        meter->cannot = "its CPUs have different states";
    meter->table = table;
    meter->cpus++;
    rewind(passes);
    while (fread(&pass, sizeof(pass), 1, passes) == 1) {
        if (pass.flags & TRACE_REFUSED)
            continue;
        if (known_ns == INT64_MIN || pass.flags & TRACE_AFTER_GAP)
            add_time(meter, &at, known_ns, pass.entry_ns, 0, true);
        else
            add_time(meter, &at, known_ns, pass.entry_ns, 0, false);
        add_time(meter, &at, pass.entry_ns, pass.exit_ns,
                 1 + (pass.state < table->count ? pass.state : table->count - 1), false);
        known_ns = pass.exit_ns;
    }
    add_time(meter, &at, known_ns, INT64_MAX, 0, true);
}

/* Leaves only what is known whole, as one row of intervals. */
static void drop_bad(struct meter *meter)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < meter->count; i++)
        if (!meter->bad[i])
            meter->interval[kept++] = meter->interval[i];
    meter->count = kept;
}

static const char *word_of(const struct energy_power *power)
{
    static const char *const WORDS[] = {
        [ENERGY_KNOWN] = "",
        [ENERGY_RARE] = "CPUs were hardly there",
        [ENERGY_CONSTANT] = "its share of the time did not vary on its own",
        [ENERGY_WIDE] = "the interval is too wide",
    };

    return WORDS[power->word];
}

static void print_fit(FILE *file, const struct meter *meter, const struct energy_fit *fit, double watts)
{
    const char *cannot = meter->cannot ? meter->cannot : fit->cannot;

    printf("power of package %" PRIu32 ": %.3f W on average", meter->package, watts);
    if (cannot) {
        printf("; by state: can't tell: %s (%" PRIu32 " intervals)\n", cannot, fit->intervals);
        fprintf(file, "%" PRIu32 ",all,%.6f,,,%s\n", meter->package, watts, cannot);
        return;
    }
    printf("; of a CPU by state, with its share of the package (%" PRIu32
           " intervals; %.0f %% of what varies is explained):\n",
           fit->intervals, 100 * fit->explained);
    fprintf(file, "%" PRIu32 ",all,%.6f,,,\n", meter->package, watts);
    for (uint32_t c = 0; c <= meter->table->count; c++) {
        const char *name = c ? meter->table->name[c - 1] : "busy";
        const struct energy_power *power = &fit->power[c];

        if (power->word != ENERGY_KNOWN) {
            printf("  %-8s can't tell: %s\n", name, word_of(power));
            fprintf(file, "%" PRIu32 ",%s,,,,%s\n", meter->package, name, word_of(power));
            continue;
        }
        printf("  %-8s %8.3f W, 95 %%: %.3f to %.3f\n", name, power->watts, power->low, power->high);
        fprintf(file, "%" PRIu32 ",%s,%.6f,%.6f,%.6f,\n", meter->package, name, power->watts, power->low, power->high);
    }
}

/* Whether sysfs said of any recorded CPU which package it is of. */
static bool packages_known(const struct trace_about *about, const struct trace_machine *machine)
{
    for (uint32_t c = 0; c < machine->cpus; c++)
        if (about->package[c])
            return true;
    return false;
}

static void fit_meter(FILE *file, struct meter *meter, const struct trace_about *about,
                      const struct trace_machine *machine)
{
    struct energy_fit fit = {.intervals = 0};
    double joules = 0, seconds = 0;

    for (uint32_t i = 0; i < meter->count; i++)
        if (meter->interval[i].joules >= 0) {
            joules += meter->interval[i].joules;
            seconds += (double)(meter->from_ns[i + 1] - meter->from_ns[i]) * S_PER_NS;
        }
    drop_bad(meter);
    if (about->some_cpus)
        meter->cannot = "not all CPUs were recorded";
    else if (!meter->table)
        meter->cannot =
            packages_known(about, machine) ? "no CPU of it is in the trace" : "which CPUs are of it is not known";
    else
        energy_fit(&fit, meter->interval, meter->count, 1 + meter->table->count, meter->step_joules);
    print_fit(file, meter, &fit, seconds > 0 ? joules / seconds : 0);
}

static bool write_package(FILE *file, const struct trace_about *about, struct trace_machine *machine, uint32_t package,
                          bool one)
{
    struct meter meter = {.package = package};
    bool good = read_meter(&meter, about, machine, one);

    for (uint32_t c = 0; good && meter.count > 0 && c < machine->cpus; c++)
        if (machine->cpu[c] && machine->cpu[c]->passes && trace_about_table(about, c) &&
            package_of(about, c, one) == (int64_t)package)
            add_cpu(&meter, trace_about_table(about, c), machine->cpu[c]->passes);
    if (good && meter.count > 0)
        fit_meter(file, &meter, about, machine);
    free(meter.interval);
    free(meter.from_ns);
    free(meter.bad);
    return good;
}

bool trace_energy_write(const char *folder, const struct trace_about *about, struct trace_machine *machine)
{
    char name[NAME_BYTES];
    bool one = is_one_package(about, machine), good = true;
    FILE *file;

    if (snprintf(name, sizeof(name), "%s/power.csv", folder) >= (int)sizeof(name))
        return false;
    remove(name);
    if (machine->readings < 2)
        return true;
    file = fopen(name, "w");
    if (!file)
        return false;
    fputs("package,state,watts,low,high,cannot\n", file);
    for (uint32_t p = 0; good && p < (one ? 1 : TRACE_PACKAGES_MAX); p++)
        good = write_package(file, about, machine, p, one);
    good &= !ferror(file);
    return fclose(file) == 0 && good;
}
