/* SPDX-License-Identifier: MIT */
#include "run/tool/trace/import.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/tool/log/load.h"
#include "run/tool/trace/energy.h"
#include "run/tool/trace/rows.h"
#include "run/tool/trace/summary.h"

enum {
    NAME_BYTES = 4096,
    NS_PER_S = 1000000000,
    NS_PER_US = 1000,
    HZ_MIN = 24,
    HZ_MAX = 10000,
    CLOCK_LOOKS = 16,         /* expiries of the tick that tell the clock */
    CLOCK_ERROR_NS = 1000000, /* from an expiry to its event; more is another clock */
};

/* One import, with all it opens. */
struct job {
    const struct trace_request *request;
    const char *output;
    struct trace_about *about;
    struct trace_machine *machine;
    struct trace_text *text;
    char trace[NAME_BYTES], timers[NAME_BYTES];
};

static int complain(const char *what)
{
    fprintf(stderr, "idlelab trace: %s\n", what);
    return TOOL_USAGE;
}

/* The first of the names that a recording's trace may have. */
static bool find_trace(struct job *job, const char *folder)
{
    static const char *const NAMES[] = {"trace.txt", "trace.txt.gz", "perf.txt", "report.txt"};

    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
        if (snprintf(job->trace, NAME_BYTES, "%s/%s", folder, NAMES[i]) < NAME_BYTES && access(job->trace, R_OK) == 0)
            return true;
    fprintf(stderr, "idlelab trace: %s holds none of trace.txt, trace.txt.gz, perf.txt and report.txt\n", folder);
    return false;
}

static bool read_table_file(struct job *job, const char *name)
{
    static struct replay_csv csv;
    FILE *file = fopen(name, "r");
    bool good;

    if (!file) {
        fprintf(stderr, "idlelab trace: %s: %s\n", name, strerror(errno));
        return false;
    }
    replay_csv_open(&csv, file, name);
    good = replay_csv_table(&csv, &job->about->table) == REPLAY_CSV_OK;
    fclose(file);
    if (!good)
        complain(csv.error);
    return good;
}

/* What stands beside the trace. False with a complaint. */
static bool read_about(struct job *job, const char *input)
{
    const struct trace_request *request = job->request;
    struct trace_about *about = job->about;
    struct stat status;
    bool folder = strcmp(input, "-") != 0 && stat(input, &status) == 0 && S_ISDIR(status.st_mode);

    about->limit_us = -1;
    snprintf(job->trace, NAME_BYTES, "%s", input);
    if (folder) {
        if (!find_trace(job, input) || !trace_about_folder(about, input)) {
            if (about->error[0])
                complain(about->error);
            return false;
        }
        snprintf(job->timers, NAME_BYTES, "%.*s/timer_list.txt", NAME_BYTES - 16, input);
    }
    if (request->timers)
        snprintf(job->timers, NAME_BYTES, "%s", request->timers);
    else if (folder && access(job->timers, R_OK) != 0)
        job->timers[0] = 0;
    if (request->kernel)
        snprintf(about->kernel, sizeof(about->kernel), "%s", request->kernel);
    if (request->governor)
        snprintf(about->governor, sizeof(about->governor), "%s", request->governor);
    if (request->hz)
        about->hz = request->hz;
    if (about->hz < HZ_MIN || about->hz > HZ_MAX) {
        complain("the recording does not say how many ticks a second the kernel has: --hz N (24 to 10000)");
        return false;
    }
    return !request->table || read_table_file(job, request->table);
}

static bool is_another_clock(const struct trace_machine *machine)
{
    return machine->clock_seen >= CLOCK_LOOKS && machine->clock_error_ns > CLOCK_ERROR_NS;
}

static int read_events(struct job *job)
{
    struct trace_machine *machine = job->machine;
    struct trace_line line;
    struct trace_event event;
    enum trace_result result;

    while ((result = trace_text_next(job->text, &line)) == TRACE_OK) {
        result = trace_event_of(job->text, &line, &event);
        if (result != TRACE_OK)
            break;
        if (!trace_machine_take(machine, &event))
            return complain(machine->error);
        if (is_another_clock(machine)) {
            trace_text_complain(job->text, "the clock of this trace is not CLOCK_MONOTONIC: record with `mono' "
                                           "(trace_clock, trace-cmd record -C mono, perf record -k mono)");
            return complain(job->text->error);
        }
    }
    if (result == TRACE_BAD)
        return complain(job->text->error);
    if (machine->events == 0 || !trace_machine_end(machine)) {
        trace_text_complain(job->text, machine->error
                                           ? machine->error
                                           : "no event of a trace in this text: expected tracefs' "
                                             "own, that of `perf script --ns' or of `trace-cmd report -t -N'");
        return complain(job->text->error);
    }
    machine->lost += job->text->overwritten;
    return TOOL_PASS;
}

static int write_cpu(struct job *job, uint32_t number, struct trace_summary *summary)
{
    const struct idle_table *table = trace_about_table(job->about, number);
    struct trace_cpu *cpu = job->machine->cpu[number];
    struct trace_calibration calibration;
    struct trace_totals totals = {0};

    if (!table) {
        fprintf(stderr, "idlelab trace: there is no table of idle states for CPU %" PRIu32 ": --table T.csv\n", number);
        return TOOL_USAGE;
    }
    if (cpu->deepest >= table->count) {
        fprintf(stderr,
                "idlelab trace: CPU %" PRIu32 " was in state %" PRIu32 ", and its table has %" PRIu32 " states\n",
                number, cpu->deepest, table->count);
        return TOOL_USAGE;
    }
    if (!trace_calibrate(&calibration, cpu, job->about->states[number], table, job->machine->tick_period_ns,
                         job->text->coarse) ||
        !trace_rows_write(job->output, number, job->machine, table, &calibration, summary->version, &totals))
        return complain("the rows could not be written");
    trace_summary_cpu(summary, number, cpu, &calibration, &totals);
    return TOOL_PASS;
}

static int write_all(struct job *job)
{
    struct trace_summary summary;
    int code = TOOL_PASS;
    uint32_t cpus = 0;

    if (!trace_summary_begin(&summary, job->output, job->about, job->machine, job->text))
        return complain("the summary could not be written");
    for (uint32_t c = 0; c < job->machine->cpus && code == TOOL_PASS; c++)
        if (job->machine->cpu[c] && job->machine->cpu[c]->pass_count > 0) {
            code = write_cpu(job, c, &summary);
            cpus++;
        }
    if (code == TOOL_PASS && cpus == 0)
        code = complain("no CPU was idle in this trace: it needs power:cpu_idle and sched:sched_switch");
    if (code == TOOL_PASS && !trace_energy_write(job->output, job->about, job->machine))
        code = complain("the power could not be written");
    if (!trace_summary_end(&summary) && code == TOOL_PASS)
        code = complain("the summary could not be written");
    return code;
}

static int run_job(struct job *job, const char *input)
{
    int code;

    if (!read_about(job, input))
        return TOOL_USAGE;
    if (mkdir(job->output, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "idlelab trace: %s: %s\n", job->output, strerror(errno));
        return TOOL_USAGE;
    }
    job->machine = trace_machine_new(NS_PER_S / job->about->hz, job->output);
    if (!job->machine)
        return complain("there is not enough memory");
    if (job->about->limit_us >= 0) {
        job->machine->limit_known = true;
        job->machine->limit_ns =
            job->about->limit_us > IDLE_TIME_MAX_NS / NS_PER_US ? IDLE_TIME_MAX_NS : job->about->limit_us * NS_PER_US;
    }
    if (job->timers[0] && !trace_about_timers(job->about, job->machine, job->timers))
        return complain(job->about->error);
    trace_about_lost(job->machine, input);
    if (trace_text_open(job->text, job->trace) != TRACE_OK)
        return complain(job->text->error);
    code = read_events(job);
    return code == TOOL_PASS ? write_all(job) : code;
}

int trace_import(const struct trace_request *request, const char *input, const char *output)
{
    struct job job = {.request = request, .output = output};
    int code;

    job.about = calloc(1, sizeof(*job.about));
    job.text = calloc(1, sizeof(*job.text));
    code = job.about && job.text ? run_job(&job, input) : complain("there is not enough memory");
    if (job.machine)
        trace_machine_free(job.machine);
    if (job.text)
        trace_text_close(job.text);
    if (job.about)
        trace_about_free(job.about);
    free(job.text);
    free(job.about);
    return code;
}
