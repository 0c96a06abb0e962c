/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "run/tool/model/measure.h"
#include "run/tool/report/view.h"

#define WIDTH  560
#define HEIGHT 140
#define BASE   110 /* y of the axis */
#define BINS   80

struct bins {
    double low, high;
    uint64_t counts[BINS];
    uint64_t most;
};

static double middle_of(const struct hdr *hist, uint32_t index, struct measure measure)
{
    double middle = (double)(hdr_lowest_at(hist, index) + hdr_highest_at(hist, index)) / 2;
    return (middle < 0.5 ? 0.5 : middle) * measure.factor;
}

static void fill(struct bins *bins, const struct hdr *hist, struct measure measure)
{
    memset(bins, 0, sizeof(*bins));
    /* Zero goes to the left end of the logarithmic axis. */
    for (uint32_t i = 1; i < hist->counter_count; i++) {
        if (hdr_count_at(hist, i) == 0)
            continue;
        double middle = middle_of(hist, i, measure);
        bins->low = bins->low == 0 ? middle : bins->low;
        bins->high = middle;
    }
    /* A single value still needs an axis. */
    if (bins->high < bins->low * 1.01)
        bins->high = bins->low * 1.01;
    for (uint32_t i = 0; i < hist->counter_count && bins->low > 0; i++) {
        double place = log(middle_of(hist, i, measure) / bins->low) / log(bins->high / bins->low);
        size_t bin = place <= 0 ? 0 : (size_t)(place * BINS);
        bin = bin < BINS ? bin : BINS - 1;
        bins->counts[bin] += hdr_count_at(hist, i);
        bins->most = bins->counts[bin] > bins->most ? bins->counts[bin] : bins->most;
    }
}

/* Bars as high as the logarithm of their count. */
static void print_bars(FILE *out, const struct bins *bins)
{
    for (size_t i = 0; i < BINS; i++) {
        if (bins->counts[i] == 0)
            continue;
        double share = log1p((double)bins->counts[i]) / log1p((double)bins->most);
        double width = (double)WIDTH / BINS, height = share * (BASE - 10);
        fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#3b82f6\"/>", (double)i * width,
                BASE - height, width - 1, height);
    }
}

void report_svg(FILE *out, struct model *model, const struct model_run *run, struct model_step *step)
{
    const struct model_metric *main_metric = model_main_metric(step);
    struct model_metric *metric = main_metric ? model_metric_by_name(model, step, main_metric->name, false) : NULL;
    const struct hdr *hist = metric ? model_metric_hist(model, metric) : NULL;
    if (!hist || hist->total_count == 0)
        return;
    struct measure measure = measure_of(run, metric->unit, false);
    struct bins bins;
    char low[MEASURE_CHARS], high[MEASURE_CHARS];
    fill(&bins, hist, measure);
    if (bins.most == 0)
        return;
    fprintf(out, "<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" aria-label=\"histogram of ", WIDTH, HEIGHT,
            WIDTH);
    report_text(out, step->name);
    fputs("\">", out);
    print_bars(out, &bins);
    fprintf(out, "<path d=\"M0 %dH%d\" stroke=\"#888\"/>", BASE, WIDTH);
    fprintf(out, "<text x=\"0\" y=\"%d\">%s</text>", BASE + 18, measure_scaled(low, measure, bins.low));
    fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text></svg>\n", WIDTH, BASE + 18,
            measure_scaled(high, measure, bins.high));
}
