/* SPDX-License-Identifier: MIT */
/*
 * One picture of all methods: a line for each way to sleep and to be woken, on one logarithmic axis, the fastest
 * first; floor and noise drawn in. It is markup, no canvas, so that it is there without scripts and on paper.
 */
#include "run/tool/report/bands.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/trust.h"

#define BANDS_SHOWN_MAX      24
/* A label takes so much of the axis, on a screen, and on a phone. */
#define LABEL_PERCENT        20.0
#define LABEL_PERCENT_NARROW 42.0

static bool is_on_axis(const struct bands *bands, double value)
{
    return value > bands->low && value < bands->high;
}

/* A place on the axis in percent. */
static double place(const struct bands *bands, double value)
{
    double share = value > 0 ? log(value / bands->low) / log(bands->high / bands->low) : 0;
    return share < 0 ? 0 : share > 1 ? 100 : share * 100;
}

static void print_part(FILE *out, const struct bands *bands, const char *name, double from, double to)
{
    double left = place(bands, from), right = place(bands, to);
    fprintf(out, "<i class=\"%s\" style=\"left:%.2f%%;width:%.2f%%\"></i>", name, left,
            right - left < 0.3 ? 0.3 : right - left);
}

static const char *colour_of(const char *source)
{
    static const char *const sources[] = {"timer", "ipi", "store", "nmi", "deadline"};
    static const char *const names[] = {"s0", "s1", "s2", "s3", "s4"};
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
        if (strcmp(source, sources[i]) == 0)
            return names[i];
    return "s5";
}

/* Too few samples for that quantile, or most were rejected in all its steps. */
static bool is_few(const struct band *band, const char *quantile)
{
    return !trust_quantile_of(band->samples, quantile) || (band->doubtful > 0 && band->doubtful == band->steps);
}

static void print_band(FILE *out, struct bands *bands, const struct band *band)
{
    char text[MEASURE_CHARS], bound[TRUST_CHARS];
    struct measure ns = {1, "ns"};
    bool usable = band->bound <= 0 || band->p50 > band->bound;

    fprintf(out, "<a class=\"band %s%s\" href=\"#", colour_of(band->source), is_few(band, "p50") ? " pale" : "");
    report_anchor(out, band->step);
    if (is_few(band, "p50"))
        fprintf(out, "\" title=\"%s", REPORT_FEW);
    report_tag(out, "\"><span class=\"label\">", band->label, "");
    if (band->steps > 1)
        fprintf(out, " <small>(%zu)</small>", band->steps);
    fputs("</span><span class=\"track\">", out);
    if (usable && is_on_axis(bands, cloud_at(&bands->noise, 0.99)))
        fprintf(out, "<i class=\"noise\" style=\"left:%.2f%%\"></i>", place(bands, cloud_at(&bands->noise, 0.99)));
    if (usable) {
        print_part(out, bands, "far", band->p1, band->p999);
        print_part(out, bands, "near", band->p1, band->p99);
        print_part(out, bands, "mid", band->p50, band->p50);
    }
    if (usable && is_on_axis(bands, band->floor))
        fprintf(out, "<i class=\"floor\" style=\"left:%.2f%%\"></i>", place(bands, band->floor));
    if (usable)
        fprintf(out, "</span><span class=\"value\"><b%s>%s</b>", is_few(band, "p50") ? " class=\"few\"" : "",
                measure_scaled(text, ns, band->p50));
    else
        fprintf(out, "<em>%s</em></span><span class=\"value\">",
                trust_bound_text(bound, ns, (int64_t)llround(band->bound)));
    fprintf(out, "<small%s>%s</small></span></a>\n", is_few(band, "p99") ? " class=\"few\"" : "",
            usable ? measure_scaled(text, ns, band->p99) : "");
}

/* Powers of ten, or 1, 2, 5 of each where they are few. */
static void print_axis(FILE *out, const struct bands *bands)
{
    double decades = log10(bands->high / bands->low);
    static const double steps[] = {1, 2, 5};
    size_t count = decades < 2.2 ? 3 : 1;
    double last = -LABEL_PERCENT, last_narrow = -LABEL_PERCENT_NARROW;

    fputs("<div class=\"axis\"><span class=\"label\"></span><span class=\"track\">", out);
    for (int power = (int)floor(log10(bands->low)); power <= (int)ceil(log10(bands->high)); power++)
        for (size_t i = 0; i < count; i++) {
            double value = steps[i] * pow(10, power), at = place(bands, value);
            char text[MEASURE_CHARS], *unit;
            if (value < bands->low * 1.02 || value > bands->high / 1.02 || at < last + LABEL_PERCENT)
                continue;
            measure_scaled(text, (struct measure){1, "ns"}, value);
            /* "10.0 us" is "10 us" here. */
            unit = strchr(text, ' ');
            fprintf(out, "<b%s style=\"left:%.2f%%\">%g%s</b>",
                    at < last_narrow + LABEL_PERCENT_NARROW ? " class=\"often\"" : "", at, strtod(text, NULL),
                    unit ? unit : "");
            last = at;
            last_narrow = at < last_narrow + LABEL_PERCENT_NARROW ? last_narrow : at;
        }
    fputs("</span><span class=\"value\">p50 <small>p99</small></span></div>\n", out);
}

void report_bands(FILE *out, struct report *report)
{
    struct bands *bands = calloc(1, sizeof(*bands));
    bool floors = false;
    char text[MEASURE_CHARS];

    if (!bands)
        return;
    bands_fill(bands, report);
    for (size_t i = 0; i < bands->count; i++)
        floors |= is_on_axis(bands, bands->list[i].floor);
    if (bands->count > 0) {
        fputs("<figure id=\"bands\"><figcaption><strong>All methods</strong>, the fastest first: p50 in a band from p1 "
              "to p99, thin to p99.9",
              out);
        fputs(floors ? "; <i class=\"key floor\"></i> the floor" : "", out);
        if (bands->noise.total > 0)
            fprintf(out, "; <i class=\"key noise\"></i> p99 of the noise, %s",
                    measure_scaled(text, (struct measure){1, "ns"}, cloud_at(&bands->noise, 0.99)));
        fputs("</figcaption>\n", out);
        for (size_t i = 0; i < bands->count && i < BANDS_SHOWN_MAX; i++)
            print_band(out, bands, &bands->list[i]);
        print_axis(out, bands);
        if (bands->count > BANDS_SHOWN_MAX)
            fprintf(out, "<p class=\"soft\">%zu slower ones are in the tables.</p>\n", bands->count - BANDS_SHOWN_MAX);
        fputs("</figure>\n", out);
    }
    for (size_t i = 0; i < bands->count; i++)
        cloud_free(&bands->list[i].cloud);
    cloud_free(&bands->noise);
    free(bands);
}
