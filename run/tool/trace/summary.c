/* SPDX-License-Identifier: MIT */
#include "run/tool/trace/summary.h"

#include <inttypes.h>
#include <string.h>

enum { NAME_BYTES = 4096 };

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0.0;
}

static void say_version(struct trace_summary *summary)
{
    const struct trace_about *about = summary->about;
    bool exact = false;

    if (!about->governor[0] || !about->kernel[0]) {
        printf("governor: not known%s; nothing is replayed (--governor, --kernel)\n",
               about->governor[0] ? " of which kernel" : "");
        return;
    }
    summary->version = trace_version(about->governor, about->kernel, &exact);
    if (!summary->version)
        printf("governor: %s of Linux %s, which is not here\n", about->governor, about->kernel);
    else
        printf("governor: %s of Linux %s: %s here%s\n", about->governor, about->kernel, summary->version,
               exact ? "" : ", the nearest: that version was not read");
    fprintf(summary->file, "version=%s\nexact=%d\n", summary->version ? summary->version : "", exact);
}

/* Events that any running machine has: a recording without them was not asked for them. */
static void say_missing(uint32_t kinds)
{
    static const struct {
        enum trace_kind kind;
        const char *name;
        const char *lost;
    } needed[] = {
        {TRACE_SWITCH, "sched_switch", "where a pass begins"},
        {TRACE_HRTIMER_START, "hrtimer_start", "the next timer"},
        {TRACE_HRTIMER_EXPIRE, "hrtimer_expire_entry", "what a timer woke"},
    };

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (!(kinds >> needed[i].kind & 1))
            printf("no event of %s: %s is not known, and what follows is the worse for it\n", needed[i].name,
                   needed[i].lost);
}

bool trace_summary_begin(struct trace_summary *summary, const char *folder, const struct trace_about *about,
                         const struct trace_machine *machine, const struct trace_text *text)
{
    char name[NAME_BYTES];
    double seconds = (double)(machine->last_ns - machine->first_ns) / 1e9;

    memset(summary, 0, sizeof(*summary));
    summary->about = about;
    summary->machine = machine;
    if (snprintf(name, sizeof(name), "%s/import.txt", folder) < (int)sizeof(name))
        summary->file = fopen(name, "w");
    if (!summary->file)
        return false;
    fprintf(summary->file, "kernel=%s\ndriver=%s\ngovernor=%s\nhz=%" PRIu32 "\nseconds=%.6f\nlost=%" PRIu64 "\n",
            about->kernel, about->driver, about->governor, about->hz, seconds, machine->lost);
    printf("%s: %" PRIu64 " events of %s in %.3f s%s\n", text->name, machine->events, trace_format_name(text->format),
           seconds, machine->told ? ", with probes" : "");
    say_missing(machine->kinds);
    if (text->overwritten)
        printf("overwritten before they were written out: %" PRIu64 " events\n", text->overwritten);
    if (machine->backwards)
        printf("time goes backwards at %" PRIu64 " events: this is no single recording in its own order\n",
               machine->backwards);
    if (machine->unplaced)
        printf("timers that cannot be placed (CLOCK_REALTIME): %" PRIu64 " starts\n", machine->unplaced);
    if (trace_timers_dropped(machine->timers))
        printf("timers beyond the %d that are followed: %" PRIu64 "\n", TRACE_TIMERS_MAX,
               trace_timers_dropped(machine->timers));
    say_version(summary);
    printf("%4s %9s %9s %9s %7s %8s %8s %8s %8s %6s\n", "cpu", "passes", "sysfs", "refused", "lost", "unsure", "agree",
           "of sure", "tick", "bias");
    printf("%4s %9s %9s %9s %7s %8s %8s %8s %8s %6s\n", "", "", "", "", "events", "", "%", "%", "%", "ns");
    return true;
}

void trace_summary_cpu(struct trace_summary *summary, uint32_t number, const struct trace_cpu *cpu,
                       const struct trace_calibration *calibration, const struct trace_totals *totals)
{
    char usage[24] = "-", agree[3][16] = {"-", "-", "-"};

    if (calibration->usage >= 0)
        snprintf(usage, sizeof(usage), "%+" PRId64, calibration->usage - calibration->traced);
    if (summary->version) {
        snprintf(agree[0], sizeof(agree[0]), "%.3f", percent(totals->agreed, totals->passes));
        if (totals->sure > 0)
            snprintf(agree[1], sizeof(agree[1]), "%.3f", percent(totals->sure_agreed, totals->sure));
        snprintf(agree[2], sizeof(agree[2]), "%.3f", percent(totals->agreed_stop, totals->passes));
    }
    printf("%4" PRIu32 " %9" PRIu64 " %9s %9" PRIu64 " %7" PRIu64 " %8" PRIu64 " %8s %8s %8s %6" PRId64 "\n", number,
           totals->passes, usage, totals->refused, cpu->lost, totals->unsure, agree[0], agree[1], agree[2],
           calibration->bias_ns);
    fprintf(summary->file,
            "cpu%" PRIu32 "=passes:%" PRIu64 " rows:%" PRIu64 " refused:%" PRIu64 " lost:%" PRIu64 " gaps:%" PRIu64
            " unsure:%" PRIu64 " agreed:%" PRIu64 " agreed_tick:%" PRIu64 " bias_ns:%" PRId64 "\n",
            number, totals->passes, totals->rows, totals->refused, cpu->lost, cpu->gaps, totals->unsure, totals->agreed,
            totals->agreed_stop, calibration->bias_ns);
    summary->told += totals->told;
    summary->told_same += totals->told_same;
    summary->passes += totals->passes;
    summary->agreed += totals->agreed;
    summary->agreed_stop += totals->agreed_stop;
    summary->sure += totals->sure;
    summary->sure_agreed += totals->sure_agreed;
    summary->unsure += totals->unsure;
}

/* Between an interrupt's event and that of its timer little else is done. */
static void say_cost(const struct trace_summary *summary)
{
    const struct trace_machine *machine = summary->machine;
    double each_ns, events;

    if (machine->event_steps == 0 || summary->passes == 0)
        return;
    each_ns = (double)machine->event_sum_ns / (double)machine->event_steps;
    events = (double)machine->idle_events / (double)summary->passes;
    printf("tracing cost at most %.2f us a pass: %.1f events in the idle loop, each at most %.2f us\n",
           each_ns * events / 1000, events, each_ns / 1000);
    fprintf(summary->file, "cost_ns=%.0f\n", each_ns * events);
}

bool trace_summary_end(struct trace_summary *summary)
{
    bool good = !ferror(summary->file);

    say_cost(summary);
    if (summary->told > 0)
        printf("the next timer is found without the probes, too, in %.2f %% of %" PRIu64 " passes with them\n",
               percent(summary->told_same, summary->told), summary->told);
    if (summary->version && summary->passes > 0)
        printf("of %" PRIu64 " passes Linux chose in %.3f %% what %s chooses\n", summary->passes,
               percent(summary->agreed, summary->passes), summary->version);
    return fclose(summary->file) == 0 && good;
}
