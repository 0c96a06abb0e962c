/* SPDX-License-Identifier: MIT */
/*
 * Which machines of a group are odd. Pure arithmetic.
 *
 * A machine's level of a figure is the median over its boots. It is held against the median of the group, in spreads of
 * the group's machines (the median absolute deviation). What counts is how far four of five boots are off on the same
 * side, so that a few bad boots make no odd machine, nor does a step that has two modes. A machine's score is its
 * furthest figure. How far scores of machines that are alike go is learnt from the group itself: the middle and the
 * ninth tenth of its scores give an exponential tail, because machines and boots spread more than normal values do, and
 * figures of one machine hang together. So its p is of the machine, whatever the number of figures.
 */
#ifndef LAB_TOOL_FLEET_ODD_H
#define LAB_TOOL_FLEET_ODD_H

#include <stdbool.h>
#include <stddef.h>

/* A machine with fewer boots is not judged, nor is a group with fewer machines. */
#define ODD_BOOTS_LEAST    3
#define ODD_MACHINES_LEAST 8
/* Of the machines that are named so many may be false: the false discovery rate (Benjamini and Hochberg 1995). */
#define ODD_RATE           0.01

struct odd_group {
    size_t machines, figures, boots;
    const double *values; /* machines x figures x boots, logarithms; NAN: it has none */
    double least;         /* a deviation below it is of no interest; a logarithm */
    /* Results; the caller's memory. */
    double *deviations; /* machines x figures: of the levels from the group's; NAN */
    double *scores;     /* what four of five boots are off, in spreads */
    double *spreads;    /* by figure; NAN: too few machines have it */
    double *p;          /* by machine; 1 where it is not judged */
};

/* False without memory. */
bool odd_judge(struct odd_group *group);

/* Benjamini and Hochberg's step-up: which of `count` p are named at `rate`. False without memory. */
bool odd_discover(const double *p, size_t count, double rate, bool *found);

#endif
