/* SPDX-License-Identifier: MIT */
/*
 * How many boots a side it takes to tell a change from none, or from a limit, in RELABEL_POWER of comparisons: by
 * Student's t of two samples with the level shared out among all questions. An estimate, for whoever plans boots; the
 * test itself is relabel.h. Pure arithmetic.
 */
#ifndef LAB_TOOL_COMPARE_NEEDED_H
#define LAB_TOOL_COMPARE_NEEDED_H

#include <stdbool.h>
#include <stddef.h>

#include "run/tool/compare/relabel.h"

/* Fewer boots a side can confirm nothing: one side's rise or fall, a change of either kind. */
#define NEEDED_LEAST        3
#define NEEDED_LEAST_EITHER 4

/* The least change that so many boots a side tell, in spreads from boot to boot (standard deviations). */
double needed_spreads(size_t boots, size_t questions, bool either);

/* The least number of boots a side that tells a change of so many spreads; 0: more than a comparison takes. */
size_t needed_boots(double spreads, size_t questions, bool either);

/* The spread from boot to boot within the sides; values as those of struct relabel_question. NAN: one boot a side. */
double needed_spread_of(const double *values, struct relabel_boots boots);

#endif /* LAB_TOOL_COMPARE_NEEDED_H */
