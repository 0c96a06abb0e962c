/* SPDX-License-Identifier: MIT */
/* What the files of platform.h offer each other. */
#ifndef LAB_TOOL_MODEL_PLATFORM_PARTS_H
#define LAB_TOOL_MODEL_PLATFORM_PARTS_H

#include "run/tool/model/platform.h"

/* platform_clocks.c */

/* Rows and warnings of the run's cal records, and how many CPUs there are. */
void platform_add_clocks(struct model *model, const struct model_run *run, struct platform *platform);

/* platform_rows.c */

/* Text in the model's pool, of up to 511 characters; "" without memory. */
const char *platform_print(struct model *model, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A row, unless it says nothing or there are too many; a warning likewise. The texts stay the caller's. */
void platform_add(struct platform *platform, const char *label, const char *value);
void platform_warn(struct platform *platform, const char *text);

#endif
