/* SPDX-License-Identifier: MIT */
/* What the verbs of `idlelab fleet` share: where a campaign's folder, its rounds and its archive are. */
#ifndef LAB_TOOL_FLEET_FLEET_H
#define LAB_TOOL_FLEET_FLEET_H

#define FLEET_PATH_CHARS  4096
#define FLEET_ROUND_FIRST "1"

/* What the command line of a verb says. */
struct fleet_options {
    const char *argument; /* plan: the campaign's file */
    const char *output;   /* plan: the campaign's folder; NULL: NAME.fleet */
    const char *round;    /* NULL: the first one */
};

/* Each returns an exit code of the tool. */
int fleet_plan(const struct fleet_options *options);

#endif
