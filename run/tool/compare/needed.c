/* SPDX-License-Identifier: MIT */
/* How many boots a side it takes to tell a change, by the normal theory of two samples. */
#include "run/tool/compare/needed.h"

#include <math.h>

#include "run/tool/compare/rank_sum.h"
#include "run/tool/compare/relabel.h"
#include "run/tool/normal.h"

/*
 * What Student's t exceeds with that chance: the expansion of M. Abramowitz, I. A. Stegun, Handbook of Mathematical
 * Functions, 26.7.5.
 */
static double student_above(double tail, double freedom)
{
    double z = normal_above(tail), z2 = z * z;
    double first = (z2 + 1) * z / 4;
    double second = ((5 * z2 + 16) * z2 + 3) * z / 96;
    double third = (((3 * z2 + 19) * z2 + 17) * z2 - 15) * z / 384;

    return z + first / freedom + second / pow(freedom, 2) + third / pow(freedom, 3);
}

double needed_spreads(size_t boots, size_t questions, bool either)
{
    double level = RELABEL_LEVEL / (either ? 2 : 1) / (double)(questions ? questions : 1);
    double freedom = 2 * (double)boots - 2;

    return (student_above(level, freedom) + student_above(1 - RELABEL_POWER, freedom)) * sqrt(2 / (double)boots);
}

size_t needed_boots(double spreads, size_t questions, bool either)
{
    size_t boots = either ? NEEDED_LEAST_EITHER : NEEDED_LEAST;

    while (boots <= RANK_SUM_SIDE_MAX && !(needed_spreads(boots, questions, either) <= spreads))
        boots++;
    return boots <= RANK_SUM_SIDE_MAX ? boots : 0;
}

double needed_spread_of(const double *values, struct relabel_boots boots)
{
    const size_t counts[] = {boots.a_count, boots.b_count};
    double squares = 0, freedom = 0;

    for (size_t side = 0; side < 2; values += counts[side++]) {
        double sum = 0, n = 0;

        for (size_t i = 0; i < counts[side]; i++)
            if (!isnan(values[i])) {
                sum += values[i];
                n++;
            }
        for (size_t i = 0; i < counts[side]; i++)
            squares += isnan(values[i]) ? 0 : pow(values[i] - sum / n, 2);
        freedom += n > 1 ? n - 1 : 0;
    }
    return freedom > 0 ? sqrt(squares / freedom) : NAN;
}
