/* SPDX-License-Identifier: MIT */
/* The tables of advise: time by state, too deep and too shallow, latency, cost, the tick. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/advise/advice.h"

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0.0;
}

static void print_states(const struct advice *advice, const char *name, const struct idle_counters *counters)
{
    uint64_t usage = 0, time_ns = 0, above = 0, below = 0;

    for (uint32_t s = 0; s < advice->table.count; s++) {
        usage += counters->state[s].usage;
        time_ns += counters->state[s].time_ns;
        above += counters->state[s].above;
        below += counters->state[s].below;
    }
    printf("%-22s", name);
    for (uint32_t s = 0; s < advice->table.count; s++)
        printf(" %7.2f", percent(counters->state[s].time_ns, time_ns));
    printf(" %8.2f %8.2f\n", percent(above, usage), percent(below, usage));
}

static void print_time(const struct advice *advice)
{
    printf("\ntime in each state, %% of idle%*s too deep shallow, %% of entries\n%-22s",
           (int)(8 * advice->table.count) - 13, "", "");
    for (uint32_t s = 0; s < advice->table.count; s++)
        printf(" %7.7s", advice->table.name[s]);
    printf("\n");
    print_states(advice, "Linux, as recorded", &advice->linux_did);
    for (uint32_t c = 0; c < advice->candidates; c++)
        if (!advice->candidate[c].why)
            print_states(advice, advice->candidate[c].name, &advice->candidate[c].tally.counters);
}

static void print_interval(struct advice_interval interval, double unit, int decimals)
{
    printf(" %9.*f", decimals, interval.mean / unit);
    if (interval.half >= 0)
        printf(" +-%-6.*f", decimals, interval.half / unit);
    else
        printf(" %8s", "");
}

static void print_trade(const struct advice *advice)
{
    printf("\nadded latency and cost (a multiple of the least possible; 95 %% intervals over %d blocks of the trace)\n"
           "%-22s %9s %8s %7s %7s %7s %9s %8s %9s %7s\n",
           ADVICE_BLOCKS, "", "mean us", "", "p50 us", "p99 us", "p99.9", "cost", "", "tickwakes", "polled%");
    for (uint32_t c = 0; c < advice->candidates; c++) {
        const struct advice_candidate *candidate = &advice->candidate[c];
        const struct advice_tally *tally = &candidate->tally;

        printf("%-22s", candidate->name);
        if (candidate->why) {
            printf(" not with these states: %s\n", candidate->why);
            continue;
        }
        print_interval(advice_latency(tally), 1000, 2);
        printf(" %7.2f %7.2f %7.2f", advice_quantile_ns(tally, 0.5) / 1000, advice_quantile_ns(tally, 0.99) / 1000,
               advice_quantile_ns(tally, 0.999) / 1000);
        print_interval(advice_cost(tally), 1, 3);
        printf(" %9" PRIu64 " %7.2f\n", tally->tick_wakes, percent(tally->poll_ns, tally->time_ns));
    }
}

void advice_print(const struct advice *advice)
{
    printf("%" PRIu64 " idle periods on %" PRIu32 " CPU%s, mean %.1f us; Linux %s, %s\n", advice->rows, advice->cpus,
           advice->cpus == 1 ? "" : "s", advice->rows ? (double)advice->wake_ns / (double)advice->rows / 1000 : 0.0,
           advice->kernel[0] ? advice->kernel : "(unknown)", advice->driver[0] ? advice->driver : "driver unknown");
    print_time(advice);
    print_trade(advice);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Median, and the median distance from it. */
static void middle_of(double *values, uint32_t count, double *middle, double *spread)
{
    qsort(values, count, sizeof(*values), compare_doubles);
    *middle = values[count / 2];
    for (uint32_t i = 0; i < count; i++)
        values[i] = fabs(values[i] - *middle);
    qsort(values, count, sizeof(*values), compare_doubles);
    *spread = values[count / 2];
}

static double value_of(const struct advice_cpu *cpu, int which)
{
    if (which == 0)
        return cpu->rows ? log((double)cpu->wake_ns / (double)cpu->rows + 1) : 0;
    return which == 1 ? cpu->cost : percent(cpu->deep, cpu->entries);
}

/* Marks a CPU that is far from the others: five times the median distance, and a tenth of the median. */
void advice_cpus(const struct advice *advice)
{
    static const char *const WHAT[] = {"idle length", "cost", "too deep"};
    double *values = calloc(advice->cpus ? advice->cpus : 1, sizeof(*values)), middle[3] = {0}, spread[3] = {0};

    if (advice->cpus < 2 || !values) {
        free(values);
        return;
    }
    for (int k = 0; k < 3; k++) {
        for (uint32_t i = 0; i < advice->cpus; i++)
            values[i] = value_of(&advice->cpu[i], k);
        middle_of(values, advice->cpus, &middle[k], &spread[k]);
    }
    printf("\nCPUs\n%-26s %9s %10s %8s %9s\n", "", "periods", "mean us", "cost", "too deep%");
    for (uint32_t i = 0; i < advice->cpus; i++) {
        const struct advice_cpu *cpu = &advice->cpu[i];

        printf("%-26s %9" PRIu64 " %10.1f %8.3f %9.2f", cpu->name, cpu->rows,
               cpu->rows ? (double)cpu->wake_ns / (double)cpu->rows / 1000 : 0.0, cpu->cost,
               percent(cpu->deep, cpu->entries));
        for (int k = 0; k < 3 && advice->cpus > 3; k++)
            if (fabs(value_of(cpu, k) - middle[k]) > 5 * spread[k] + 0.1 * fabs(middle[k]))
                printf("  odd: %s", WHAT[k]);
        printf("\n");
    }
    free(values);
}
