/* SPDX-License-Identifier: MIT */
/* Reads the folder of an import, and runs every candidate over the closed rows of its CPUs. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/advise/advice.h"

enum {
    NAME_BYTES = 4096,
    LINE_BYTES = 512,
    NS_PER_S = 1000000000,
};

static bool complain(const char *name, const char *what)
{
    fprintf(stderr, "idlelab advise: %s: %s\n", name, what);
    return false;
}

static bool read_table(const char *name, struct idle_table *table)
{
    static struct replay_csv csv;
    FILE *file = fopen(name, "r");
    bool good;

    if (!file)
        return complain(name, strerror(errno));
    replay_csv_open(&csv, file, name);
    good = replay_csv_table(&csv, table) == REPLAY_CSV_OK;
    fclose(file);
    if (!good)
        fprintf(stderr, "idlelab advise: %s\n", csv.error);
    return good;
}

/* The first folder's table and governor stand for all; another folder must have the same. */
static bool take_table(struct advice *advice, const char *name, const char *measured)
{
    struct idle_table table;

    if (!read_table(name, &table))
        return false;
    if (advice->table.count > 0) {
        bool same = table.count == advice->table.count;

        for (uint32_t s = 0; same && s < table.count; s++)
            same = table.exit_latency_ns[s] == advice->table.exit_latency_ns[s] &&
                   table.target_residency_ns[s] == advice->table.target_residency_ns[s];
        return same || complain(name, "other states than the CPUs before: advise on them alone");
    }
    advice->table = advice->truth = advice->exits = advice->residencies = table;
    if (measured) {
        if (!read_table(measured, &advice->truth))
            return false;
        if (advice->truth.count != table.count)
            return complain(measured, "it has another number of states than the recording");
        advice->measured = true;
        memcpy(advice->exits.exit_latency_ns, advice->truth.exit_latency_ns, sizeof(table.exit_latency_ns));
        memcpy(advice->residencies.target_residency_ns, advice->truth.target_residency_ns,
               sizeof(table.target_residency_ns));
    }
    advice_candidates(advice);
    return true;
}

static bool start_lanes(struct advice *advice, struct replay_lane *lanes, struct replay_setup *setups)
{
    bool one = false;

    for (uint32_t c = 0; c < advice->candidates; c++) {
        struct advice_candidate *candidate = &advice->candidate[c];

        setups[c] = (struct replay_setup){
            .closed = true, .tick_period_ns = advice->tick_period_ns, .limit_ns = candidate->limit_ns};
        if (!candidate->why)
            candidate->why = replay_lane_start(&lanes[c], candidate->governor, NULL, candidate->table, &setups[c]);
        if (!candidate->why) {
            idle_prices_of(&lanes[c].prices, &advice->truth);
            lanes[c].exits = &advice->table;
        }
        one |= !candidate->why;
    }
    return one;
}

/* What Linux itself did, by its own account of the passes. */
static void read_linux(struct advice *advice, struct advice_cpu *cpu, const char *name)
{
    char line[LINE_BYTES];
    FILE *file = fopen(name, "r");
    unsigned int state;
    uint64_t residency_ns;
    char wake;

    while (file && fgets(line, sizeof(line), file)) {
        struct idle_counters counters = {0};

        if (sscanf(line, "%*d,%*d,%u,%*d,%c,%" SCNu64, &state, &wake, &residency_ns) != 3 || wake == 'R' ||
            state >= advice->table.count)
            continue;
        idle_counters_add(&counters, &advice->truth, state, residency_ns);
        advice->linux_did.state[state].usage++;
        advice->linux_did.state[state].time_ns += residency_ns;
        advice->linux_did.state[state].above += counters.state[state].above;
        advice->linux_did.state[state].below += counters.state[state].below;
        cpu->entries++;
        cpu->deep += counters.state[state].above;
    }
    if (file)
        fclose(file);
}

static bool run_rows(struct advice *advice, struct advice_cpu *cpu, const char *name, uint64_t rows)
{
    static struct replay_csv csv;
    struct replay_lane *lanes = calloc(ADVICE_CANDIDATES_MAX, sizeof(*lanes));
    struct replay_setup setups[ADVICE_CANDIDATES_MAX];
    struct replay_row row;
    enum replay_csv_result result;
    FILE *file = fopen(name, "r");

    if (!file || !lanes || !start_lanes(advice, lanes, setups)) {
        complain(name, file ? "no governor can run with these states" : strerror(errno));
        if (file)
            fclose(file);
        free(lanes);
        return false;
    }
    replay_csv_open(&csv, file, name);
    result = replay_csv_trace(&csv);
    while (result == REPLAY_CSV_OK && (result = replay_csv_row(&csv, &row)) == REPLAY_CSV_OK) {
        uint64_t block = rows ? cpu->rows * ADVICE_BLOCKS / rows : 0;

        advice_add_row(advice, lanes, &row, (uint32_t)(block < ADVICE_BLOCKS ? block : ADVICE_BLOCKS - 1));
        cpu->rows++;
        cpu->wake_ns += (uint64_t)row.wake_ns;
    }
    fclose(file);
    advice_end_cpu(advice, lanes);
    cpu->cost = lanes[0].totals.bound ? (double)lanes[0].totals.cost / (double)lanes[0].totals.bound : 0;
    free(lanes);
    if (result == REPLAY_CSV_BAD)
        fprintf(stderr, "idlelab advise: %s\n", csv.error);
    return result != REPLAY_CSV_BAD;
}

static bool read_cpu(struct advice *advice, const char *folder, unsigned int number, uint64_t rows,
                     const char *measured)
{
    char name[NAME_BYTES];
    const char *last = strrchr(folder, '/') && strrchr(folder, '/')[1] ? strrchr(folder, '/') + 1 : folder;
    struct advice_cpu *cpu = &advice->cpu[advice->cpus];

    if (rows == 0 || advice->cpus == ADVICE_CPUS_MAX)
        return true;
    snprintf(cpu->name, sizeof(cpu->name), "%.18s cpu%u", last, number);
    snprintf(name, sizeof(name), "%.4000s/cpu%u.table.csv", folder, number);
    if (!take_table(advice, name, measured))
        return false;
    snprintf(name, sizeof(name), "%.4000s/cpu%u.linux.csv", folder, number);
    read_linux(advice, cpu, name);
    snprintf(name, sizeof(name), "%.4000s/cpu%u.closed.csv", folder, number);
    advice->cpus++;
    return run_rows(advice, cpu, name, rows);
}

static void take_word(char word[64], const char *value)
{
    if (!word[0])
        snprintf(word, 64, "%.63s", value);
}

bool advice_read(struct advice *advice, const char *folder, const char *measured)
{
    char name[NAME_BYTES], line[LINE_BYTES];
    FILE *file;
    bool good = true;

    snprintf(name, sizeof(name), "%.4000s/import.txt", folder);
    file = fopen(name, "r");
    if (!file)
        return complain(name, "not there: expected a folder of `idlelab trace import'");
    while (good && fgets(line, sizeof(line), file)) {
        char *value = strchr(line, '='), *rows;
        unsigned int number;

        line[strcspn(line, "\r\n")] = 0;
        if (!value)
            continue;
        *value++ = 0;
        if (strcmp(line, "kernel") == 0)
            take_word(advice->kernel, value);
        else if (strcmp(line, "driver") == 0)
            take_word(advice->driver, value);
        else if (strcmp(line, "version") == 0)
            take_word(advice->version, value);
        else if (strcmp(line, "hz") == 0 && strtol(value, NULL, 10) >= 24)
            advice->tick_period_ns = NS_PER_S / strtol(value, NULL, 10);
        rows = strstr(value, "rows:");
        if (sscanf(line, "cpu%u", &number) == 1 && rows && number < ADVICE_CPUS_MAX && advice->tick_period_ns > 0)
            good = read_cpu(advice, folder, number, strtoull(rows + 5, NULL, 10), measured);
    }
    fclose(file);
    return good;
}
