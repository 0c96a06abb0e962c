/* SPDX-License-Identifier: MIT */
/* idlelab replay: a trace of idle periods through an idle governor, or through several of them side by side. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/command.h"
#include "run/tool/log/load.h"
#include "run/tool/replay/lane.h"
#include "run/tool/replay/options.h"
#include "run/tool/replay/print.h"
#include "run/tool/whole_file.h"

enum {
    LANES_MAX = 16,
    GOVERNOR_WORD_BYTES = 32,
};

struct lanes {
    struct replay_lane lane[LANES_MAX];
    char name[LANES_MAX][GOVERNOR_WORD_BYTES];
    uint32_t count;
    struct replay_output output;
};

/* Opens `name` for reading, - for standard input. NULL, having said why. */
static FILE *open_input(const char *name)
{
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");

    if (!file)
        fprintf(stderr, "idlelab replay: %s: %s\n", name, strerror(errno));
    return file;
}

static void close_input(FILE *file)
{
    if (file != stdin)
        fclose(file);
}

static bool read_table(const char *name, struct idle_table *table)
{
    struct replay_csv csv;
    FILE *file = open_input(name);
    bool good;

    if (!file)
        return false;
    replay_csv_open(&csv, file, name);
    good = replay_csv_table(&csv, table) == REPLAY_CSV_OK;
    close_input(file);
    if (!good)
        fprintf(stderr, "idlelab replay: %s\n", csv.error);
    return good;
}

static void say_governors(void)
{
    fputs("governors:\n", stderr);
    for (uint32_t g = 0; g < governor_count(); g++)
        fprintf(stderr, "  %s%-*s %s\n", governor_at(g)->name, 16 - (int)strlen(governor_at(g)->name),
                governor_at(g)->needs_argument ? ":STATE" : "", governor_at(g)->title);
}

static bool add_lane(struct lanes *lanes, const char *word, const struct idle_table *table,
                     const struct replay_setup *setup)
{
    const char *argument;
    const struct governor *governor = governor_find(word, &argument);
    const char *why = "there is no such governor";

    if (governor && lanes->count < LANES_MAX)
        why = replay_lane_start(&lanes->lane[lanes->count], governor, argument, table, setup);
    else if (governor)
        why = "at most 16 governors at a time";
    if (why) {
        fprintf(stderr, "idlelab replay: governor '%s': %s\n", word, why);
        if (!governor)
            say_governors();
        return false;
    }
    snprintf(lanes->name[lanes->count], GOVERNOR_WORD_BYTES, "%s", word);
    lanes->count++;
    return true;
}

/* Those of the list; with `all`, those that can run with this table without an argument. */
static bool add_lanes(struct lanes *lanes, const struct replay_request *request, const struct idle_table *table)
{
    char word[GOVERNOR_WORD_BYTES];
    const char *from = request->governors;
    size_t bytes;

    if (strcmp(from, "all") == 0) {
        for (uint32_t g = 0; g < governor_count(); g++)
            if (!governor_at(g)->needs_argument)
                add_lane(lanes, governor_at(g)->name, table, &request->setup);
        return lanes->count > 0;
    }
    for (;; from += bytes + 1) {
        bytes = strcspn(from, ",");
        snprintf(word, sizeof(word), "%.*s", bytes > INT16_MAX ? INT16_MAX : (int)bytes, from);
        if (!add_lane(lanes, word, table, &request->setup))
            return false;
        if (!from[bytes])
            return true;
    }
}

static enum tool_exit replay_trace(struct replay_csv *csv, struct lanes *lanes)
{
    replay_sink *sink = lanes->count == 1 ? replay_print_pass : NULL;
    struct replay_row row;
    enum replay_csv_result result = replay_csv_trace(csv);

    while (result == REPLAY_CSV_OK && (result = replay_csv_row(csv, &row)) == REPLAY_CSV_OK)
        for (uint32_t i = 0; i < lanes->count; i++) {
            uint32_t state;
            const char *wrong = replay_lane_row(&lanes->lane[i], &row, sink, &lanes->output, &state);

            if (wrong) {
                fprintf(stderr,
                        "idlelab replay: %s:%" PRIu64 ": governor '%s': state %" PRIu32 " of 0 to %" PRIu32 ": %s\n",
                        csv->name, csv->line, lanes->name[i], state, lanes->lane[i].run.loop.table->count - 1, wrong);
                return TOOL_FAIL;
            }
        }
    if (result != REPLAY_CSV_BAD)
        return TOOL_PASS;
    fprintf(stderr, "idlelab replay: %s\n", csv->error);
    return TOOL_USAGE;
}

static bool write_metrics(const char *name, const struct replay_lane *lane)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    bool good = out != NULL;

    if (out) {
        replay_print_metrics(out, lane);
        good = fclose(out) == 0 && whole_file_write(name, text, bytes);
    }
    free(text);
    if (!good)
        fprintf(stderr, "idlelab replay: %s: %s\n", name, strerror(errno));
    return good;
}

static enum tool_exit replay_all(const struct replay_request *request, struct lanes *lanes)
{
    struct replay_csv csv;
    FILE *file = open_input(request->trace);
    enum tool_exit code;

    if (!file)
        return TOOL_USAGE;
    replay_csv_open(&csv, file, request->trace);
    if (lanes->count == 1) {
        lanes->output.file = stdout;
        replay_print_header(stdout);
    }
    code = replay_trace(&csv, lanes);
    if (lanes->count == 1)
        replay_print_rest(&lanes->output);
    close_input(file);
    if (code != TOOL_PASS)
        return code;
    if (lanes->count > 1) {
        replay_print_summary_header(stdout);
        for (uint32_t i = 0; i < lanes->count; i++)
            replay_print_summary(stdout, lanes->name[i], &lanes->lane[i]);
    }
    if (request->metrics && !write_metrics(request->metrics, &lanes->lane[0]))
        return TOOL_USAGE;
    return TOOL_PASS;
}

static int run_replay(int argc, char **argv)
{
    struct replay_request request;
    const char *wrong = replay_options(&request, argc, argv);
    struct idle_table table;
    struct lanes *lanes;
    enum tool_exit code = TOOL_USAGE;

    if (wrong)
        return command_usage(&COMMAND_REPLAY, wrong);
    if (!read_table(request.table, &table))
        return TOOL_USAGE;
    lanes = calloc(1, sizeof(*lanes));
    if (!lanes) {
        perror("idlelab replay");
        return TOOL_USAGE;
    }
    if (add_lanes(lanes, &request, &table)) {
        /* One governor's decisions are printed, and no summary. */
        request.setup.unpriced = lanes->count == 1;
        code = replay_all(&request, lanes);
    }
    free(lanes);
    return (int)code;
}

const struct command COMMAND_REPLAY = {
    "replay",
    run_replay,
    "--governor G[,G...]|all --table T.csv --trace F.csv [--closed] [--nohz=off] [--limit NS] "
    "[--hz N] [--metrics M.csv]",
    "run a trace of idle periods through an idle governor",
    "  --governor G    menu, menu-6.12, menu-6.1, teo, teo-6.12, teo-6.1, ladder, haltpoll, poll,\n"
    "                  fixed:STATE, oracle;\n"
    "                  one: its decisions as CSV; several, or all: one line of figures each\n"
    "  --table T.csv   the idle states\n"
    "  --trace F.csv   the periods; - is standard input\n"
    "  --closed        repeat passes until the recorded event; else one pass a row\n"
    "  --nohz=off      the tick cannot be stopped\n"
    "  --limit NS      latency limit; a row's own holds where it is lower\n"
    "  --hz N          ticks a second, 250\n"
    "  --metrics FILE  the counters of every state (one governor)\n",
};
