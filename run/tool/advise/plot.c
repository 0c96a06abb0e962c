/* SPDX-License-Identifier: MIT */
/* The trade, drawn: added latency to the right, cost upwards, a letter a candidate. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/advise/advice.h"

enum {
    WIDTH = 64,
    HEIGHT = 16,
};

static double across(const struct advice_candidate *candidate)
{
    return log10(advice_latency(&candidate->tally).mean / 1000 + 0.01);
}

static double upwards(const struct advice_candidate *candidate)
{
    return log10(advice_cost(&candidate->tally).mean + 1e-9);
}

void advice_plot(const struct advice *advice)
{
    char grid[HEIGHT][WIDTH + 1];
    double low[2] = {1e9, 1e9}, high[2] = {-1e9, -1e9};

    memset(grid, ' ', sizeof(grid));
    for (uint32_t c = 0; c < advice->candidates; c++) {
        const struct advice_candidate *candidate = &advice->candidate[c];

        if (candidate->why)
            continue;
        low[0] = fmin(low[0], across(candidate));
        high[0] = fmax(high[0], across(candidate));
        low[1] = fmin(low[1], upwards(candidate));
        high[1] = fmax(high[1], upwards(candidate));
    }
    if (high[0] < low[0])
        return;
    for (uint32_t c = 0; c < advice->candidates; c++) {
        const struct advice_candidate *candidate = &advice->candidate[c];
        double x = high[0] > low[0] ? (across(candidate) - low[0]) / (high[0] - low[0]) : 0;
        double y = high[1] > low[1] ? (upwards(candidate) - low[1]) / (high[1] - low[1]) : 0;

        if (!candidate->why && grid[HEIGHT - 1 - (int)(y * (HEIGHT - 1))][(int)(x * (WIDTH - 1))] == ' ')
            grid[HEIGHT - 1 - (int)(y * (HEIGHT - 1))][(int)(x * (WIDTH - 1))] = (char)('a' + c);
    }
    printf("\nlatency against cost, both logarithmic: %.2f to %.2f us, %.2f to %.2f times the least\n",
           pow(10, low[0]) - 0.01, pow(10, high[0]) - 0.01, pow(10, low[1]), pow(10, high[1]));
    for (int y = 0; y < HEIGHT; y++)
        printf("|%.*s\n", WIDTH, grid[y]);
    printf("+");
    for (int x = 0; x < WIDTH; x++)
        printf("-");
    printf("\n");
    for (uint32_t c = 0; c < advice->candidates; c++)
        if (!advice->candidate[c].why)
            printf("%s%c %s", c ? ", " : "", 'a' + (int)c, advice->candidate[c].name);
    printf("\n");
}
