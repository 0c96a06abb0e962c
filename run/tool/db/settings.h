/* SPDX-License-Identifier: MIT */
/*
 * Settings of a machine that its rows tell and its facts do not: C1E, the limit of package states, energy bias, what
 * `preflight` found, and on which socket a step ran. `fleet report` looks there for the reason of an odd figure.
 */
#ifndef LAB_TOOL_DB_SETTINGS_H
#define LAB_TOOL_DB_SETTINGS_H

#include <stdbool.h>

#include "run/tool/model/model.h"

/* Beginning of the label that has a step's socket as its value; the step's name follows. */
#define SETTING_SOCKET "socket of "

/* Hands on each setting of the run; a label may come again. Stops, and returns false, where take() does. */
bool settings_of(const struct model_run *run, bool (*take)(void *ctx, const char *label, const char *value), void *ctx);

#endif
