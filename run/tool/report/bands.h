/* SPDX-License-Identifier: MIT */
/* The lines of the picture of all methods: what they show, and the axis that they share. */
#ifndef LAB_TOOL_REPORT_BANDS_H
#define LAB_TOOL_REPORT_BANDS_H

#include "run/tool/report/cloud.h"
#include "run/tool/report/view.h"

#define BANDS_MAX   512
#define LABEL_CHARS 200

struct band {
    char label[LABEL_CHARS], source[32];
    const char *step;       /* the first of them */
    size_t steps, doubtful; /* and how many of them are doubtful */
    uint64_t samples;
    struct cloud cloud;
    double floor, bound; /* ns; 0: none */
    double p1, p50, p99, p999;
    double exact50, exact99; /* of its first step, as recorded; a histogram rounds up */
};

struct bands {
    struct band list[BANDS_MAX];
    size_t count;
    struct cloud noise;
    double low, high; /* ends of the axis, ns */
};

/* Takes the wakes of all runs, else the C-states, else the steps that wait in some other way; the fastest first. */
void bands_fill(struct bands *bands, struct report *report);

#endif
