/* SPDX-License-Identifier: MIT */
#include "run/tool/log/load.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run/log/problem.h"
#include "run/log/reader.h"
#include "run/tool/log/progress.h"
#include "run/tool/model/raw_check.h"
#include "run/tool/model/record.h"
#include "run/tool/log/source.h"

#define READ_BYTES            (256 * 1024)
#define WAIT_MS               200
#define PROBLEM_LINES_DEFAULT 20

struct loader {
    const char *name;
    const struct load_options *options;
    struct model *model;
    struct log_reader *reader;
    uint64_t line; /* of the record that is being taken */
    uint64_t problem_lines;
    struct progress progress;
    struct raw_check raw;
};

static void on_begin(void *ctx, const char *run_id)
{
    struct loader *loader = ctx;
    model_take_begin(loader->model, run_id);
}

static void on_record(void *ctx, const struct log_item *item, uint64_t line, uint64_t column)
{
    struct loader *loader = ctx;
    struct model_error error;
    loader->line = line;
    if (model_take_record(loader->model, item, &error)) {
        if (loader->options->on_record)
            loader->options->on_record(loader->options->record_ctx, item);
        return;
    }
    log_reader_complain(loader->reader, LOG_PROBLEM_JSON, line,
                        column + (uint64_t)(item->json - item->text) + strlen("# IL ") +
                            (error.column ? error.column - 1 : 0),
                        "record %04x: %s", item->seq, error.text);
}

static void on_raw(void *ctx, struct model *model, struct model_step *step, uint64_t index,
                   const struct sample *samples, size_t count)
{
    struct loader *loader = ctx;
    raw_check_take(&loader->raw, model, step, loader->line, samples, count);
    if (loader->options->on_raw)
        loader->options->on_raw(loader->options->raw_ctx, model, step, index, samples, count);
}

static void on_plan(void *ctx, uint64_t count)
{
    model_take_plan(((struct loader *)ctx)->model, count);
}

static void on_verdict(void *ctx, const struct log_item *item)
{
    model_take_verdict(((struct loader *)ctx)->model, item);
}

static void on_end(void *ctx, enum record_result result)
{
    model_take_end(((struct loader *)ctx)->model, result);
}

/* "file:line:column: kind: text", as compilers say it. */
static void on_problem(void *ctx, const struct log_problem *problem)
{
    struct loader *loader = ctx;
    uint64_t most = loader->options->problem_lines_max;
    FILE *out;

    /* The cause of all the others is said, however many they are. */
    if (loader->options->quiet ||
        (problem->kind != LOG_PROBLEM_CAPTURE && loader->problem_lines++ >= (most ? most : PROBLEM_LINES_DEFAULT)))
        return;
    out = loader->options->problems ? loader->options->problems : stderr;
    progress_clear(&loader->progress);
    fprintf(out, "%s:", loader->name);
    if (problem->line)
        fprintf(out, "%" PRIu64 ":", problem->line);
    if (problem->column)
        fprintf(out, "%" PRIu64 ":", problem->column);
    fprintf(out, " %s: %s\n", log_problem_name(problem->kind), problem->text);
}

/* Reads until the end, or the END of a live run. Returns false on a read error. */
static bool read_all(struct loader *loader, struct source *source)
{
    char *buffer = malloc(READ_BYTES);
    ssize_t n;

    if (!buffer)
        return false;
    n = 1;
    while (n != 0) {
        n = source_read(source, buffer, READ_BYTES, WAIT_MS);
        if (n > 0)
            log_reader_feed(loader->reader, buffer, (size_t)n);
        progress_show(&loader->progress, loader->model);
        if (n == -1)
            break;
        /* A live source may stay open for ever: the END of the run ends the reading. */
        if (n == SOURCE_NOTHING_YET && log_reader_at_end(loader->reader))
            break;
    }
    free(buffer);
    progress_clear(&loader->progress);
    return n != -1;
}

/* The exit code that the runs and the problems give. */
static enum tool_exit exit_of(const struct model *model, const struct log_counts *counts)
{
    if (counts->problem_total > 0)
        return TOOL_LOSS;
    for (size_t i = 0; i < model->run_count; i++)
        if (model->runs[i].result != RECORD_PASS)
            return TOOL_FAIL;
    return TOOL_PASS;
}

/* Checks and counts when the whole log has been read. */
static void finish(struct loader *loader, struct load_result *result)
{
    struct model *model = loader->model;
    uint64_t most;

    log_reader_finish(loader->reader);
    raw_check_finish(&loader->raw, model, loader->reader);
    raw_check_free(&loader->raw);
    model->on_raw = NULL;
    model->raw_ctx = NULL;
    if (model->pool.refused)
        log_reader_complain(loader->reader, LOG_PROBLEM_JSON, 0, 0, "the log holds more than the tool keeps (%zu MiB)",
                            model->pool.limit_bytes >> 20);
    if (model->left_out)
        log_reader_complain(loader->reader, LOG_PROBLEM_JSON, 0, 0, "the log holds more %s than the tool keeps (%zu)",
                            model->left_out, model->left_out_most);
    result->counts = loader->reader->counts;
    result->exit = exit_of(model, &result->counts);
    log_reader_free(loader->reader);
    most = loader->options->problem_lines_max;
    most = most ? most : PROBLEM_LINES_DEFAULT;
    if (!loader->options->quiet && loader->problem_lines > most)
        fprintf(loader->options->problems ? loader->options->problems : stderr, "%s: and %" PRIu64 " more\n",
                loader->name, loader->problem_lines - most);
}

bool load_log(const char *name, const struct load_options *options, struct model *model, struct load_result *result)
{
    struct loader loader = {
        .name = strcmp(name, "-") == 0 ? "(standard input)" : name, .options = options, .model = model};
    const struct log_events events = {.ctx = &loader,
                                      .on_begin = on_begin,
                                      .on_record = on_record,
                                      .on_plan = on_plan,
                                      .on_verdict = on_verdict,
                                      .on_end = on_end,
                                      .on_problem = on_problem};
    struct source source;
    char error[512];
    bool read_well;

    if (!source_open(&source, name, options->follow, error, sizeof(error))) {
        fprintf(stderr, "idlelab: %s\n", error);
        return false;
    }
    model->on_raw = on_raw;
    /* cppcheck-suppress autoVariables ; finish() takes it out again */
    model->raw_ctx = &loader;
    loader.reader = log_reader_new(&events, SEQ_WINDOW_DEFAULT_COUNT);
    if (!loader.reader) {
        source_close(&source);
        fprintf(stderr, "idlelab: no memory for the log reader\n");
        return false;
    }
    progress_init(&loader.progress, options->progress && source.live);
    read_well = read_all(&loader, &source);
    if (!read_well)
        fprintf(stderr, "idlelab: %s: %s\n", loader.name, strerror(errno));
    finish(&loader, result);
    source_close(&source);
    return read_well;
}
