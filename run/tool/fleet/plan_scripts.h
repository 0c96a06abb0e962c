/* SPDX-License-Identifier: MIT */
/* The scripts of a campaign, read and checked before a job of it is written. */
#ifndef LAB_TOOL_FLEET_PLAN_SCRIPTS_H
#define LAB_TOOL_FLEET_PLAN_SCRIPTS_H

#include "run/tool/fleet/campaign.h"
#include "run/tool/fleet/fleet.h"
#include "run/tool/fleet/script_words.h"

struct plan_script {
    char *text; /* of its file, which the caller frees; NULL: it has none */
    char words[SCRIPT_WORDS_BYTES];
};

/* A path of the campaign's, which is meant from its file's folder, `base`, as `whole`. False where it has no room. */
bool plan_path(const char *base, const char *path, char whole[FLEET_PATH_CHARS]);

/*
 * Reads them, in the campaign's order, and has each one judged by the parser of the image at `image`. NULL is the image
 * beside this program; where that cannot be asked, a line says that they are not judged. False with lines on stderr.
 */
bool plan_scripts_read(const struct campaign *campaign, const char *base, const char *image,
                       struct plan_script *scripts);

#endif
