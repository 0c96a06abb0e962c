/* SPDX-License-Identifier: MIT */
/*
 * A campaign as its file says it (docs/fleet.md): which machines, which scripts, how many boots each, by which engine.
 * Filled by campaign_read.c; read by the parts of `fleet plan`.
 */
#ifndef LAB_TOOL_FLEET_CAMPAIGN_H
#define LAB_TOOL_FLEET_CAMPAIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/arena.h"
#include "lib/script/script.h"

#define CAMPAIGN_NAME_MAX    48 /* characters of a name of a campaign, group, machine, script or round */
#define CAMPAIGN_TARGETS_MAX 10000
#define CAMPAIGN_SCRIPTS_MAX 100
#define CAMPAIGN_BOOTS_MAX   64 /* as many as one side of `compare` takes */
#define CAMPAIGN_TRIES_MAX   9  /* again */
#define CAMPAIGN_JOBS_MAX    200000
#define CAMPAIGN_TIMEOUT_MAX 86400 /* s */

/* Why a job may be run again. */
enum campaign_again {
    AGAIN_INFRASTRUCTURE, /* the lab failed: no place, no power, no boot, a dispatcher that is gone */
    AGAIN_LOST,           /* the run began, and its log is not whole */
    AGAIN_FAILED,         /* the log is whole, and its result is FAIL or ERROR */
    AGAIN_REASONS,
};

extern const char *const CAMPAIGN_AGAIN_WORDS[];

/* A key of the engine's, which goes into the job as it stands. */
struct campaign_pair {
    const char *key, *value;
};

struct campaign_item {
    const char *name;
    const char *group; /* of a machine; "" for none */
    const char *file;  /* of a script; NULL: the image carries it */
    const char *only;  /* of a script: the groups that it is for, with commas; NULL: all */
    uint32_t boots, timeout_s;
    bool has_machines; /* of a group */
    const struct campaign_pair *pairs;
    size_t pair_count;
};

struct campaign {
    struct arena arena;
    void *block;
    const char *file;
    struct campaign_item self; /* the statement `campaign` */
    const char *engine;
    uint32_t again[AGAIN_REASONS];
    struct campaign_item *groups, *machines, *scripts;
    size_t group_count, machine_count, script_count;
};

/*
 * Reads the file. False with lines on stderr, `file:line:column: found ..., expected ...`. campaign_free() in any case.
 */
bool campaign_read(struct campaign *campaign, const char *file);
void campaign_free(struct campaign *campaign);

/* The group of this name, or NULL. */
const struct campaign_item *campaign_group(const struct campaign *campaign, const char *name);

/* True for what may be the name of a campaign, a group, a machine, a script or a round, and so of a folder. */
bool campaign_is_name(const char *text, size_t bytes);

/* The whole of a file of at most `most` bytes with a NUL behind it; NULL with a line on stderr. The caller frees it. */
char *campaign_slurp(const char *path, size_t most, size_t *bytes);

#endif
