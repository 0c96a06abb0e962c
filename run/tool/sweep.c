/* SPDX-License-Identifier: MIT */
/*
 * idlelab sweep: the same steps in several logs, one line a log: what a setting of the host changes. The others are
 * compared with the first log.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/command.h"
#include "run/tool/log/load.h"
#include "run/tool/model/measure.h"
#include "run/tool/model/host.h"
#include "run/tool/show/text_table.h"
#include "run/tool/sweep_difference.h"

#define WIDTH_PIPED   160
#define LOGS_MAX      64
#define NAME_CHARS    64
#define FINDING_CHARS 150

enum column {
    COLUMN_LOG,
    COLUMN_N,
    COLUMN_REJECTED,
    COLUMN_P50,
    COLUMN_CHANGE,
    COLUMN_P99,
    COLUMN_P999,
    COLUMN_MAX,
    COLUMN_HALTS,
    COLUMN_POLLED,
    COLUMN_ASLEEP,
    COLUMN_VERDICT,
};

static const struct table_column COLUMNS[] = {
    {"", false, 0},
    {"n", true, 3},
    {"rej", true, 2},
    {"p50", true, 0},
    {"to first", true, 0},
    {"p99", true, 0},
    {"p99.9", true, 4},
    {"max", true, 5},
    {"halt_exits", true, 6},
    {"polled", true, 7},
    {"asleep in host", true, 7},
    {"verdict", false, 1},
};

struct sweep {
    struct model models[LOGS_MAX];
    char names[LOGS_MAX][NAME_CHARS];
    size_t log_count;
    struct table table;
};

/* The file's name without its folder and ".log". */
static void name_log(char *name, const char *path)
{
    const char *base = strrchr(path, '/');
    size_t bytes;

    snprintf(name, NAME_CHARS, "%s", base ? base + 1 : path);
    bytes = strlen(name);
    if (bytes > 4 && strcmp(name + bytes - 4, ".log") == 0)
        name[bytes - 4] = '\0';
}

static struct model_step *step_in(struct sweep *sweep, size_t log, const char *name)
{
    struct model *model = &sweep->models[log];
    return model->run_count > 0 ? model_step_by_name(&model->runs[0], name) : NULL;
}

static double shown_p50(struct sweep *sweep, size_t log, const char *name)
{
    const struct model_step *step = step_in(sweep, log, name);
    const struct model_metric *metric = step ? model_main_metric(step) : NULL;
    const struct model_quantile *p50 = metric ? model_quantile(metric, "p50") : NULL;
    return p50 ? (double)p50->value * measure_of(&sweep->models[log].runs[0], metric->unit, false).factor : 0;
}

static void set_scaled(struct table *table, enum column column, struct measure measure, int64_t value)
{
    char text[MEASURE_CHARS];
    table_set(table, column, "%s", measure_scaled(text, measure, (double)value * measure.factor));
}

static void set_metric(struct sweep *sweep, size_t log, const struct model_step *step)
{
    struct measure measure;

    static const struct {
        enum column column;
        const char *quantile;
    } cells[] = {{COLUMN_P50, "p50"}, {COLUMN_P99, "p99"}, {COLUMN_P999, "p99.9"}};
    struct table *table = &sweep->table;
    const struct model_metric *metric = model_main_metric(step);
    double first = shown_p50(sweep, 0, step->name), own = shown_p50(sweep, log, step->name);
    if (!metric)
        return;
    measure = measure_of(&sweep->models[log].runs[0], metric->unit, false);
    table_set(table, COLUMN_N, "%" PRIu64, metric->n);
    for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        const struct model_quantile *quantile = model_quantile(metric, cells[i].quantile);
        /* p99 and maximum of differences are no instruction's. */
        if (quantile && (cells[i].column == COLUMN_P50 || !measure_is_difference(metric)))
            set_scaled(table, cells[i].column, measure, quantile->value);
    }
    if (metric->has_summary && metric->n > 0 && !measure_is_difference(metric))
        set_scaled(table, COLUMN_MAX, measure, metric->max);
    if (log > 0 && first > 0 && model_quantile(metric, "p50"))
        table_set(table, COLUMN_CHANGE, "%+.1f%%", (own / first - 1) * 100);
}

/* What KVM counted, over all vCPUs. */
static void set_host(struct table *table, const struct model_step *step)
{
    int64_t halts, tried, polled, asleep_ns;
    char text[MEASURE_CHARS];

    if (!model_host_total(step, "kvm", "halt_exits", &halts) ||
        !model_host_total(step, "kvm", "halt_attempted_poll", &tried) ||
        !model_host_total(step, "kvm", "halt_successful_poll", &polled) ||
        !model_host_total(step, "kvm", "halt_wait_ns", &asleep_ns))
        return;
    table_set(table, COLUMN_HALTS, "%" PRId64, halts);
    table_set(table, COLUMN_POLLED, "%" PRId64 "/%" PRId64, polled, tried);
    table_set(table, COLUMN_ASLEEP, "%s", measure_scaled(text, (struct measure){1, "ns"}, (double)asleep_ns));
}

static void add_log(struct sweep *sweep, size_t log, const char *name)
{
    struct table *table = &sweep->table;
    const struct model_step *step = step_in(sweep, log, name);
    if (!table_add_row(table))
        return;
    table_set(table, COLUMN_LOG, "%s", sweep->names[log]);
    if (!step) {
        table_set(table, COLUMN_VERDICT, "not in this log");
        return;
    }
    set_metric(sweep, log, step);
    table_set(table, COLUMN_REJECTED, "%" PRIu64, model_rejected(step));
    set_host(table, step);
    table_set(table, COLUMN_VERDICT, "%s%s%.40s",
              !step->verdict.seen  ? "none"
              : step->verdict.skip ? "skip"
              : step->verdict.ok   ? "pass"
                                   : "FAIL",
              !step->verdict.seen || (step->verdict.ok && !step->verdict.skip) ? "" : ": ",
              !step->verdict.seen || (step->verdict.ok && !step->verdict.skip) ? "" : step->verdict.detail);
}

/* What each log concludes in this step. */
static void add_findings(struct sweep *sweep, const char *name)
{
    for (size_t log = 0; log < sweep->log_count; log++) {
        const struct model_step *step = step_in(sweep, log, name);
        for (size_t i = 0; step && i < step->finding_count; i++)
            table_add_heading(&sweep->table, "  %s: %.*s%s%s%s", sweep->names[log], FINDING_CHARS,
                              step->findings[i].text, step->findings[i].conf[0] ? " (" : "", step->findings[i].conf,
                              step->findings[i].conf[0] ? ")" : "");
    }
}

/* What else differs from the first log: the host's settings, and what its survey, the step of that name, says. */
static void add_difference(struct sweep *sweep, const char *survey)
{
    const struct sweep_side first = {&sweep->models[0], sweep->names[0]};
    bool headed = false;

    for (size_t log = 1; log < sweep->log_count; log++) {
        const struct sweep_side other = {&sweep->models[log], sweep->names[log]};

        if (survey)
            sweep_survey(&sweep->table, &headed, first, other, survey);
        else
            sweep_settings(&sweep->table, &headed, first, other);
    }
}

/* True where an earlier log has the step too. */
static bool is_known(struct sweep *sweep, size_t log, const char *name)
{
    for (size_t i = 0; i < log; i++)
        if (step_in(sweep, i, name))
            return true;
    return false;
}

static void print_sweep(struct sweep *sweep)
{
    table_init(&sweep->table, COLUMNS, sizeof(COLUMNS) / sizeof(COLUMNS[0]));
    add_difference(sweep, NULL);
    for (size_t log = 0; log < sweep->log_count; log++) {
        const struct model *model = &sweep->models[log];
        for (size_t s = 0; model->run_count > 0 && s < model->runs[0].step_count; s++) {
            const char *name = model->runs[0].steps[s].name;
            if (is_known(sweep, log, name))
                continue;
            if (strcmp(model->runs[0].steps[s].exp, "survey") == 0) {
                add_difference(sweep, name);
                continue;
            }
            table_add_heading(&sweep->table, "-- %s", name);
            for (size_t i = 0; i < sweep->log_count; i++)
                add_log(sweep, i, name);
            add_findings(sweep, name);
        }
    }
    table_print(&sweep->table, stdout, terminal_width(stdout, WIDTH_PIPED));
    table_free(&sweep->table);
    puts("\nOne boot a line: a difference as small as between two boots of one setting means nothing.");
}

static int run_sweep(int argc, char **argv)
{
    int code = TOOL_PASS;
    struct sweep *sweep;

    if (argc < 2 || argv[1][0] == '-' || argc - 1 > LOGS_MAX)
        return command_usage(&COMMAND_SWEEP, "expected 1 to 64 logs");
    sweep = calloc(1, sizeof(*sweep));
    if (!sweep)
        return TOOL_USAGE;
    for (int i = 1; i < argc && code != TOOL_USAGE; i++) {
        struct load_options options = {0};
        struct load_result result;
        size_t log = sweep->log_count++;
        model_init(&sweep->models[log], MODEL_LIMIT_BYTES);
        name_log(sweep->names[log], argv[i]);
        if (!load_log(argv[i], &options, &sweep->models[log], &result))
            code = TOOL_USAGE;
        else if ((int)result.exit > code)
            code = (int)result.exit;
    }
    if (code != TOOL_USAGE)
        print_sweep(sweep);
    for (size_t i = 0; i < sweep->log_count; i++)
        model_free(&sweep->models[i]);
    free(sweep);
    return code;
}

const struct command COMMAND_SWEEP = {
    "sweep", run_sweep, "LOG...", "compare the steps of several logs with those of the first", "",
};
