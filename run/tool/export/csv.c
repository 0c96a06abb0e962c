/* SPDX-License-Identifier: MIT */
/*
 * Raw samples with the column names of intel/wult's datapoints.csv (all times in microseconds there), and columns that
 * wult lacks: the step, the sample's number, why it was rejected, what woke the CPU. Behind them the step's clocks,
 * residencies, power and temperatures, by wult's names and, where it has none, by turbostat's: wult has each sample's.
 */
#include <inttypes.h>
#include <string.h>

#include "lib/rows/reasons.h"
#include "run/tool/export/forms.h"
#include "run/tool/model/vitals.h"

static double to_us(const struct model_run *run, int64_t ticks)
{
    return run->tsc_hz ? (double)ticks * 1e6 / (double)run->tsc_hz : 0;
}

/* A time, or an empty cell where a stamp was not taken. */
static void write_time(FILE *out, const struct model_run *run, int64_t ticks)
{
    if (ticks == METRIC_NONE)
        fputc(',', out);
    else
        fprintf(out, ",%.4f", to_us(run, ticks));
}

/* The idle method of the step's arguments ("idle=mwait:0x20"), in capitals as wult writes C-states. */
static void write_state(FILE *out, const struct model_step *step)
{
    const char *at = strstr(step->args, "idle=");
    fputc(',', out);
    for (at = at ? at + strlen("idle=") : ""; *at && *at != ' '; at++) {
        /* A comma would end the cell. */
        if (*at >= 'a' && *at <= 'z')
            fputc(*at - 'a' + 'A', out);
        else
            fputc(*at == ',' ? ';' : *at, out);
    }
}

static const char *vitals_name(const struct vitals_column *column)
{
    if (column->wult)
        return column->wult;
    return strcmp(column->turbostat, "CPU%c1") == 0 ? NULL : column->turbostat; /* wult has two of its own */
}

static void write_vitals(FILE *out, const struct model_step *step)
{
    double value;

    for (size_t i = 0; vitals_column_at(i); i++) {
        if (!vitals_name(vitals_column_at(i)))
            continue;
        fputc(',', out);
        if (vitals_value(step, vitals_column_at(i), &value))
            fprintf(out, "%.*f", vitals_column_at(i)->digits, value);
    }
    fputc('\n', out);
}

static void write_head(FILE *out)
{
    for (size_t i = 0; vitals_column_at(i); i++)
        if (vitals_name(vitals_column_at(i)))
            fprintf(out, ",%s", vitals_name(vitals_column_at(i)));
    fputc('\n', out);
}

static void write_samples(void *out, struct model *model, struct model_step *step, uint64_t index,
                          const struct sample *samples, size_t count)
{
    const struct model_run *run = model_current_run(model);
    for (size_t i = 0; i < count; i++) {
        const struct sample *s = &samples[i];
        int64_t silent;
        const char *reject;

        fprintf(out, "%s,%" PRIu64, step->name, index + i);
        silent = sample_silent_time(s);
        reject = s->reject < REJECT_COUNT ? sample_rejects[s->reject].word : "unknown";
        /*
         * The lab arms the event just before it sleeps: the launch distance is the silent time of a sample that was not
         * late.
         */
        write_time(out, run, silent);
        write_time(out, run, silent);
        write_time(out, run, sample_wake_latency(s));
        write_time(out, run, sample_interrupt_latency(s));
        write_time(out, run, sample_return_latency(s));
        write_state(out, step);
        fprintf(out, ",%s,%s,%" PRIu64, s->reject ? reject : "", sample_cause_name(s->cause), s->event_tsc);
        write_vitals(out, step);
    }
}

/* All samples are written already: says so where there were none. */
static void say_if_none(FILE *out, struct model *model)
{
    uint64_t raw_count = 0;
    (void)out;
    for (size_t r = 0; r < model->run_count; r++)
        for (size_t s = 0; s < model->runs[r].step_count; s++)
            raw_count += model->runs[r].steps[s].raw_count;
    if (raw_count == 0)
        fputs("idlelab export: the log holds no raw samples: give a step the key raw\n", stderr);
}

const struct export_form EXPORT_CSV = {
    "--csv",
    "Step,Index,LDist,SilentTime,WakeLatency,IntrLatency,ReturnLatency,ReqCState,Reject,Cause,EventTSC",
    .begin = write_head,
    .on_raw = write_samples,
    .write = say_if_none,
};
