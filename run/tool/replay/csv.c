/* SPDX-License-Identifier: MIT */
#include "run/tool/replay/csv.h"

#include <inttypes.h>
#include <string.h>

#include "run/tool/replay/line.h"

#define TABLE_HEADER "index,name,exit_latency_ns,target_residency_ns,flags,disabled"
enum { WIDE_PERCENT_MAX = 10000 };

#define TRACE_HEADER "period,next_timer_ns,tick_ns,latency_ns,wake_ns,cause,resched,reject,exit_pct"
#define WIDE_COLUMNS ",lead_ns,iowait"

enum { IOWAITERS_MAX = 1000000 };

static const char *const FLAG_WORDS[] = {"-", "POLL", NULL};
static const char *const CAUSE_WORDS[] = {"T", "O", "W", NULL};
static const char *const BIT_WORDS[] = {"0", "1", NULL};
static const char *const NEXT_WORDS[] = {"0", "1", "2", "3", NULL};
static const char *const REJECT_WORDS[] = {"0", "1", "2", NULL};

void replay_csv_open(struct replay_csv *csv, FILE *file, const char *name)
{
    memset(csv, 0, sizeof(*csv));
    csv->file = file;
    csv->name = name;
    csv->text = csv->block;
}

static bool read_state(struct replay_csv *csv, struct idle_table *table)
{
    struct replay_cursor cursor = replay_line_fields(csv);
    uint32_t state = table->count;
    int64_t deeper_than_ns = state > 0 ? table->target_residency_ns[state - 1] : 0;

    if (state == IDLE_STATES_MAX) {
        replay_line_complain(&cursor, 0, "the end of the table (at most 10 states)");
        return false;
    }
    replay_line_number(&cursor, "index", state, state);
    replay_line_text(&cursor, "name", table->name[state], IDLE_NAME_BYTES);
    table->exit_latency_ns[state] = replay_line_number(&cursor, "exit_latency_ns", 0, IDLE_TIME_MAX_NS);
    table->target_residency_ns[state] =
        replay_line_number(&cursor, "target_residency_ns", deeper_than_ns, IDLE_TIME_MAX_NS);
    table->poll_mask |= replay_line_word(&cursor, "flags", FLAG_WORDS) << state;
    table->disabled_mask |= replay_line_word(&cursor, "disabled", BIT_WORDS) << state;
    table->count++;
    return replay_line_end(&cursor);
}

enum replay_csv_result replay_csv_table(struct replay_csv *csv, struct idle_table *table)
{
    enum replay_csv_result result = replay_line_header(csv, TABLE_HEADER, NULL, NULL);

    memset(table, 0, sizeof(*table));
    while (result == REPLAY_CSV_OK) {
        result = replay_line_next(csv);
        if (result == REPLAY_CSV_OK && !read_state(csv, table))
            return REPLAY_CSV_BAD;
    }
    if (result == REPLAY_CSV_BAD)
        return result;
    if (table->count < IDLE_STATES_MIN) {
        snprintf(csv->error, sizeof(csv->error), "%s:%" PRIu64 ":1: expected at least two states, found %" PRIu32,
                 csv->name, csv->line + 1, table->count);
        return REPLAY_CSV_BAD;
    }
    return REPLAY_CSV_OK;
}

bool replay_same_states(const struct idle_table *one, const struct idle_table *other)
{
    bool same =
        one->count == other->count && one->poll_mask == other->poll_mask && one->disabled_mask == other->disabled_mask;

    for (uint32_t s = 0; same && s < one->count; s++)
        same = one->exit_latency_ns[s] == other->exit_latency_ns[s] &&
               one->target_residency_ns[s] == other->target_residency_ns[s] &&
               strcmp(one->name[s], other->name[s]) == 0;
    return same;
}

enum replay_csv_result replay_csv_trace(struct replay_csv *csv)
{
    return replay_line_header(csv, TRACE_HEADER, WIDE_COLUMNS, &csv->wide);
}

/* A number, or `unknown` where the field is a question mark, which only wide traces may hold. */
static inline __attribute__((always_inline)) int64_t number_or(struct replay_cursor *cursor, const char *column_name,
                                                               int64_t low, int64_t unknown)
{
    if (cursor->csv->wide && replay_line_unknown(cursor))
        return unknown;
    return replay_line_number(cursor, column_name, low, IDLE_TIME_MAX_NS);
}

/* One of the words 0, 1 and so on up to `most`: computed, for which one it is nobody can guess. */
static inline uint32_t read_digit(struct replay_cursor *cursor, const char *column_name, uint32_t most,
                                  const char *const *words)
{
    uint32_t digit = (uint32_t)replay_line_letter(cursor) - '0';

    if (digit > most)
        return replay_line_word(cursor, column_name, words);
    cursor->at += 2;
    return digit;
}

static char read_cause(struct replay_cursor *cursor)
{
    char letter = replay_line_letter(cursor);

    if (letter != 'T' && letter != 'O' && letter != 'W')
        return CAUSE_WORDS[replay_line_word(cursor, "cause", CAUSE_WORDS)][0];
    cursor->at += 2;
    return letter;
}

/* 1 leaves idle, 0 goes straight back, as 2 with the tick running and as 3 with the tick stopped. */
static void take_resched(struct replay_row *row, uint32_t word, bool wide)
{
    row->resched = word == 1;
    row->next = !wide || word == 0 ? REPLAY_NEXT_FOLLOWS : word == 3 ? REPLAY_NEXT_STOPPED : REPLAY_NEXT_TICKS;
}

enum replay_csv_result replay_csv_row(struct replay_csv *csv, struct replay_row *row)
{
    enum replay_csv_result result = replay_line_next(csv);
    struct replay_cursor cursor;

    if (result != REPLAY_CSV_OK)
        return result;
    cursor = replay_line_fields(csv);
    row->period = replay_line_number(&cursor, "period", 0, INT64_C(999999999999999999));
    row->next_timer_ns = number_or(&cursor, "next_timer_ns", -IDLE_TIME_MAX_NS, IDLE_TIME_MAX_NS);
    row->tick_ns = number_or(&cursor, "tick_ns", 0, -1);
    row->tick_unknown = row->tick_ns < 0;
    row->tick_ns += row->tick_unknown;
    row->latency_ns = number_or(&cursor, "latency_ns", 0, IDLE_TIME_MAX_NS);
    row->wake_ns = replay_line_number(&cursor, "wake_ns", 0, IDLE_TIME_MAX_NS);
    row->cause = read_cause(&cursor);
    take_resched(row, read_digit(&cursor, "resched", csv->wide ? 3 : 1, csv->wide ? NEXT_WORDS : BIT_WORDS), csv->wide);
    row->reject = read_digit(&cursor, "reject", 2, REJECT_WORDS);
    row->exit_percent = (uint32_t)replay_line_number(&cursor, "exit_pct", 0, csv->wide ? WIDE_PERCENT_MAX : 100);
    row->lead_ns = csv->wide ? replay_line_number(&cursor, "lead_ns", 0, IDLE_TIME_MAX_NS) : 0;
    row->iowaiters = csv->wide ? (uint32_t)replay_line_number(&cursor, "iowait", 0, IOWAITERS_MAX) : 0;
    return replay_line_end(&cursor) ? REPLAY_CSV_OK : REPLAY_CSV_BAD;
}
