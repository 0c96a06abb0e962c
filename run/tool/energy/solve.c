/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "run/tool/energy/fit.h"

static const double RIDGE = 1e-10; /* of a column's square: columns that are alike stay solvable */

/* The inverse of the columns' part, by Gauss and Jordan; it is symmetric and, with the ridge, positive definite. */
static uint32_t invert(const struct energy_squares *squares, uint32_t mask, uint32_t index[ENERGY_COLUMNS],
                       double inverse[ENERGY_COLUMNS][ENERGY_COLUMNS])
{
    double left[ENERGY_COLUMNS][ENERGY_COLUMNS];
    uint32_t count = 0;

    for (uint32_t c = 0; c < ENERGY_COLUMNS; c++)
        if (mask >> c & 1)
            index[count++] = c;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < count; j++) {
            left[i][j] = squares->of[index[i]][index[j]] * (i == j ? 1 + RIDGE : 1);
            inverse[i][j] = i == j;
        }
    for (uint32_t p = 0; p < count; p++) {
        double pivot = left[p][p];

        for (uint32_t j = 0; j < count; j++) {
            left[p][j] /= pivot;
            inverse[p][j] /= pivot;
        }
        for (uint32_t i = 0; i < count; i++) {
            double factor = left[i][p];

            for (uint32_t j = 0; i != p && j < count; j++) {
                left[i][j] -= factor * left[p][j];
                inverse[i][j] -= factor * inverse[p][j];
            }
        }
    }
    return count;
}

static void solve_free(const struct energy_squares *squares, uint32_t mask, double watts[ENERGY_COLUMNS],
                       double spare[ENERGY_COLUMNS])
{
    double inverse[ENERGY_COLUMNS][ENERGY_COLUMNS];
    uint32_t index[ENERGY_COLUMNS], count = invert(squares, mask, index, inverse);

    memset(watts, 0, ENERGY_COLUMNS * sizeof(*watts));
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < count; j++)
            watts[index[i]] += inverse[i][j] * squares->of[index[j]][ENERGY_COLUMNS];
        if (spare)
            spare[index[i]] = 1 / inverse[i][i];
    }
}

/* How the sum of squares falls as a column's power grows, from where the powers stand. */
static double slope_of(const struct energy_squares *squares, uint32_t column, const double watts[ENERGY_COLUMNS])
{
    double slope = squares->of[column][ENERGY_COLUMNS];

    for (uint32_t c = 0; c < ENERGY_COLUMNS; c++)
        slope -= squares->of[column][c] * watts[c];
    return slope;
}

/* The step towards `wanted` that no power of the mask falls below 0 on; those that reach it leave the mask. */
static bool step_back(uint32_t *mask, double watts[ENERGY_COLUMNS], const double wanted[ENERGY_COLUMNS])
{
    double step = 1;
    uint32_t first = ENERGY_COLUMNS;

    for (uint32_t c = 0; c < ENERGY_COLUMNS; c++)
        if (*mask >> c & 1 && wanted[c] < 0 && watts[c] / (watts[c] - wanted[c]) < step) {
            step = watts[c] / (watts[c] - wanted[c]);
            first = c;
        }
    for (uint32_t c = 0; c < ENERGY_COLUMNS; c++)
        watts[c] += step * (wanted[c] - watts[c]);
    if (first == ENERGY_COLUMNS)
        return false;
    *mask &= ~(1u << first);
    watts[first] = 0;
    return true;
}

/* C. L. Lawson, R. J. Hanson, Solving Least Squares Problems, 1974, chapter 23: columns enter one at a time. */
static void solve_positive(const struct energy_squares *squares, uint32_t allowed, double watts[ENERGY_COLUMNS])
{
    uint32_t mask = 0;
    double wanted[ENERGY_COLUMNS];

    memset(watts, 0, ENERGY_COLUMNS * sizeof(*watts));
    for (int turn = 0; turn < 4 * ENERGY_COLUMNS; turn++) {
        uint32_t best = ENERGY_COLUMNS;
        double most = 0;

        for (uint32_t c = 0; c < ENERGY_COLUMNS; c++)
            if ((allowed & ~mask) >> c & 1 && squares->of[c][c] > 0) {
                double slope = slope_of(squares, c, watts) / squares->of[c][c];

                best = slope > most && slope > 1e-9 ? c : best;
                most = slope > most ? slope : most;
            }
        if (best == ENERGY_COLUMNS)
            return;
        mask |= 1u << best;
        do
            solve_free(squares, mask, wanted, NULL);
        while (step_back(&mask, watts, wanted));
    }
}

void energy_solve(const struct energy_squares *squares, uint32_t mask, bool positive, double watts[ENERGY_COLUMNS],
                  double spare[ENERGY_COLUMNS])
{
    if (positive)
        solve_positive(squares, mask, watts);
    else
        solve_free(squares, mask, watts, spare);
}
