/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "run/tool/idle_page/page.h"
#include "run/tool/report/view.h"

enum { SHADES = 6 };

struct range {
    uint32_t first, end;
};

/* The classes that any of the two pictures uses, on either axis: one scale for all. */
static struct range range_of(const struct page_kind *kind)
{
    struct range range = {PAGE_CLASSES, 0};

    for (uint32_t x = 0; x < PAGE_CLASSES; x++)
        for (uint32_t y = 0; y < PAGE_CLASSES; y++)
            if (kind->timer[x][y] || kind->forecast[x][y]) {
                uint32_t low = x < y ? x : y, high = x < y ? y : x;

                range.first = low < range.first ? low : range.first;
                range.end = high + 1 > range.end ? high + 1 : range.end;
            }
    return range;
}

/* The cells of one shade: the number of passes on a logarithmic scale. */
static void print_shade(FILE *out, uint32_t grid[PAGE_CLASSES][PAGE_CLASSES], struct range range, int shade,
                        double most)
{
    bool any = false;

    for (uint32_t x = range.first; x < range.end; x++)
        for (uint32_t y = range.first; y < range.end; y++) {
            if (!grid[x][y] || (int)(log1p(grid[x][y]) / most * (SHADES - 0.001)) != shade)
                continue;
            if (!any)
                fprintf(out, "<path class=\"d%d\" d=\"", shade);
            any = true;
            fprintf(out, "M%u %uh1v1h-1z", x - range.first, range.end - 1 - y);
        }
    if (any)
        fputs("\"/>", out);
}

static void print_axes(FILE *out, struct range range)
{
    char text[PAGE_NAME_BYTES];
    double low = log10(page_class_ns(range.first)), high = log10(page_class_ns(range.end));
    int step = high - low > 5 ? 2 : 1;

    for (int decade = 2; decade < 13; decade += step) {
        double at = 100 * (decade - low) / (high - low);

        if (at < 0 || at > 100)
            continue;
        page_time(text, pow(10, decade));
        fprintf(out, "<b style=\"left:%.1f%%\">%s</b><b class=\"up\" style=\"bottom:%.1f%%\">%s</b>", at, text, at,
                text);
    }
}

static void print_grid(FILE *out, const char *title, uint32_t grid[PAGE_CLASSES][PAGE_CLASSES], struct range range)
{
    uint64_t all = 0, near = 0, longer = 0;
    double most = 0;
    uint32_t size = range.end - range.first;

    for (uint32_t x = range.first; x < range.end; x++)
        for (uint32_t y = range.first; y < range.end; y++) {
            bool close = (x > y ? x - y : y - x) <= PAGE_DECADE / 3;

            all += grid[x][y];
            near += close ? grid[x][y] : 0;
            longer += !close && y > x ? grid[x][y] : 0;
            most = fmax(most, log1p(grid[x][y]));
        }
    if (all == 0)
        return;
    report_tag(out, "<figure class=\"idle density\"><figcaption>", title, "");
    fprintf(out,
            ": of the sleeps %.1f %% lay within a factor of two of it, %.1f %% were longer, %.1f %% "
            "shorter.</figcaption>\n",
            page_percent(near, all), page_percent(longer, all), page_percent(all - near - longer, all));
    report_tag(out, "<div class=\"square\"><svg role=\"img\" aria-label=\"", title, "\"");
    fprintf(out, " viewBox=\"0 0 %u %u\">", size, size);
    for (int shade = 0; shade < SHADES; shade++)
        print_shade(out, grid, range, shade, most);
    fprintf(out, "<path class=\"same\" d=\"M0 %uL%u 0\"/></svg>", size, size);
    print_axes(out, range);
    fputs("<em>expected &rarr;</em><em class=\"up\">slept &rarr;</em></div></figure>\n", out);
}

void page_forecast(FILE *out, const struct idle_page *page)
{
    char title[200];

    fputs("<h2 id=\"forecast\">What was expected, and what came</h2>\n", out);
    for (uint32_t k = 0; k < page->kinds; k++) {
        struct page_kind *kind = page->kind[k];
        struct range range = range_of(kind);

        if (range.end == 0)
            continue;
        fputs("<div class=\"pair\">\n", out);
        if (page->others > 0) {
            snprintf(title, sizeof(title), "The forecast of %.40s against the real length", page->other[0].name);
            print_grid(out, title, kind->forecast, range);
            if (kind->forecasts == 0)
                report_tag(out, "<p class=\"soft\">", page->other[0].name, " makes no forecast of a length.</p>\n");
        }
        print_grid(out, "The distance of the next timer against the real length", kind->timer, range);
        fputs("</div>\n", out);
    }
}
