/* SPDX-License-Identifier: MIT */
/* Whether a run is one of the script that its job wanted: a log in the wrong folder is no result. */
#ifndef LAB_TOOL_FLEET_SCRIPT_OF_H
#define LAB_TOOL_FLEET_SCRIPT_OF_H

#include "run/tool/fleet/job.h"
#include "run/tool/model/model.h"

/*
 * True where the image's script of that name ran, or the text that the log has is the job's but for comments and
 * blanks. A log that does not say its script is taken as it is. False: *found is the script's name, or how its text
 * begins; as long as the model lives.
 */
bool script_of_job(struct model *model, const struct model_run *run, const struct job *job, const char **found);

#endif
