/* SPDX-License-Identifier: MIT */
#include "run/tool/replay/print.h"

#include <inttypes.h>

#include "run/tool/digits.h"

enum {
    NS_PER_US = 1000,
};

void replay_print_header(FILE *out)
{
    fputs("period,sub,state,stop_tick,tick_stopped,queried,wake,residency_ns,wake_latency_ns\n", out);
}

/* A number that is nearly always one digit, behind its comma. */
static inline char *put_small(char *at, uint32_t number)
{
    at[0] = ',';
    at[1] = (char)('0' + number);
    return number < 10 ? at + 2 : digits_put(at + 1, number);
}

int replay_format_pass(char text[REPLAY_PASS_BYTES], const struct replay_pass *pass)
{
    const struct governor_choice *choice = &pass->choice;
    char *at = digits_put_signed(text, pass->period);

    at = put_small(at, pass->sub);
    at = put_small(at, choice->state);
    at = put_small(at, choice->stop_tick);
    at = put_small(at, choice->tick_stopped);
    at = put_small(at, choice->queried);
    *at++ = ',';
    *at++ = pass->wake;
    *at++ = ',';
    at = digits_put_signed(at, pass->residency_ns);
    *at++ = ',';
    at = digits_put_signed(at, pass->wake_latency_ns);
    *at = 0;
    return (int)(at - text);
}

void replay_print_rest(struct replay_output *output)
{
    fwrite(output->text, 1, output->used, output->file);
    output->used = 0;
}

void replay_print_pass(void *output, const struct replay_pass *pass)
{
    struct replay_output *to = output;

    if (to->used > sizeof(to->text) - REPLAY_PASS_BYTES)
        replay_print_rest(to);
    to->used += (size_t)replay_format_pass(to->text + to->used, pass);
    to->text[to->used++] = '\n';
}

void replay_print_metrics(FILE *out, const struct replay_lane *lane)
{
    const struct idle_table *table = lane->run.loop.table;
    const struct replay_totals *totals = &lane->totals;

    fputs("index,name,usage,time_ns,time_us,above,below,rejected\n", out);
    for (uint32_t i = 0; i < table->count; i++) {
        const struct idle_state_count *count = &lane->run.counters.state[i];

        fprintf(out, "%" PRIu32 ",%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n", i,
                table->name[i], count->usage, count->time_ns, count->time_ns / NS_PER_US, count->above, count->below,
                count->rejected);
    }
    fprintf(out,
            "# selects=%" PRIu64 " events=%" PRIu64 " tick_wakes=%" PRIu64 " poll_timeouts=%" PRIu64 " poll_ns=%" PRIu64
            " wake_latency_sum_ns=%" PRIu64 " wake_latency_max_ns=%" PRIu64 " poll_limit_ns=%" PRIu64 "\n",
            totals->passes, totals->events, totals->tick_wakes, totals->poll_timeouts, totals->poll_ns,
            totals->wake_latency_sum_ns, totals->wake_latency_max_ns, lane->run.loop.device.poll_limit_ns);
}

void replay_print_summary_header(FILE *out)
{
    fprintf(out, "%-14s %9s %7s %7s %7s %7s %9s %7s %10s %8s %9s\n", "governor", "passes", "above", "below", "refused",
            "outside", "tickwakes", "polled", "mean_wake", "queries", "cost");
    fprintf(out, "%-14s %9s %7s %7s %7s %7s %9s %7s %10s %8s %9s\n", "", "", "%", "%", "", "", "", "% time", "ns", "%",
            "of least");
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0.0;
}

void replay_print_summary(FILE *out, const char *name, const struct replay_lane *lane)
{
    const struct replay_totals *totals = &lane->totals;
    uint64_t above = 0;
    uint64_t below = 0;
    uint64_t refused = 0;

    for (uint32_t i = 0; i < lane->run.loop.table->count; i++) {
        above += lane->run.counters.state[i].above;
        below += lane->run.counters.state[i].below;
        refused += lane->run.counters.state[i].rejected;
    }
    fprintf(out, "%-14s %9" PRIu64 " %7.2f %7.2f %7" PRIu64 " %7" PRIu64 " %9" PRIu64 " %7.2f %10.0f %8.2f %9.3f\n",
            name, totals->passes, percent(above, totals->passes), percent(below, totals->passes), refused,
            totals->outside, totals->tick_wakes, percent(totals->poll_ns, (uint64_t)lane->clock_ns),
            totals->events ? (double)totals->wake_latency_sum_ns / (double)totals->events : 0.0,
            percent(totals->queries, totals->passes),
            totals->bound ? (double)totals->cost / (double)totals->bound : 0.0);
}
