/* SPDX-License-Identifier: MIT */
/*
 * The report of folders that `idlelab trace import` wrote: what is counted while their rows are read, whatever their
 * number, and the parts of the page. Only this folder includes it, but for idle_page_is() and idle_page_write().
 */
#ifndef LAB_TOOL_IDLE_PAGE_PAGE_H
#define LAB_TOOL_IDLE_PAGE_PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/governor/idle_table.h"

enum {
    PAGE_BINS_MAX = 240, /* of the timeline; fewer where there are many rows, so that the page stays small */
    PAGE_ROWS_MAX = 32,  /* of more CPUs, neighbours share a row */
    PAGE_DECADE = 8,     /* classes of length a decade */
    PAGE_CLASSES = 88,   /* from 100 ns on: eleven decades */
    PAGE_TABLES_MAX = 4, /* kinds of CPU with states of their own */
    PAGE_CPUS_MAX = 8192,
    PAGE_FOLDERS_MAX = 64,
    PAGE_DIFFERENCES = 40, /* that are listed */
    PAGE_OTHERS_MAX = 6,
    PAGE_NAME_BYTES = 40,
    PAGE_WORD_BYTES = 64,
};

/* Passes by the class of their length, and how long they were together. */
struct page_length {
    uint64_t count, ns;
};

/* CPUs that have the same states. */
struct page_kind {
    struct idle_table table;
    uint32_t cpus;
    uint64_t passes, forecasts;
    struct page_length length[PAGE_CLASSES][IDLE_STATES_MAX];
    uint32_t timer[PAGE_CLASSES][PAGE_CLASSES];    /* passes by the next timer's distance and by what came */
    uint32_t forecast[PAGE_CLASSES][PAGE_CLASSES]; /* by the governor's forecast */
    uint64_t right[IDLE_STATES_MAX]
                  [IDLE_STATES_MAX]; /* by the state chosen and the one that the length was right for */
};

struct page_cpu {
    char name[PAGE_NAME_BYTES];
    const char *folder;
    uint32_t number, kind;
    uint64_t passes, refused, slept_ns, deep, shallow, ticks, unsure, replayed, agreed;
};

/* A pass in which the replayed governor did not choose what Linux chose. */
struct page_difference {
    const struct page_cpu *cpu;
    int64_t entry_ns, residency_ns, next_timer_ns, tick_ns;
    uint32_t chosen, replayed;
    char wake, unsure[8];
};

/* A governor on the same passes: where it would have chosen otherwise, and whose choice the length was nearer to. */
struct page_other {
    const char *name;
    uint64_t passes, same, better, worse;
};

/* What one import.txt says. */
struct page_recording {
    const char *folder;
    char kernel[PAGE_WORD_BYTES], driver[PAGE_WORD_BYTES], governor[PAGE_WORD_BYTES], version[PAGE_WORD_BYTES];
    uint32_t hz;
    bool exact;
    double seconds;
    uint64_t lost;
    int64_t first_ns, last_ns; /* of its passes */
};

struct idle_page {
    struct page_recording recording[PAGE_FOLDERS_MAX];
    uint32_t recordings;
    struct page_cpu *cpu;
    uint32_t cpus;
    struct page_kind *kind[PAGE_TABLES_MAX];
    uint32_t kinds, states; /* the most that a kind has */
    struct page_difference difference[PAGE_DIFFERENCES];
    uint32_t differences;
    uint64_t differing, stride; /* each stride'th of those that differ is listed */
    struct page_other other[PAGE_OTHERS_MAX];
    uint32_t others;
    int64_t span_ns; /* of the timeline */
    uint32_t rows, bins;
    uint64_t (*time_ns)[IDLE_STATES_MAX]; /* rows * bins of them */
};

/* True where `name` is a folder of an import. */
bool idle_page_is(const char *name);

/* Reads the folders and writes their report to `output`. Returns an enum tool_exit. */
int idle_page_write(const char *output, const char *const *folders, size_t count);

/* read.c: lists the CPUs and their tables; then their rows. False with a complaint on stderr. */
bool page_list(struct idle_page *page, const char *folder);
bool page_read(struct idle_page *page, struct page_cpu *cpu, const struct page_recording *recording);

/* tally.c: what is counted of a pass. */
struct page_pass {
    int64_t entry_ns, residency_ns, next_timer_ns, tick_ns, forecast_ns;
    int64_t replayed; /* -1: nothing was */
    uint32_t state;
    bool timer_known;
    char wake, unsure[8];
};
void page_add(struct idle_page *page, struct page_cpu *cpu, const struct page_recording *recording,
              const struct page_pass *pass);
bool page_begin_time(struct idle_page *page);

/* The deepest state that a period of that length was long enough for, seen from the state that was chosen. */
uint32_t page_right_state(const struct idle_table *table, uint32_t chosen, int64_t residency_ns);

/* The class of a length, and the least length of a class in ns. */
uint32_t page_class(int64_t ns);
double page_class_ns(uint32_t class);

/* timeline.c, lengths.c, forecast.c, tables.c, power.c, head.c: the parts of the page. */
void page_head(FILE *out, const struct idle_page *page);
void page_timeline(FILE *out, const struct idle_page *page);
void page_lengths(FILE *out, const struct idle_page *page);
void page_forecast(FILE *out, const struct idle_page *page);
void page_cpus(FILE *out, const struct idle_page *page);
void page_right(FILE *out, const struct idle_page *page);
void page_differences(FILE *out, const struct idle_page *page);
void page_power(FILE *out, const struct idle_page *page);

/* picture.c: a stack of areas over `bins`, of the states below `states`; `full` is the height of the picture. */
typedef double page_value(const void *context, uint32_t bin, uint32_t state);
void page_stack(FILE *out, const char *what, uint32_t bins, uint32_t states, double full, page_value *value,
                const void *context);
void page_key(FILE *out, const struct idle_table *table);
/* "1.20 ms"; `text` has PAGE_NAME_BYTES. Returns text. */
const char *page_time(char *text, double ns);

static inline double page_percent(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0.0;
}

#endif
