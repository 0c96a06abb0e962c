/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>

#include "run/tool/model/measure.h"
#include "run/tool/report/view.h"
#include "run/tool/show/block_plot.h"

#define WIDTH  560
#define HEIGHT 140
#define BASE   110 /* y of the axis */
#define BINS   80

/* Bars as high as the logarithm of their count, as one outline: a report has hundreds of pictures. */
static void print_bars(FILE *out, const uint64_t *counts, uint64_t most)
{
    const int width = WIDTH / BINS;

    fputs("<path class=\"bars\" fill=\"#3b82f6\" d=\"", out);
    for (int i = 0; i < BINS; i++)
        if (counts[i] > 0)
            fprintf(out, "M%d %dv-%.0fh%dV%d", i * width, BASE,
                    log1p((double)counts[i]) / log1p((double)most) * (BASE - 10), width - 1, BASE);
    fputs("\"/>", out);
}

void report_svg(FILE *out, struct model *model, const struct model_run *run, struct model_step *step)
{
    const struct model_metric *main_metric = model_main_metric(step);
    struct model_metric *metric = main_metric ? model_metric_by_name(model, step, main_metric->name, false) : NULL;
    const struct hdr *hist = metric ? model_metric_hist(model, metric) : NULL;
    struct measure measure;
    struct block_plot plot;
    uint64_t counts[BINS];
    char low[MEASURE_CHARS], high[MEASURE_CHARS];
    uint64_t most;

    if (!hist || hist->total_count == 0)
        return;
    measure = measure_of(run, metric->unit, false);
    plot = (struct block_plot){.cells = BINS};
    block_plot_cover(&plot, hist, measure);
    if (plot.low <= 0)
        return;
    /* A single value still needs an axis. */
    if (plot.high < plot.low * 1.01)
        plot.high = plot.low * 1.01;
    most = block_plot_fill(&plot, hist, measure, counts);
    fprintf(out, "<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" aria-label=\"histogram of ", WIDTH, HEIGHT,
            WIDTH);
    report_text(out, step->name);
    fputs("\">", out);
    print_bars(out, counts, most);
    fprintf(out, "<path d=\"M0 %dH%d\" stroke=\"#888\"/>", BASE, WIDTH);
    fprintf(out, "<text x=\"0\" y=\"%d\">%s</text>", BASE + 18, measure_scaled(low, measure, plot.low));
    fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text></svg>\n", WIDTH, BASE + 18,
            measure_scaled(high, measure, plot.high));
}
