/* SPDX-License-Identifier: MIT */
/* idlelab cstates: the measurements of each C-state beside the figures in kernels' tables. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/rows/preflight_words.h"
#include "run/tool/command.h"
#include "run/tool/cstates/acpi.h"
#include "run/tool/cstates/judge.h"
#include "run/tool/cstates/linux.h"
#include "run/tool/cstates/paste.h"
#include "run/tool/show/text_table.h"

#define PIPE_WIDTH_COLUMNS 120
#define PREFLIGHT_INDENT   4
#define TITLE_COLUMNS      36
#define US(ns)             ((double)(ns) / 1000.0)

static void print_platform(const struct cstates_log *log, FILE *out)
{
    fprintf(out, "%s, family %" PRIu32 " model %" PRIx32 "h\n", log->cpu, log->place.family, log->place.model);
    if (log->table)
        fprintf(out, "Table: %s (%s)\n\n", log->table->name,
                kernel_source_name((enum kernel_source)log->table->source));
    else
        fputs("Table: none. A kernel takes this processor's states from ACPI _CST.\n\n", out);
}

/* For a guest, an unknown answer needs no explanation: such a check is not made there. */
static const char *explanation(const struct cstates_log *log, const struct cstates_check *check)
{
    const struct preflight_words *words = preflight_words(check->what);
    if (!words || check->state == PREFLIGHT_OK)
        return "";
    if (check->state == PREFLIGHT_SPOILS)
        return words->spoils;
    return log->guest ? "" : words->unknown;
}

static void print_preflight(const struct cstates_log *log, FILE *out, size_t width)
{
    if (log->check_count == 0)
        return;
    fputs("Before the numbers\n", out);
    for (uint32_t i = 0; i < log->check_count; i++) {
        const struct cstates_check *check = &log->checks[i];
        const struct preflight_words *words = preflight_words(check->what);
        const char *more = explanation(log, check);
        fprintf(out, "  %-11s  %-*s %s", preflight_states[check->state].meaning, TITLE_COLUMNS,
                words ? words->title : "", check->what);
        if (check->value)
            fprintf(out, " %" PRIx64 "h", check->value);
        if (check->cpus == 1)
            fprintf(out, " on CPU %" PRIu32, check->cpu);
        if (check->cpus > 1)
            fprintf(out, " on %" PRIu32 " CPUs from CPU %" PRIu32 " on", check->cpus, check->cpu);
        fputc('\n', out);
        if (more[0]) {
            fprintf(out, "%*s", PREFLIGHT_INDENT, "");
            print_wrapped(out, more, PREFLIGHT_INDENT, PREFLIGHT_INDENT, width);
        }
    }
    if (log->guest)
        fputs("  A guest's registers are not the machine's: they are not read.\n", out);
    fputc('\n', out);
}

static void set_verdict(struct table *table, const struct cstates_state *state, const struct cstates_measure *measure)
{
    if (state->table)
        table_set(table, 6, "%u", (unsigned)state->table->exit_us);
    if (measure != state->measure)
        return;
    if (state->withheld)
        table_set(table, 7, "%s", state->withheld);
    else
        table_set(table, 7, "%s (%s)", table_verdict_name(state->judgement.verdict),
                  confidence_word(state->judgement.confidence));
}

static void print_exits(const struct cstates_log *log, const struct cstates_state *states, size_t count, FILE *out,
                        size_t width)
{
    static const struct table_column columns[] = {
        {"exit latency, us", false, 0},
        {"by", false, 0},
        {"others", false, 2},
        {"n", true, 1},
        {"p50", true, 0},
        {"p99", true, 0},
        {"table", true, 0},
        {"verdict", false, 0},
        {"entered", false, 3},
    };
    struct table table;
    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < count; i++)
        for (uint32_t m = 0; m < log->measure_count; m++) {
            const struct cstates_measure *measure = &log->measures[m];
            struct table_quantile p50, p99;

            if (!cstates_same(&measure->request, &states[i].request) || !table_add_row(&table))
                continue;
            p50 = cstates_ns(log, &measure->p50);
            p99 = cstates_ns(log, &measure->p99);
            table_set(&table, 0, "  %s", states[i].name);
            table_set(&table, 1, "%s%s", measure->by, measure == states[i].measure ? "*" : "");
            table_set(&table, 2, "%s", measure->others);
            table_set(&table, 3, "%" PRIu64, measure->n);
            table_set(&table, 4, "%.2f", US(p50.value));
            table_set(&table, 5, "%.2f", US(p99.value));
            set_verdict(&table, &states[i], measure);
            table_set(&table, 8, "%s", measure->entered);
        }
    if (table.row_count > 0) {
        table_print(&table, out, width);
        fputs("  * is judged, because it is the slowest: a timer may be known ahead, a remote wake keeps a "
              "package awake\n",
              out);
    } else
        fputs("No exit latency in this log: `cstate` measures it.\n", out);
    table_free(&table);
}

static void set_pair(struct table *table, size_t column, const struct cstates_pair *pair)
{
    if (!pair)
        return;
    if (pair->outcome == CROSSING_FOUND)
        table_set(table, column, "%.0f (%.0f to %.0f)", US(pair->at_ns), US(pair->low_ns), US(pair->high_ns));
    else if (pair->outcome == CROSSING_BELOW)
        table_set(table, column, "at most %.0f", US(pair->high_ns));
    else if (pair->outcome == CROSSING_ABOVE)
        table_set(table, column, "at least %.0f", US(pair->low_ns));
    else if (pair->outcome == CROSSING_SEVERAL)
        table_set(table, column, "%.0f to %.0f, changes sides", US(pair->low_ns), US(pair->high_ns));
    else
        table_set(table, column, "don't know");
}

static void set_target_verdict(struct table *table, const struct cstates_log *log, const struct cstates_state *state)
{
    const struct cstates_pair *pair = state->energy;
    int64_t table_ns;

    if (!pair || !state->table)
        return;
    table_ns = (int64_t)state->table->target_us * 1000;
    table_set(table, 4, "%u", (unsigned)state->table->target_us);
    if (log->guest)
        table_set(table, 5, "unverified, emulated");
    else if (pair->outcome == CROSSING_FOUND)
        table_set(table, 5, "%s",
                  table_ns < pair->low_ns    ? "too short: entered where it loses"
                  : table_ns > pair->high_ns ? "long: entered later than it pays"
                                             : "agrees");
    else if (pair->outcome == CROSSING_ABOVE && table_ns < pair->low_ns)
        table_set(table, 5, "too short: entered where it loses");
}

/* The name of the state that a row's word means. */
static const char *name_of(const struct cstates_state *states, size_t count, const char *word)
{
    struct cstates_request request;
    for (size_t i = 0; i < count && cstates_request_of(word, &request); i++)
        if (cstates_same(&states[i].request, &request))
            return states[i].name;
    return word;
}

static void print_targets(const struct cstates_log *log, const struct cstates_state *states, size_t count, FILE *out,
                          size_t width)
{
    static const struct table_column columns[] = {
        {"target residency, us", false, 0}, {"against", false, 1}, {"by energy", false, 0},
        {"by latency alone", false, 2},     {"table", true, 0},    {"verdict", false, 0},
    };
    struct table table;
    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < count; i++) {
        const struct cstates_pair *pair = states[i].energy ? states[i].energy : states[i].bound;
        if (!pair || !table_add_row(&table))
            continue;
        table_set(&table, 0, "  %s", states[i].name);
        table_set(&table, 1, "%s", name_of(states, count, pair->from));
        set_pair(&table, 2, states[i].energy);
        set_pair(&table, 3, states[i].bound);
        set_target_verdict(&table, log, &states[i]);
    }
    if (table.row_count > 0) {
        fputc('\n', out);
        table_print(&table, out, width);
    } else
        fputs("No target residency in this log: `breakeven` measures it.\n", out);
    table_free(&table);
}

static void print_notes(const struct cstates_log *log, const struct cstates_state *states, size_t count, FILE *out)
{
    if (log->guest)
        fputs("\nA hypervisor or emulator was there: its times, no verdict on the table.\n", out);
    for (size_t i = 0; i < count; i++)
        if (states[i].prewake_may_hide)
            fprintf(out,
                    "\n%s was woken by its own timer only: the processor may wake ahead of it, so "
                    "the measured latency may be too short (pre-wake).\n",
                    states[i].name);
}

enum output { OUTPUT_TABLES, OUTPUT_C, OUTPUT_CSV };
enum { CORES_MAX = 4 };

/* What was measured on one type of core. */
static void print_tables(const struct cstates_log *log, const char *core, FILE *out, size_t width)
{
    static struct cstates_log part;
    struct cstates_state states[CSTATES_STATES_MAX];
    size_t count;

    cstates_of_core(log, core, &part);
    count = cstates_judge(&part, states);
    if (core[0])
        fprintf(out, "\n%s-cores\n", core);
    print_exits(&part, states, count, out, width);
    print_targets(&part, states, count, out, width);
    cstates_print_acpi(&part, states, count, out, width);
    print_notes(&part, states, count, out);
}

static int print_all(const struct cstates_log *log, FILE *out, size_t width)
{
    char cores[CORES_MAX][CSTATES_CORE_BYTES];
    uint32_t count = cstates_cores(log, cores, CORES_MAX);

    print_platform(log, out);
    print_preflight(log, out, width);
    for (uint32_t i = 0; i < count; i++)
        print_tables(log, cores[i], out, width);
    return TOOL_PASS;
}

/* A kernel has one table, and so has replay: of a hybrid it must be said whose. */
static int paste(const struct cstates_log *log, enum output output, const char *core)
{
    static struct cstates_log part;
    char cores[CORES_MAX][CSTATES_CORE_BYTES];
    struct cstates_state states[CSTATES_STATES_MAX];
    uint32_t types = cstates_cores(log, cores, CORES_MAX);
    size_t count;

    if (types > 1 && !core)
        return command_usage(&COMMAND_CSTATES, "the log has cores of several types: expected --core P or --core E");
    cstates_of_core(log, core ? core : cores[0], &part);
    count = cstates_judge(&part, states);
    if (output == OUTPUT_C)
        cstates_paste_c(&part, states, count, stdout);
    else if (!cstates_paste_csv(&part, states, count, stdout))
        return TOOL_FAIL;
    return TOOL_PASS;
}

static int run_cstates(int argc, char **argv)
{
    static const struct option options[] = {{"c", no_argument, NULL, 'c'},
                                            {"csv", no_argument, NULL, 's'},
                                            {"core", required_argument, NULL, 'o'},
                                            {NULL, 0, NULL, 0}};
    enum output output = OUTPUT_TABLES;
    const char *core = NULL;
    int option;
    static struct cstates_log log;
    struct load_result result;
    struct model model;
    int code;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == '?')
            return command_usage(&COMMAND_CSTATES, "unknown option");
        if (option == 'o')
            core = optarg;
        else
            output = option == 'c' ? OUTPUT_C : OUTPUT_CSV;
    }
    if (argc - optind != 1)
        return command_usage(&COMMAND_CSTATES, "expected one LOG");
    model_init(&model, MODEL_LIMIT_BYTES);
    if (!cstates_read(argv[optind], &model, &result, &log)) {
        model_free(&model);
        return TOOL_USAGE;
    }
    if (model.run_count &&
        cstates_print_linux(&model, &model.runs[model.run_count - 1], output == OUTPUT_TABLES ? stdout : stderr,
                            terminal_width(stdout, PIPE_WIDTH_COLUMNS)))
        code = output == OUTPUT_TABLES ? TOOL_PASS : TOOL_FAIL;
    else if (output == OUTPUT_TABLES)
        code = print_all(&log, stdout, terminal_width(stdout, PIPE_WIDTH_COLUMNS));
    else
        code = paste(&log, output, core);
    model_free(&model);
    return code ? code : (int)result.exit;
}

const struct command COMMAND_CSTATES = {
    "cstates",
    run_cstates,
    "[--c | --csv] [--core P|E] LOG",
    "C-states as measured, beside the figures in kernels' tables",
    "  --c    the measured table as an initialiser for intel_idle\n"
    "  --csv  the measured table as `idlelab replay --table` reads it\n"
    "  --core which cores' table that is, where the processor has several types\n",
};
