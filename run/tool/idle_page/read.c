/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/idle_page/page.h"
#include "run/tool/replay/lane.h"

enum {
    NAME_BYTES = 4200,
    LINE_BYTES = 512,
    TAIL_BYTES = 512,
    HZ_MIN = 24,
    HZ_MAX = 10000,
    NS_PER_S = 1000000000,
};

/* The governors whose choices are set beside Linux's, after the machine's own. */
static const char *const OTHERS[] = {"menu", "teo", "ladder", "haltpoll"};

static bool complain(const char *name, const char *what)
{
    fprintf(stderr, "idlelab report: %s: %s\n", name, what);
    return false;
}

static FILE *open_file(char name[NAME_BYTES], const char *folder, uint32_t number, const char *kind)
{
    FILE *file;

    snprintf(name, NAME_BYTES, "%.4000s/cpu%" PRIu32 ".%s.csv", folder, number, kind);
    file = fopen(name, "r");
    if (!file)
        complain(name, strerror(errno));
    return file;
}

/* The kind of CPU that has these states; a new one where there is none. False with a complaint. */
static bool take_table(struct idle_page *page, struct page_cpu *cpu)
{
    static struct replay_csv csv;
    char name[NAME_BYTES];
    struct idle_table table;
    FILE *file = open_file(name, cpu->folder, cpu->number, "table");
    bool good;

    if (!file)
        return false;
    memset(&table, 0, sizeof(table));
    replay_csv_open(&csv, file, name);
    good = replay_csv_table(&csv, &table) == REPLAY_CSV_OK;
    fclose(file);
    if (!good) {
        fprintf(stderr, "idlelab report: %s\n", csv.error);
        return false;
    }
    for (cpu->kind = 0; cpu->kind < page->kinds; cpu->kind++)
        if (replay_same_states(&page->kind[cpu->kind]->table, &table))
            break;
    if (cpu->kind == PAGE_TABLES_MAX)
        return complain(name, "the fifth kind of CPU with other states: report on fewer folders");
    if (cpu->kind == page->kinds) {
        page->kind[page->kinds] = calloc(1, sizeof(struct page_kind));
        if (!page->kind[page->kinds])
            return complain(name, strerror(errno));
        page->kind[page->kinds++]->table = table;
    }
    page->kind[cpu->kind]->cpus++;
    page->states = table.count > page->states ? table.count : page->states;
    return true;
}

static bool read_pass(const char *line, struct page_pass *pass)
{
    unsigned int stopped;

    return sscanf(line, "%*d,%" SCNd64 ",%" SCNu32 ",%u,%c,%" SCNd64 ",%" SCNd64 ",%7s", &pass->entry_ns, &pass->state,
                  &stopped, &pass->wake, &pass->residency_ns, &pass->replayed, pass->unsure) == 7 &&
           pass->residency_ns >= 0 && pass->residency_ns <= INT64_MAX / 4 && pass->entry_ns >= 0 &&
           pass->entry_ns <= INT64_MAX / 4;
}

static void skip_line(FILE *file)
{
    int byte = fgetc(file);

    while (byte != EOF && byte != '\n')
        byte = fgetc(file);
}

/* When a CPU's first pass began and its last ended, from the ends of its file. */
static bool take_span(struct page_recording *recording, uint32_t number)
{
    char name[NAME_BYTES], line[LINE_BYTES], tail[TAIL_BYTES + 1];
    FILE *file = open_file(name, recording->folder, number, "linux");
    struct page_pass pass;
    char *last;
    size_t bytes = 0;

    if (!file)
        return false;
    skip_line(file);
    if (fgets(line, sizeof(line), file) && read_pass(line, &pass)) {
        if (recording->first_ns == 0 || pass.entry_ns < recording->first_ns)
            recording->first_ns = pass.entry_ns;
        if (fseek(file, -TAIL_BYTES, SEEK_END) != 0)
            rewind(file);
        bytes = fread(tail, 1, TAIL_BYTES, file);
    }
    fclose(file);
    while (bytes > 0 && tail[bytes - 1] == '\n')
        bytes--;
    tail[bytes] = 0;
    last = strrchr(tail, '\n');
    if (bytes == 0 || !read_pass(last ? last + 1 : tail, &pass))
        return complain(name, "no passes as `idlelab trace import' writes them");
    if (pass.entry_ns + pass.residency_ns > recording->last_ns)
        recording->last_ns = pass.entry_ns + pass.residency_ns;
    return true;
}

static void take_word(struct page_recording *recording, const char *key, const char *value)
{
    char *words[] = {recording->kernel, recording->driver, recording->governor, recording->version};
    static const char *const KEYS[] = {"kernel", "driver", "governor", "version"};

    for (size_t i = 0; i < sizeof(KEYS) / sizeof(KEYS[0]); i++)
        if (strcmp(key, KEYS[i]) == 0)
            snprintf(words[i], PAGE_WORD_BYTES, "%.63s", value);
    if (strcmp(key, "hz") == 0)
        recording->hz = (uint32_t)strtoul(value, NULL, 10);
    if (strcmp(key, "exact") == 0)
        recording->exact = value[0] == '1';
    if (strcmp(key, "seconds") == 0)
        recording->seconds = strtod(value, NULL);
    if (strcmp(key, "lost") == 0)
        recording->lost = strtoull(value, NULL, 10);
}

static bool add_cpu(struct idle_page *page, struct page_recording *recording, uint32_t number)
{
    struct page_cpu *cpu = &page->cpu[page->cpus];

    if (page->cpus == PAGE_CPUS_MAX)
        return complain(recording->folder, "more than 8192 CPUs");
    *cpu = (struct page_cpu){.folder = recording->folder, .number = number};
    if (!take_span(recording, number) || !take_table(page, cpu))
        return false;
    page->cpus++;
    return true;
}

bool page_list(struct idle_page *page, const char *folder)
{
    struct page_recording *recording = &page->recording[page->recordings++];
    char name[NAME_BYTES], line[LINE_BYTES];
    FILE *file;
    bool good = true;

    recording->folder = folder;
    snprintf(name, sizeof(name), "%.4000s/import.txt", folder);
    file = fopen(name, "r");
    if (!file)
        return complain(name, strerror(errno));
    while (good && fgets(line, sizeof(line), file)) {
        char *value = strchr(line, '=');
        unsigned int number;

        line[strcspn(line, "\r\n")] = 0;
        if (!value)
            continue;
        *value++ = 0;
        take_word(recording, line, value);
        if (sscanf(line, "cpu%u", &number) == 1)
            good = add_cpu(page, recording, number);
    }
    fclose(file);
    if (good && (recording->hz < HZ_MIN || recording->hz > HZ_MAX))
        return complain(name, "it does not say hz=24 to 10000");
    return good;
}

/* A governor that follows the recorded passes. */
struct follower {
    struct replay_lane lane;
    struct page_other *other;
    uint32_t state;
    int64_t forecast_ns;
};

struct followers {
    struct follower one[PAGE_OTHERS_MAX];
    uint32_t count;
    struct replay_setup setup;
};

/* The machine's own governor, which stands first, and others; those that cannot run with these states are left out. */
static void start_followers(struct idle_page *page, struct followers *all, const struct page_recording *recording,
                            const struct idle_table *table)
{
    const char *names[1 + sizeof(OTHERS) / sizeof(OTHERS[0])] = {recording->version};

    memcpy(names + 1, OTHERS, sizeof(OTHERS));
    all->setup = (struct replay_setup){
        .unpriced = true, .tick_period_ns = NS_PER_S / recording->hz, .limit_ns = IDLE_LIMIT_NONE_NS};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *argument;
        const struct governor *governor = names[i][0] ? governor_find(names[i], &argument) : NULL;
        struct follower *follower = &all->one[all->count];
        uint32_t o = 0;

        if (!governor || (i > 0 && strcmp(names[i], recording->version) == 0) ||
            replay_lane_start(&follower->lane, governor, NULL, table, &all->setup))
            continue;
        while (o < page->others && strcmp(page->other[o].name, governor->name) != 0)
            o++;
        if (o == PAGE_OTHERS_MAX)
            continue;
        page->other[o].name = governor->name;
        page->others = o == page->others ? o + 1 : page->others;
        follower->other = &page->other[o];
        all->count++;
    }
}

static void note_choice(void *context, const struct replay_pass *pass)
{
    struct follower *follower = context;

    follower->state = pass->choice.state;
    follower->forecast_ns = follower->lane.run.loop.forecast_ns;
}

/* Whose choice was nearer to the state that the length was right for. */
static void compare(struct follower *follower, const struct idle_table *table, const struct page_pass *pass)
{
    uint32_t right = page_right_state(table, pass->state, pass->residency_ns);
    int ours = abs((int)follower->state - (int)right), theirs = abs((int)pass->state - (int)right);

    follower->other->passes++;
    follower->other->same += follower->state == pass->state;
    follower->other->better += ours < theirs;
    follower->other->worse += ours > theirs;
}

static void follow(struct idle_page *page, const struct page_cpu *cpu, struct followers *all,
                   const struct replay_row *row, struct page_pass *pass)
{
    for (uint32_t i = 0; i < all->count; i++) {
        struct follower *follower = &all->one[i];
        uint32_t state;

        if (replay_lane_row(&follower->lane, row, note_choice, follower, &state) || pass->wake == 'R')
            continue;
        compare(follower, &page->kind[cpu->kind]->table, pass);
        if (i == 0 && all->one[0].other == &page->other[0])
            pass->forecast_ns = follower->forecast_ns;
    }
}

bool page_read(struct idle_page *page, struct page_cpu *cpu, const struct page_recording *recording)
{
    static struct replay_csv csv;
    const struct idle_table *table = &page->kind[cpu->kind]->table;
    char open_name[NAME_BYTES], linux_name[NAME_BYTES], line[LINE_BYTES] = "";
    FILE *rows = open_file(open_name, cpu->folder, cpu->number, "open");
    FILE *did = rows ? open_file(linux_name, cpu->folder, cpu->number, "linux") : NULL;
    struct followers *all = calloc(1, sizeof(*all));
    enum replay_csv_result result = REPLAY_CSV_BAD;
    bool good = did && all;
    struct replay_row row;

    if (good) {
        start_followers(page, all, recording, table);
        replay_csv_open(&csv, rows, open_name);
        result = replay_csv_trace(&csv);
        good = result == REPLAY_CSV_OK && fgets(line, sizeof(line), did);
    }
    while (good && (result = replay_csv_row(&csv, &row)) == REPLAY_CSV_OK) {
        struct page_pass pass = {.next_timer_ns = row.next_timer_ns,
                                 .tick_ns = row.tick_unknown ? INT64_MIN : row.tick_ns,
                                 .timer_known = row.next_timer_ns < IDLE_TIME_MAX_NS};

        good = fgets(line, sizeof(line), did) && read_pass(line, &pass) && pass.state < table->count;
        if (!good) {
            complain(linux_name, "it has not a pass for each row of the other file");
            break;
        }
        follow(page, cpu, all, &row, &pass);
        page_add(page, cpu, recording, &pass);
    }
    if (did && all && result == REPLAY_CSV_BAD) {
        fprintf(stderr, "idlelab report: %s\n", csv.error);
        good = false;
    }
    if (rows)
        fclose(rows);
    if (did)
        fclose(did);
    free(all);
    return good;
}
