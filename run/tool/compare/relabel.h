/* SPDX-License-Identifier: MIT */
/*
 * Many questions asked of the same few boots, with one error rate for all of them together: the sides' labels are dealt
 * anew to whole boots, jointly for all questions (P. H. Westfall, S. S. Young, Resampling-Based Multiple Testing, 1993:
 * max-T, step-down). Pure arithmetic.
 *
 * Where both sides are alike, every dealing is as likely as the one that was, whatever the boots' distribution and
 * however the questions hang together. So the chance that any p is 0.05 or less is at most 0.05, where boots of the two
 * sides came in no order of time (docs/measuring.md).
 */
#ifndef LAB_TOOL_COMPARE_RELABEL_H
#define LAB_TOOL_COMPARE_RELABEL_H

#include <stdbool.h>
#include <stddef.h>

#include "run/tool/compare/deal.h"

/* Most boots of both sides. */
#define RELABEL_BOOTS_MAX DEAL_BOOTS_MAX
/* The chance of any false alarm that a comparison takes. */
#define RELABEL_LEVEL     0.05
/* A change counts as one that would have been seen, where this share of comparisons sees it. */
#define RELABEL_POWER     0.8

enum relabel_side {
    RELABEL_EITHER, /* B differs from A */
    RELABEL_ABOVE,  /* B lies above A by more than the limit */
    RELABEL_BELOW,  /* B lies below A by more than the limit: the limit is negative */
};

struct relabel_question {
    const double *values; /* one a boot, A's first, on a scale where a change adds up (logarithms); NAN: it has none */
    enum relabel_side side;
    double limit; /* of B against A on that scale; 0 with RELABEL_EITHER */
    size_t group; /* those of one group stand together, and spread alike from boot to boot */
    /* Results. */
    double p; /* over all questions */
    double
        seen; /* the change of B against A that would have been seen; INFINITY where none would; the limit included */
};

struct relabel_boots {
    size_t a_count, b_count; /* at least 1 each, at most RELABEL_BOOTS_MAX together */
};

/* The least p that boots of these numbers can have, for one side (`either` false) or for both. */
double relabel_least_p(struct relabel_boots boots, bool either);

/*
 * Fills the results of all questions. Every dealing is tried where there are at most 20,000 of them, else 9,999 that
 * follow from the number of boots alone: the same logs give the same p. False without memory.
 */
bool relabel_test(struct relabel_boots boots, struct relabel_question *questions, size_t count);

#endif
