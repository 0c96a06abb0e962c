/* SPDX-License-Identifier: MIT */
/*
 * Every golden decision and counter of the idle governors (tests/golden/governors/README.md). Runs in the project's
 * folder.
 */
// UNIT_EXTRA: lib/governor/*.c run/tool/replay/lane.c run/tool/replay/csv.c run/tool/replay/line.c run/tool/replay/print.c
#include <inttypes.h>
#include <stdlib.h>

#include "lib/crc.h"
#include "run/tool/replay/lane.h"
#include "run/tool/replay/print.h"
#include "tests/unit/tap.h"

#define FOLDER "tests/golden/governors/"

enum {
    TICK_NS = 4000000,
    WORD_BYTES = 32,
    LINE_BYTES = 160,
    CASES = 331, /* a lost file must not pass for a good one */
};

static const char *const GOVERNORS[] = {"menu-7.2", "menu-6.12", "menu-6.1", "teo-7.2",
                                        "teo-6.12", "teo-6.1",   "ladder",   "haltpoll"};

struct golden {
    FILE *file;
    char mode[WORD_BYTES], table[WORD_BYTES], trace[WORD_BYTES];
    uint64_t passes;
    uint32_t crc;
};

/* What has been replayed of a case. */
struct progress {
    struct golden *golden;
    uint64_t passes;
    uint32_t crc;
    int64_t wrong_period; /* of the first wrong decision, -1 for none */
    char got, want;
};

static void add_text(struct progress *progress, const char *text)
{
    progress->crc = crc32_update(progress->crc, text, strlen(text));
}

/* The next character of the golden decisions, over the ends of lines; 0 past the last pass. */
static char next_golden(struct progress *progress)
{
    int byte = '\n';

    while (progress->passes < progress->golden->passes && byte == '\n')
        byte = fgetc(progress->golden->file);
    return byte == '\n' || byte == EOF ? 0 : (char)byte;
}

static void take_pass(void *context, const struct replay_pass *pass)
{
    struct progress *progress = context;
    char text[REPLAY_PASS_BYTES];
    char got = (char)('0' + 4 * pass->choice.state + 2 * pass->choice.stop_tick + pass->choice.queried);
    char want = next_golden(progress);

    if (got != want && progress->wrong_period < 0) {
        progress->wrong_period = pass->period;
        progress->got = got;
        progress->want = want;
    }
    replay_format_pass(text, pass);
    add_text(progress, text);
    add_text(progress, "\n");
    progress->passes++;
}

static FILE *open_csv(struct replay_csv *csv, char *path, const char *folder, const char *name)
{
    FILE *file;

    snprintf(path, LINE_BYTES, FOLDER "%s/%s.csv", folder, name);
    file = fopen(path, "r");
    if (file)
        replay_csv_open(csv, file, path);
    return file;
}

static bool load_table(const char *name, struct idle_table *table)
{
    struct replay_csv csv;
    char path[LINE_BYTES];
    FILE *file = open_csv(&csv, path, "tables", name);
    bool good = file && replay_csv_table(&csv, table) == REPLAY_CSV_OK;

    if (file)
        fclose(file);
    return good;
}

static bool run_trace(const char *name, struct replay_lane *lane, struct progress *progress)
{
    struct replay_csv csv;
    struct replay_row row;
    char path[LINE_BYTES];
    FILE *file = open_csv(&csv, path, "traces", name);
    enum replay_csv_result result = file ? replay_csv_trace(&csv) : REPLAY_CSV_BAD;
    uint32_t state;

    add_text(progress, "period,sub,state,stop_tick,tick_stopped,queried,wake,residency_ns,wake_latency_ns\n");
    while (result == REPLAY_CSV_OK) {
        result = replay_csv_row(&csv, &row);
        if (result == REPLAY_CSV_OK && replay_lane_row(lane, &row, take_pass, progress, &state))
            result = REPLAY_CSV_BAD;
    }
    if (file)
        fclose(file);
    return result == REPLAY_CSV_END;
}

/* The lines of counters are printed in the golden file's own form and compared as text. */
static bool same_line(FILE *file, const char *want)
{
    char line[LINE_BYTES];

    if (!fgets(line, sizeof(line), file))
        return false;
    line[strcspn(line, "\n")] = 0;
    if (strcmp(line, want) == 0)
        return true;
    printf("# got    %s\n# golden %s\n", want, line);
    return false;
}

static bool same_counters(FILE *file, const struct replay_lane *lane)
{
    const struct replay_totals *totals = &lane->totals;
    char want[LINE_BYTES];
    bool good = true;

    for (uint32_t i = 0; i < lane->run.loop.table->count; i++) {
        const struct idle_state_count *count = &lane->run.counters.state[i];

        snprintf(want, sizeof(want), "state %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, count->usage,
                 count->time_ns, count->above, count->below, count->rejected);
        good &= same_line(file, want);
    }
    snprintf(want, sizeof(want),
             "totals %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
             totals->passes, totals->events, totals->tick_wakes, totals->poll_timeouts, totals->poll_ns,
             totals->wake_latency_sum_ns, totals->wake_latency_max_ns, lane->run.loop.device.poll_limit_ns);
    return same_line(file, want) && good;
}

/* After a case that could not be run to its end. */
static void skip_to_totals(FILE *file)
{
    char line[LINE_BYTES];

    while (fgets(line, sizeof(line), file) && strncmp(line, "totals", 6) != 0)
        continue;
}

static void check_case(struct golden *golden, const char *name)
{
    const char *argument;
    const struct governor *governor = governor_find(name, &argument);
    struct replay_setup setup = {
        .closed = strcmp(golden->mode, "open") != 0,
        .tick_always = strcmp(golden->mode, "nohzoff") == 0,
        .tick_period_ns = TICK_NS,
        .limit_ns = IDLE_LIMIT_NONE_NS,
    };
    struct progress progress = {golden, 0, 0, -1, 0, 0};
    struct idle_table table;
    struct replay_lane lane;
    char title[LINE_BYTES];
    bool ran = governor && load_table(golden->table, &table) &&
               !replay_lane_start(&lane, governor, NULL, &table, &setup) && run_trace(golden->trace, &lane, &progress);
    bool good = ran && progress.wrong_period < 0 && progress.passes == golden->passes && fgetc(golden->file) == '\n' &&
                progress.crc == golden->crc && same_counters(golden->file, &lane);

    snprintf(title, sizeof(title), "%s_%s_%s_%s", name, golden->mode, golden->table, golden->trace);
    if (!TAP_OK(good, title))
        printf("# %" PRIu64 " of %" PRIu64 " passes; first wrong in period %" PRId64 ": got '%c', golden '%c'\n",
               progress.passes, golden->passes, progress.wrong_period, progress.got ? progress.got : '-',
               progress.want ? progress.want : '-');
    if (!good)
        skip_to_totals(golden->file);
}

static void check_governor(const char *name, uint64_t *cases, uint64_t *passes)
{
    struct golden golden;
    char path[LINE_BYTES];

    snprintf(path, sizeof(path), FOLDER "decisions/%s.txt", name);
    golden.file = fopen(path, "r");
    if (!TAP_OK(golden.file != NULL, path))
        return;
    while (fscanf(golden.file, "case %31s %31s %31s %" SCNu64 " %" SCNx32 "\n", golden.mode, golden.table, golden.trace,
                  &golden.passes, &golden.crc) == 5) {
        check_case(&golden, name);
        *cases += 1;
        *passes += golden.passes;
    }
    fclose(golden.file);
}

int main(void)
{
    uint64_t cases = 0;
    uint64_t passes = 0;

    for (size_t i = 0; i < sizeof(GOVERNORS) / sizeof(GOVERNORS[0]); i++)
        check_governor(GOVERNORS[i], &cases, &passes);
    TAP_INT(cases, CASES, "all_cases_were_there");
    printf("# %" PRIu64 " decisions compared\n", passes);
    return tap_done();
}
