/* SPDX-License-Identifier: MIT */
/* What the host's records say of a step (docs/record-format.md, "Host records"): into the model, and out of it. */
#ifndef LAB_TOOL_MODEL_HOST_H
#define LAB_TOOL_MODEL_HOST_H

#include <jansson.h>

#include "run/tool/model/model.h"

/* Of one `hstat` or `hhist` record; what is not of that shape is left out. */
void model_take_hstat(struct model *model, struct model_run *run, json_t *object);
void model_take_hhist(struct model *model, struct model_run *run, json_t *object);

/* A counter's difference; 0 where it did not change, or was not read. vcpu -1: of the VM or the host. */
int64_t model_host_value(const struct model_step *step, int64_t vcpu, const char *src, const char *name);

/* True where the host's counters of that vCPU were read in this step. */
bool model_host_has(const struct model_step *step, int64_t vcpu, const char *src);

/*
 * The same over all vCPUs; where the host has no counters of each vCPU, of the VM (the VMM of run/nested). False: none
 * was read in this step.
 */
bool model_host_total(const struct model_step *step, const char *src, const char *name, int64_t *total);

/* One past the highest vCPU of the step's host values; 0 where there are none. */
int64_t model_host_vcpus(const struct model_step *step);

#endif
