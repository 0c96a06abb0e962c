/* SPDX-License-Identifier: MIT */
/* A round of a campaign on disk: its folder, its retries, its archive. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/tool/db/archive.h"
#include "run/tool/fleet/campaign.h"
#include "run/tool/fleet/campaign_value.h"
#include "run/tool/fleet/fleet.h"
#include "run/tool/fleet/job.h"

#define RETRY_BYTES 4096

/* The round whose `order` is the newest, as `name`. False where there is none. */
static bool find_last(const char *folder, char *name, size_t bytes)
{
    DIR *dir = opendir(folder);
    struct timespec newest = {0, 0};
    struct dirent *entry;

    name[0] = '\0';
    while (dir && (entry = readdir(dir)) != NULL) {
        char path[FLEET_PATH_CHARS];
        struct stat order;
        bool newer;
        if (!campaign_is_name(entry->d_name, strlen(entry->d_name)) ||
            snprintf(path, sizeof(path), "%s/%s/order", folder, entry->d_name) >= FLEET_PATH_CHARS ||
            stat(path, &order) != 0)
            continue;
        newer = order.st_mtim.tv_sec > newest.tv_sec ||
                (order.st_mtim.tv_sec == newest.tv_sec && order.st_mtim.tv_nsec > newest.tv_nsec);
        if (!name[0] || newer) {
            newest = order.st_mtim;
            snprintf(name, bytes, "%.*s", CAMPAIGN_NAME_MAX, entry->d_name);
        }
    }
    if (dir)
        closedir(dir);
    return name[0] != '\0';
}

static bool read_retry(struct fleet_round *round)
{
    char path[FLEET_PATH_CHARS + 8], *text;
    struct job keys;
    size_t bytes;
    bool good;

    snprintf(path, sizeof(path), "%s/retry", round->folder);
    text = campaign_slurp(path, RETRY_BYTES, &bytes);
    if (!text)
        return false;
    good = job_parse(&keys, text) && job_get(&keys, "campaign", NULL);
    for (size_t i = 0; good && i < AGAIN_REASONS; i++) {
        const char *value = job_get(&keys, CAMPAIGN_AGAIN_WORDS[i], "0");
        good = campaign_number(value, strlen(value), &round->again[i]);
    }
    if (good)
        snprintf(round->campaign, sizeof(round->campaign), "%s", job_get(&keys, "campaign", ""));
    else
        fprintf(stderr, "idlelab fleet: %s: found something else, expected what `fleet plan` writes\n", path);
    free(text);
    return good;
}

bool fleet_open(struct fleet_round *round, const struct fleet_options *options, bool write)
{
    char path[FLEET_PATH_CHARS], error[256];
    int used;

    memset(round, 0, sizeof(*round));
    if (options->round)
        snprintf(round->round, sizeof(round->round), "%s", options->round);
    else if (!find_last(options->argument, round->round, sizeof(round->round))) {
        fprintf(stderr, "idlelab fleet: %s: no round is planned there; `idlelab fleet plan` makes one\n",
                options->argument);
        return false;
    }
    used = snprintf(round->folder, sizeof(round->folder), "%s/%s", options->argument, round->round);
    if (used >= FLEET_PATH_CHARS || !read_retry(round))
        return false;
    used = options->archive ? snprintf(path, sizeof(path), "%s", options->archive)
                            : snprintf(path, sizeof(path), "%s/" FLEET_ARCHIVE, options->argument);
    if (used >= FLEET_PATH_CHARS)
        return false;
    round->db = archive_open(path, write, error, sizeof(error));
    if (!round->db && !write && access(path, F_OK) != 0)
        fprintf(stderr, "idlelab fleet: %s is not there yet: `idlelab fleet collect` makes it\n", path);
    else if (!round->db)
        fprintf(stderr, "idlelab fleet: %s: %s\n", path, error);
    return round->db != NULL;
}

void fleet_close(struct fleet_round *round)
{
    sqlite3_close(round->db);
}
