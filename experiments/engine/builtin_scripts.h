/* SPDX-License-Identifier: MIT */
/*
 * The scripts that the image carries: every run/scripts/NAME.lab, by the name NAME, in name order.
 *
 * The table is generated at build time (build/gen/scripts.S) and is read-only; usable in any context.
 */
#ifndef LAB_EXPERIMENTS_ENGINE_BUILTIN_SCRIPTS_H
#define LAB_EXPERIMENTS_ENGINE_BUILTIN_SCRIPTS_H

#include <stddef.h>

struct builtin_script {
    const char *name;
    const char *text; /* ends in a NUL that text_bytes does not count */
    size_t text_bytes;
};

_Static_assert(sizeof(struct builtin_script) == 24, "the generated table has three 8-byte members");

extern const struct builtin_script builtin_scripts[];
extern const size_t builtin_script_count;

#endif /* LAB_EXPERIMENTS_ENGINE_BUILTIN_SCRIPTS_H */
