/* SPDX-License-Identifier: MIT */
/* What the verbs of `idlelab fleet` share: their options, and where a campaign's folder, round and archive are. */
#ifndef LAB_TOOL_FLEET_FLEET_H
#define LAB_TOOL_FLEET_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#define FLEET_PATH_CHARS  4096
#define FLEET_ARCHIVE     "fleet.db" /* in the campaign's folder */
#define FLEET_ROUND_FIRST "1"
#define FLEET_WAIT_MAX    604800 /* s */

/* What the command line of a verb says. */
struct fleet_options {
    const char *argument; /* plan: the campaign's file; the others: its folder */
    const char *output;   /* plan: the campaign's folder; NULL: NAME.jobs; report: the page; NULL: a text */
    const char *round;    /* NULL: plan: the first one, the others: the one that was planned last */
    const char *image;    /* plan: of the image that judges scripts; NULL: the one beside the program */
    const char *archive;  /* NULL: the folder's */
    uint32_t wait_s;      /* collect: looks again for so long; 0: once */
    const char *against;  /* report: the round to compare with; NULL: the one before */
    double least;         /* report: %, below it nothing is of interest; 0: the usual */
    bool todo;            /* status: only the names of jobs that are to be run */
    bool force;           /* report: replaces a file that is none */
};

/* Each returns an exit code of the tool. */
int fleet_plan(const struct fleet_options *options);
int fleet_collect(const struct fleet_options *options);
int fleet_status(const struct fleet_options *options);
int fleet_report(const struct fleet_options *options);

/* A round of a campaign, found in its folder. */
struct fleet_round {
    char folder[FLEET_PATH_CHARS]; /* of the round */
    char campaign[64], round[64];  /* names */
    uint32_t again[3];             /* by enum campaign_again */
    sqlite3 *db;
};

/* Finds it, and opens the archive; to `write`, makes that. False with a line on stderr. */
bool fleet_open(struct fleet_round *round, const struct fleet_options *options, bool write);
void fleet_close(struct fleet_round *round);

#endif
