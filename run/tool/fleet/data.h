/* SPDX-License-Identifier: MIT */
/* The figures of a round, out of the archive: what `fleet report` judges. */
#ifndef LAB_TOOL_FLEET_DATA_H
#define LAB_TOOL_FLEET_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "run/tool/fleet/campaign.h"
#include "run/tool/fleet/names.h"

#define DATA_FIGURES_MAX  2000
#define DATA_MACHINES_MAX CAMPAIGN_TARGETS_MAX
#define DATA_LABELS_MAX   400

struct data_machine {
    size_t group;
    size_t boots;   /* with a result */
    size_t *values; /* by label: a number in `values`, or NAMES_NONE */
};

/* What all rounds of a campaign share: numbers of machines, groups, figures, labels and values of facts. */
struct data_names {
    struct names machines, groups, figures, labels, values;
    int socket[DATA_FIGURES_MAX]; /* on which the figure was measured; -1: not known */
};

struct data {
    struct data_names *names;
    struct data_machine *machines;
    size_t machine_room;
    size_t figure_room, boot_room;
    double *figures; /* machine x figure x boot: logarithm of ns; NAN */
    size_t runs;
    bool emulated;
};

/* Which value: logarithm of a time in ns. */
#define DATA_AT(data, machine, figure, boot)                                                                           \
    ((data)->figures[((machine) * (data)->figure_room + (figure)) * (data)->boot_room + (boot)])

/*
 * Reads a round. A machine without a group is in one that its CPU names; a group without machines is one machine. False
 * with a line on stderr.
 */
bool data_load(struct data *data, struct data_names *names, sqlite3 *db, const char *campaign, const char *round);
void data_free(struct data *data);
void data_names_free(struct data_names *names);

/* The step of a figure: "wake_hlt_timer_50us"; its quantile. `room` holds `bytes`. */
void data_step_of(const struct data_names *names, size_t figure, char *room, size_t bytes);
const char *data_quantile_of(const struct data_names *names, size_t figure);

#endif
