/* SPDX-License-Identifier: MIT */
/* Scripts checked by the host's copy of lib/script against the experiments of the image. */
#ifndef LAB_TESTS_DOCS_PLANS_H
#define LAB_TESTS_DOCS_PLANS_H

#include <stdbool.h>
#include <stddef.h>

#include "experiments/kit/experiment.h"

/* The experiments of the image in the linker's order; NULL past the last. */
const struct experiment *plans_experiment(size_t index);

/* The one of that name (`bytes` characters), or NULL. */
const struct experiment *plans_find(const char *name, size_t bytes);

/*
 * Checks a script. False: it is wrong, and `message` has the first error. `plan` may be NULL; it holds until the next
 * call.
 */
bool plans_check(const char *script, struct plan *plan, char message[SCRIPT_ERROR_LINE_BYTES]);

/* The same for a boot command line. */
bool plans_check_cmdline(const char *line, char message[SCRIPT_ERROR_LINE_BYTES]);

#endif /* LAB_TESTS_DOCS_PLANS_H */
