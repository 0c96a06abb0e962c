/* SPDX-License-Identifier: MIT */
#include "run/tool/show/block_plot.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define LEVELS            8
#define BAR_BINS_MAX      24
#define BAR_LABEL_COLUMNS 24

/* The middle of a counter's values, in shown units; a logarithmic axis begins at half a unit. */
static double middle_of(const struct hdr *hist, uint32_t index, struct measure measure)
{
    double middle = (double)(hdr_lowest_at(hist, index) + hdr_highest_at(hist, index)) / 2;
    return (middle < 0.5 ? 0.5 : middle) * measure.factor;
}

void block_plot_cover(struct block_plot *plot, const struct hdr *hist, struct measure measure)
{
    /* Zero, where values below zero are counted too, has no place on a logarithmic axis: it goes to its left end. */
    for (uint32_t i = 1; i < hist->counter_count; i++) {
        double middle;

        if (hdr_count_at(hist, i) == 0)
            continue;
        middle = middle_of(hist, i, measure);
        if (plot->low == 0 || middle < plot->low)
            plot->low = middle;
        if (middle > plot->high)
            plot->high = middle;
    }
}

static size_t cell_of(const struct block_plot *plot, double value)
{
    double place;
    size_t cell;

    if (plot->high <= plot->low)
        return 0;
    place = log(value / plot->low) / log(plot->high / plot->low) * (double)plot->cells;
    cell = place < 0 ? 0 : (size_t)place;
    return cell < plot->cells ? cell : plot->cells - 1;
}

uint64_t block_plot_fill(const struct block_plot *plot, const struct hdr *hist, struct measure measure,
                         uint64_t *counts)
{
    uint64_t most = 0;
    memset(counts, 0, plot->cells * sizeof(*counts));
    for (uint32_t i = 0; i < hist->counter_count; i++) {
        uint64_t count = hdr_count_at(hist, i);
        size_t cell;

        if (count == 0)
            continue;
        cell = cell_of(plot, middle_of(hist, i, measure));
        counts[cell] += count;
        if (counts[cell] > most)
            most = counts[cell];
    }
    return most;
}

void block_plot_print(const struct block_plot *plot, FILE *out, const struct hdr *hist, struct measure measure)
{
    static const char *const blocks[LEVELS] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                               "\u2585", "\u2586", "\u2587", "\u2588"};
    uint64_t counts[BLOCK_PLOT_CELLS_MAX];
    uint64_t most = block_plot_fill(plot, hist, measure, counts);
    size_t end = plot->cells; /* no line ends in blanks */
    while (end > 0 && counts[end - 1] == 0)
        end--;
    for (size_t i = 0; i < end; i++) {
        double share;
        size_t level;

        if (counts[i] == 0) {
            fputc(' ', out);
            continue;
        }
        /* One sample is the lowest level, the fullest cell the highest. */
        share = most > 1 ? log((double)counts[i]) / log((double)most) : 1;
        level = (size_t)(share * (LEVELS - 1) + 0.5);
        if (plot->utf8)
            fputs(blocks[level], out);
        else
            fputc('1' + (int)level, out);
    }
}

void block_plot_axis(const struct block_plot *plot, FILE *out, size_t indent, struct measure measure)
{
    char line[BLOCK_PLOT_CELLS_MAX + MEASURE_CHARS + 1], label[MEASURE_CHARS];
    size_t used, end, last;

    if (plot->low <= 0)
        return;
    memset(line, ' ', sizeof(line));
    measure_scaled(label, measure, plot->low);
    used = strlen(label);
    end = used;
    memcpy(line, label, used);
    measure_scaled(label, measure, plot->high);
    last = plot->cells > strlen(label) ? plot->cells - strlen(label) : 0;
    if (last > used) {
        memcpy(line + last, label, strlen(label));
        end = last + strlen(label);
    }
    for (double tick = pow(10, ceil(log10(plot->low))); tick < plot->high; tick *= 10) {
        size_t cell = cell_of(plot, tick);
        measure_scaled(label, measure, tick);
        /* '|' marks the place, its label follows. */
        if (cell < used + 2 || cell + strlen(label) + 3 > last)
            continue;
        line[cell] = '|';
        memcpy(line + cell + 1, label, strlen(label));
        used = cell + 1 + strlen(label);
    }
    line[end] = '\0';
    fprintf(out, "%*s%s\n", (int)indent, "", line);
}

void block_plot_bars(FILE *out, const struct hdr *hist, struct measure measure, size_t width, bool utf8)
{
    struct block_plot plot = {.cells = BAR_BINS_MAX, .utf8 = utf8};
    uint64_t counts[BLOCK_PLOT_CELLS_MAX];
    uint64_t most;
    size_t room;

    block_plot_cover(&plot, hist, measure);
    most = block_plot_fill(&plot, hist, measure, counts);
    room = width > BAR_LABEL_COLUMNS + 8 ? width - BAR_LABEL_COLUMNS : 8;
    for (size_t i = 0; i < plot.cells && most > 0 && plot.low > 0; i++) {
        char label[MEASURE_CHARS];
        double edge = plot.low * pow(plot.high / plot.low, (double)i / (double)plot.cells);
        size_t bar = (size_t)((double)counts[i] * (double)room / (double)most + 0.5);
        if (plot.high <= plot.low && i > 0)
            break;
        fprintf(out, "  %10s %9" PRIu64 "%s", measure_scaled(label, measure, edge), counts[i],
                counts[i] > 0 ? " " : "");
        if (counts[i] > 0 && bar == 0)
            fputs(utf8 ? "\u258f" : ".", out);
        for (size_t j = 0; j < bar; j++)
            fputs(utf8 ? "\u2588" : "#", out);
        fputc('\n', out);
    }
}
