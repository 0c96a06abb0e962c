/* SPDX-License-Identifier: MIT */
#include "run/tool/db/trend.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/log/load.h"
#include "run/tool/model/platform.h"

#define BAR_COLUMNS     40
#define PLATFORM_CHARS  512
#define METRIC_CHARS    128
/* Of differences between two timings only the median is an instruction's. */
#define MEANS_SOMETHING "(m.unit <> 'mtsc' OR q.name = 'p50')"

struct trend_point {
    char run[20], when[24], unit[16];
    char platform[PLATFORM_CHARS]; /* what decides, in words: runs of one text are alike */
    double value;
    bool printed;
};

struct trend {
    struct trend_point *points;
    size_t count;
};

/* "hypervisor none, CPU ..." of one run. */
static void describe_platform(sqlite3 *db, const char *run_id, char *text)
{
    sqlite3_stmt *statement;
    size_t used = 0;

    text[0] = 0;
    if (sqlite3_prepare_v2(db, "SELECT label, value FROM fact WHERE run_id = ? ORDER BY label", -1, &statement, NULL) !=
        SQLITE_OK)
        return;
    sqlite3_bind_text(statement, 1, run_id, -1, SQLITE_TRANSIENT);
    while (sqlite3_step(statement) == SQLITE_ROW && used < PLATFORM_CHARS) {
        const char *label = (const char *)sqlite3_column_text(statement, 0);
        const char *value = (const char *)sqlite3_column_text(statement, 1);
        if (label && value && platform_decides(label))
            used += (size_t)snprintf(text + used, PLATFORM_CHARS - used, "%s%s %s", used ? ", " : "", label, value);
    }
    sqlite3_finalize(statement);
}

/* The unit that suits the largest of a list: a time in ns may be one in us, ms or s, which `*part` of it make one. */
static const char *unit_for(const char *unit, double high, double *part)
{
    static const char *const times[] = {"ns", "us", "ms", "s"};
    size_t at = 0;

    *part = 1;
    if (strcmp(unit, times[0]) != 0)
        return unit;
    for (; at < 3 && high / *part >= 1000; at++)
        *part *= 1000;
    return times[at];
}

/* Prints the runs of one platform, of which `first` is the first one, and the axis that is theirs. */
static void print_platform(struct trend *trend, size_t first)
{
    const char *unit;
    double part;
    const struct trend_point *begin = &trend->points[first];
    double low = begin->value, high = begin->value;

    for (size_t i = first; i < trend->count; i++) {
        struct trend_point *point = &trend->points[i];
        if (strcmp(point->platform, begin->platform) != 0 || strcmp(point->unit, begin->unit) != 0)
            continue;
        point->printed = true;
        low = fmin(low, point->value);
        high = fmax(high, point->value);
    }
    unit = unit_for(begin->unit, high, &part);
    printf("%s%s\n", first ? "\n" : "", begin->platform[0] ? begin->platform : "platform not said");
    /* The bar shows the place between the smallest and the largest, so that small changes are seen. */
    for (size_t i = first; i < trend->count; i++) {
        const struct trend_point *point = &trend->points[i];
        int bar = high > low ? (int)((point->value - low) / (high - low) * (BAR_COLUMNS - 1)) : 0;
        if (strcmp(point->platform, begin->platform) == 0 && strcmp(point->unit, begin->unit) == 0)
            printf("%s  %.16s  %8.4g %s  |%*s*\n", point->when, point->run, point->value / part, unit, bar, "");
    }
    printf("axis from %.4g to %.4g %s\n", low / part, high / part, unit);
}

static bool add_point(sqlite3 *db, sqlite3_stmt *statement, struct trend *trend)
{
    struct trend_point *grown = realloc(trend->points, (trend->count + 1) * sizeof(*grown)), *point;
    const char *unit = (const char *)sqlite3_column_text(statement, 3);
    double hz = sqlite3_column_double(statement, 4);
    double ns_per_unit = 0;

    if (!grown)
        return false;
    trend->points = grown;
    point = &grown[trend->count++];
    memset(point, 0, sizeof(*point));
    if (unit && hz > 0)
        ns_per_unit = strcmp(unit, "tsc") == 0 ? 1e9 / hz : strcmp(unit, "mtsc") == 0 ? 1e6 / hz : 0;
    snprintf(point->unit, sizeof(point->unit), "%s", ns_per_unit > 0 ? "ns" : unit ? unit : "");
    point->value = sqlite3_column_double(statement, 2) * (ns_per_unit > 0 ? ns_per_unit : 1);
    snprintf(point->run, sizeof(point->run), "%s", sqlite3_column_text(statement, 0));
    snprintf(point->when, sizeof(point->when), "%s", sqlite3_column_text(statement, 1));
    describe_platform(db, point->run, point->platform);
    return true;
}

/*
 * The main metric of the step, as `show` has it: wake_latency, else the first by name; and the quantile that is
 * followed where none is named: p99, of a difference p50. False: no run has the step.
 */
static bool find_main(sqlite3 *db, const char *step, char *metric, size_t room, const char **quantile)
{
    static const char sql[] = "SELECT m.name, m.unit FROM step s"
                              " JOIN metric m ON m.run_id = s.run_id AND m.step = s.step"
                              " WHERE s.name = ? ORDER BY m.name <> 'wake_latency', m.name LIMIT 1";
    sqlite3_stmt *statement;
    bool found = false;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        return false;
    sqlite3_bind_text(statement, 1, step, -1, SQLITE_TRANSIENT);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        snprintf(metric, room, "%s", sqlite3_column_text(statement, 0));
        *quantile = strcmp((const char *)sqlite3_column_text(statement, 1), "mtsc") == 0 ? "p50" : "p99";
        found = true;
    }
    sqlite3_finalize(statement);
    return found;
}

/* What there is, where what was asked for is not: the step's metrics with their quantiles, or the steps. */
static void list_choices(sqlite3 *db, const char *step, bool has_step)
{
    static const char of_step[] =
        "SELECT DISTINCT q.metric || ' ' || q.name FROM step s JOIN quantile q ON"
        " q.run_id = s.run_id AND q.step = s.step JOIN metric m ON m.run_id = q.run_id AND"
        " m.step = q.step AND m.name = q.metric WHERE s.name = ? AND " MEANS_SOMETHING " ORDER BY 1 LIMIT 100";
    static const char steps[] = "SELECT DISTINCT name FROM step WHERE name <> ? ORDER BY 1 LIMIT 100";
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(db, has_step ? of_step : steps, -1, &statement, NULL) != SQLITE_OK)
        return;
    sqlite3_bind_text(statement, 1, step, -1, SQLITE_TRANSIENT);
    fputs(has_step ? "it has:" : "the steps are:", stderr);
    for (const char *before = " "; sqlite3_step(statement) == SQLITE_ROW; before = ", ")
        fprintf(stderr, "%s%s", before, sqlite3_column_text(statement, 0));
    fputc('\n', stderr);
    sqlite3_finalize(statement);
}

int trend_show(sqlite3 *db, const char *step, const char *quantile, const char *metric)
{
    static const char sql[] =
        "SELECT r.run_id, substr(r.imported, 1, 19), q.value, m.unit, r.tsc_hz FROM run r"
        " JOIN step s ON s.run_id = r.run_id JOIN metric m ON m.run_id = s.run_id AND m.step = "
        "s.step"
        " JOIN quantile q ON q.run_id = m.run_id AND q.step = m.step AND q.metric = m.name"
        " WHERE s.name = ? AND q.name = ? AND m.name = ? AND " MEANS_SOMETHING " ORDER BY r.rowid";
    char main_metric[METRIC_CHARS] = "wake_latency";
    const char *main_quantile = "p99";
    bool has_step = find_main(db, step, main_metric, sizeof(main_metric), &main_quantile);
    const char *const arguments[] = {step, quantile ? quantile : main_quantile, metric ? metric : main_metric};
    sqlite3_stmt *statement;
    struct trend trend = {NULL, 0};
    int code = SQLITE_OK;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "idlelab db: %s\n", sqlite3_errmsg(db));
        return TOOL_USAGE;
    }
    for (int i = 0; i < 3; i++)
        sqlite3_bind_text(statement, i + 1, arguments[i], -1, SQLITE_TRANSIENT);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW && add_point(db, statement, &trend))
        ;
    if (code != SQLITE_DONE)
        fprintf(stderr, "idlelab db: %s\n", code == SQLITE_ROW ? "no memory" : sqlite3_errmsg(db));
    sqlite3_finalize(statement);
    for (size_t i = 0; i < trend.count; i++)
        if (!trend.points[i].printed)
            print_platform(&trend, i);
    if (trend.count == 0 && code == SQLITE_DONE) {
        fprintf(stderr, "idlelab db: no run has %s of %s in a step %s; ", arguments[1], arguments[2], step);
        list_choices(db, step, has_step);
    }
    free(trend.points);
    return trend.count > 0 && code == SQLITE_DONE ? TOOL_PASS : TOOL_USAGE;
}
