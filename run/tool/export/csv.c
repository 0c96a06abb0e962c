/* SPDX-License-Identifier: MIT */
/*
 * Raw samples with the column names of intel/wult's datapoints.csv (all times in microseconds there), and columns that
 * wult lacks: the step, the sample's number, why it was rejected, what woke the CPU. Behind them the step's clocks,
 * residencies, power and temperatures, by wult's names and, where it has none, by turbostat's: wult has each sample's.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rows/reasons.h"
#include "run/tool/digits.h"
#include "run/tool/export/forms.h"
#include "run/tool/model/trust.h"
#include "run/tool/model/vitals.h"

#define STATE_CHARS 64 /* of an idle method with its argument; more is cut */

/* What all samples of a step have in common, and the text that waits to be written. */
struct writer {
    FILE *out;
    const struct model_step *step; /* of the texts below */
    size_t row_count;              /* that it had then: later rows add to its vitals */
    char *lead, *state, *vitals;   /* "NAME,"; ",HLT,"; the cells behind the last stamp, with the line's end */
    double hz;                     /* of the TSC; 0: not known */
    int64_t bound_tsc;             /* of latencies between two CPUs (trust.h); 0: one CPU's */
    size_t used;
    char text[1 << 16];
};

static void flush(struct writer *writer)
{
    fwrite(writer->text, 1, writer->used, writer->out);
    writer->used = 0;
}

static void put_bytes(struct writer *writer, const char *text, size_t bytes)
{
    if (bytes > sizeof(writer->text) - writer->used)
        flush(writer);
    if (bytes > sizeof(writer->text)) {
        fwrite(text, 1, bytes, writer->out);
        return;
    }
    memcpy(writer->text + writer->used, text, bytes);
    writer->used += bytes;
}

static void put(struct writer *writer, const char *text)
{
    put_bytes(writer, text ? text : "", text ? strlen(text) : 0);
}

/* A time in microseconds at `at`, or nothing where a stamp was not taken. */
static char *print_time(const struct writer *writer, char *at, int64_t ticks)
{
    double shown = writer->hz > 0 ? (double)ticks * 1e10 / writer->hz : 0;
    if (ticks == METRIC_NONE)
        return at;
    /* What no clock shows, as hostile logs have it. */
    if (!(fabs(shown) < 9e18))
        shown = 0;
    return digits_put_decimals(at, llround(shown));
}

/* The idle method of the step's arguments ("idle=mwait:0x20"), in capitals as wult writes C-states. */
static void write_state(FILE *out, const struct model_step *step)
{
    const char *at = strstr(step->args, "idle=");
    char state[STATE_CHARS];
    size_t used = 0;
    for (at = at ? at + strlen("idle=") : ""; *at && *at != ' ' && used + 1 < sizeof(state); at++)
        state[used++] = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at == ',' ? ';' : *at;
    state[used] = '\0';
    fputc(',', out);
    export_cell(out, state);
    fputc(',', out);
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

/* One of the step's texts. */
static void print_text(char **text, const struct model_step *step, void (*write)(FILE *out, const struct model_step *))
{
    size_t bytes;
    FILE *out;

    free(*text);
    *text = NULL;
    out = open_memstream(text, &bytes);
    if (!out)
        return;
    write(out, step);
    fclose(out);
}

static void write_lead(FILE *out, const struct model_step *step)
{
    export_cell(out, step->name);
    fputc(',', out);
}

static void take_step(struct writer *writer, const struct model_run *run, const struct model_step *step)
{
    char source[TRUST_CHARS];

    if (writer->step == step && writer->row_count == step->row_count)
        return;
    writer->step = step;
    writer->row_count = step->row_count;
    writer->hz = (double)run->tsc_hz;
    writer->bound_tsc = trust_bound_of_source(run, step, trust_argument(source, step, "by"));
    print_text(&writer->lead, step, write_lead);
    print_text(&writer->state, step, write_state);
    print_text(&writer->vitals, step, write_vitals);
}

static void put_times(struct writer *writer, uint64_t index, const struct sample *s)
{
    char text[8 * (DIGITS_MAX + 6)], *at = digits_put(text, index), *silent;
    *at++ = ',';
    /*
     * The lab arms the event just before it sleeps: the launch distance is the silent time of a sample that was not
     * late.
     */
    silent = at;
    at = print_time(writer, at, sample_silent_time(s));
    *at++ = ',';
    memcpy(at, silent, (size_t)(at - silent));
    at += at - silent;
    at = print_time(writer, at, sample_wake_latency(s));
    *at++ = ',';
    at = print_time(writer, at, sample_interrupt_latency(s));
    *at++ = ',';
    at = print_time(writer, at, sample_return_latency(s));
    put_bytes(writer, text, (size_t)(at - text));
}

/* What the latency is not known better than, and whether it is above that; nothing where one CPU took the stamps. */
static void put_bound(struct writer *writer, const struct sample *s)
{
    char text[DIGITS_MAX + 8], *at = text;

    if (writer->bound_tsc == 0) {
        put_bytes(writer, ",,", 2);
        return;
    }
    *at++ = ',';
    at = print_time(writer, at, writer->bound_tsc);
    put_bytes(writer, text, (size_t)(at - text));
    put(writer, trust_usable(sample_wake_latency(s), writer->bound_tsc) ? ",yes" : ",no");
}

static void write_samples(void *context, struct model *model, struct model_step *step, uint64_t index,
                          const struct sample *samples, size_t count)
{
    struct writer *writer = context;
    char stamp[DIGITS_MAX];

    take_step(writer, model_current_run(model), step);
    for (size_t i = 0; i < count; i++) {
        const struct sample *s = &samples[i];

        put(writer, writer->lead);
        put_times(writer, index + i, s);
        put(writer, writer->state);
        if (s->reject)
            put(writer, s->reject < REJECT_COUNT ? sample_rejects[s->reject].word : "unknown");
        put_bytes(writer, ",", 1);
        put(writer, sample_cause_name(s->cause));
        put_bytes(writer, ",", 1);
        put_bytes(writer, stamp, (size_t)(digits_put(stamp, s->event_tsc) - stamp));
        put_bound(writer, s);
        put(writer, writer->vitals);
    }
}

static void *open_writer(FILE *out)
{
    struct writer *writer = calloc(1, sizeof(*writer));
    if (writer)
        writer->out = out;
    return writer;
}

static void close_writer(void *context)
{
    struct writer *writer = context;
    flush(writer);
    free(writer->lead);
    free(writer->state);
    free(writer->vitals);
    free(writer);
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
        fputs("idlelab export: the log holds no raw samples: a step sends them with raw=yes, as in\n"
              "  wake idle=hlt by=timer raw=yes\n"
              "`export --turbostat` and `--hgrm` need none\n",
              stderr);
}

const struct export_form EXPORT_CSV = {
    "--csv",
    "Step,Index,LDist,SilentTime,WakeLatency,IntrLatency,ReturnLatency,ReqCState,Reject,Cause,EventTSC,"
    "OffsetBound,Usable",
    .begin = write_head,
    .raw_open = open_writer,
    .on_raw = write_samples,
    .raw_close = close_writer,
    .write = say_if_none,
};
