/* SPDX-License-Identifier: MIT */
/*
 * Histograms for the HdrHistogram tools: the log form 1.3 (all of them, as the lab encoded them), and the percentile
 * form that the HdrHistogram plotter reads (values in TSC ticks in both).
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "run/tool/export/forms.h"

#define TICKS_PER_HALF_DISTANCE 5

typedef void (*metric_fn)(FILE *out, const struct model_run *run, const struct model_step *step,
                          struct model_metric *metric);

/* Calls `write` for every metric that has a whole histogram. */
static void each_hist(FILE *out, struct model *model, metric_fn write)
{
    for (size_t r = 0; r < model->run_count; r++) {
        struct model_run *run = &model->runs[r];
        for (size_t s = 0; s < run->step_count; s++)
            for (size_t m = 0; m < run->steps[s].metric_count; m++) {
                struct model_metric *metric = &run->steps[s].metrics[m];
                if (model_metric_hist(model, metric))
                    write(out, run, &run->steps[s], metric);
            }
    }
}

/* Seconds from the start of the run's first step that began to the start of this one; those before it were skipped. */
static double start_s(const struct model_run *run, const struct model_step *step)
{
    const struct model_step *first = run->steps;

    if (run->tsc_hz == 0 || !step->begun)
        return 0;
    while (!first->begun)
        first++;
    return (double)(int64_t)((uint64_t)step->begin_tsc - (uint64_t)first->begin_tsc) / (double)run->tsc_hz;
}

static void write_hlog_line(FILE *out, const struct model_run *run, const struct model_step *step,
                            struct model_metric *metric)
{
    /* The log form gives maxima in units of a million. */
    fprintf(out, "Tag=%s.%s,%.3f,%.3f,%.3f,", step->name, metric->name, start_s(run, step), (double)step->ms / 1000,
            (double)metric->max / 1e6);
    for (size_t i = 0; i < metric->part_count; i++)
        fputs(metric->parts[i], out);
    fputc('\n', out);
}

static void write_hlog(FILE *out, struct model *model)
{
    each_hist(out, model, write_hlog_line);
}

const struct export_form EXPORT_HLOG = {
    "--hlog",
    "#[Histogram log format version 1.3]\n"
    "#[Values in TSC ticks]\n"
    "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n",
    .write = write_hlog,
};

static void write_moments(FILE *out, const struct hdr *hist)
{
    double sum = 0, squares = 0, total = (double)hist->total_count;
    uint64_t max = 0;
    double mean;
    uint32_t half;

    for (uint32_t i = 0; i < hist->counter_count; i++) {
        double count = (double)hdr_count_at(hist, i);
        /* HdrHistogram's median equivalent value. */
        double middle = (double)((hdr_lowest_at(hist, i) + hdr_highest_at(hist, i) + 1) / 2);
        sum += count * middle;
        max = count > 0 ? hdr_highest_at(hist, i) : max;
    }
    mean = sum / total;
    for (uint32_t i = 0; i < hist->counter_count; i++) {
        double middle = (double)((hdr_lowest_at(hist, i) + hdr_highest_at(hist, i) + 1) / 2);
        squares += (double)hdr_count_at(hist, i) * (middle - mean) * (middle - mean);
    }
    half = (uint32_t)1 << hist->half_magnitude;
    fprintf(out, "#[Mean    = %12.*f, StdDeviation   = %12.*f]\n", hist->digits, mean, hist->digits,
            sqrt(squares / total));
    fprintf(out, "#[Max     = %12.*f, Total count    = %12" PRIu64 "]\n", hist->digits, (double)max, hist->total_count);
    fprintf(out, "#[Buckets = %12u, SubBuckets     = %12u]\n", hist->counter_count / half - 1, half * 2);
}

/* The steps of HdrHistogram's percentile iterator: five in each half of the way to 100 %. */
static void write_percentiles(FILE *out, const struct model_run *run, const struct model_step *step,
                              struct model_metric *metric)
{
    const struct hdr *hist = metric->hist;
    uint64_t reached = hdr_count_at(hist, 0), total = hist->total_count;
    uint32_t index = 0;
    double level = 0;
    (void)run;
    fprintf(out, "#[%s %s, values in TSC ticks]\n", step->name, metric->name);
    fputs("       Value     Percentile TotalCount 1/(1-Percentile)\n\n", out);
    while (total > 0) {
        bool last = reached == total;
        if (last)
            level = 100;
        while (hdr_count_at(hist, index) == 0 || 100.0 * (double)reached / (double)total < level)
            reached += hdr_count_at(hist, ++index);
        fprintf(out, "%12.*f %.12f %10" PRIu64, hist->digits, (double)hdr_highest_at(hist, index), level / 100,
                reached);
        if (last)
            break;
        fprintf(out, " %14.2f\n", 1 / (1 - level / 100));
        level += 100 / (TICKS_PER_HALF_DISTANCE * pow(2, floor(log2(100 / (100 - level))) + 1));
    }
    fputc('\n', out);
    if (total > 0)
        write_moments(out, hist);
}

static void write_hgrm(FILE *out, struct model *model)
{
    each_hist(out, model, write_percentiles);
}

const struct export_form EXPORT_HGRM = {"--hgrm", .write = write_hgrm};
