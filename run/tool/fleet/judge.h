/* SPDX-License-Identifier: MIT */
/* A round judged: which machines are odd and why; what changed since another round. */
#ifndef LAB_TOOL_FLEET_JUDGE_H
#define LAB_TOOL_FLEET_JUDGE_H

#include "run/tool/fleet/data.h"
#include "run/tool/fleet/odd.h"

#define JUDGE_REASON_CHARS 256
#define JUDGE_NO_REASON    "nothing in its logs differs from its group's"
/* Changes since another round: the false discovery rate over groups and over machines. */
#define JUDGE_CHANGE_RATE  0.05

/* A change of a figure since the other round. */
struct judged_change {
    double p;      /* over all figures; 1: not judged, or none */
    size_t figure; /* the one that changed most surely */
    double change; /* of it; a logarithm */
    bool found;
};

struct judged_machine {
    double p;
    bool odd;
    bool far;            /* not odd, and off by `least` at each boot, to one side: the group spreads as far */
    size_t worst;        /* figure with the furthest score, of those that are off by `least` */
    size_t off, of;      /* so many of its figures are off by `least` and three spreads */
    double middle, tail; /* median deviation of its p50 and its p99 from its group; logarithms */
    double low, high;    /* of the boots' median deviations (p50): the smallest and largest */
    char reason[JUDGE_REASON_CHARS]; /* in words; of an odd machine, and of one that is far */
    struct judged_change change;     /* otherwise than its group */
};

struct judged_group {
    size_t machines;
    struct judged_change change; /* of the group as a whole */
};

struct judged {
    const struct data *data;
    double least;
    double *deviations, *scores; /* machine x figure, as in odd.h */
    double *spreads;             /* group x figure */
    double *levels;              /* group x figure: median over machines; logarithms of ns */
    struct judged_machine *machines;
    struct judged_group *groups;
};

/* False without memory. */
bool judge(struct judged *judged, const struct data *data, double least);
void judge_free(struct judged *judged);

/* The machine's deviation of a figure; NAN. */
#define JUDGED_AT(judged, array, machine, figure) ((judged)->array[(machine) * (judged)->data->figure_room + (figure)])

/* reason.c. Fills the machine's reason: the facts that coincide with its oddity. */
void judge_reason(struct judged *judged, size_t machine);

/* change.c. What changed since `before`, a round with the same names. False without memory. */
bool judge_changes(struct judged *judged, const struct data *before);

/* The median over the machine's boots of a figure; NAN. */
double judge_level(const struct data *data, size_t machine, size_t figure);

#endif
