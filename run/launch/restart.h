/* SPDX-License-Identifier: MIT */
/*
 * Tells a fresh machine at which step to go on: `resume=N` behind the boot arguments, on the emulator's command line or
 * in the GRUB environment block of an ISO image.
 */
#ifndef LAB_RUN_LAUNCH_RESTART_H
#define LAB_RUN_LAUNCH_RESTART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/launch/options.h"

/* True when the launcher was told where the boot arguments stand. */
bool restart_is_possible(const struct options *options);

/*
 * Makes the command for a machine that runs the steps from `step` on: a NULL-terminated list to be freed with
 * restart_free(), where only the changed argument is new, the others are the options' own. An ISO image is changed in
 * place. NULL, with the reason in `error`, when that cannot be done.
 */
char **restart_command(const struct options *options, uint64_t step, char *error, size_t room);

/* Frees what restart_command() made; the options' own command may be given too, and is not freed. */
void restart_free(const struct options *options, char **command);

/*
 * Puts ` resume=<step>` behind the value in a GRUB environment block of 1024 bytes ("# GRUB Environment Block",
 * NAME=VALUE lines, padded with '#'; GRUB manual, "The GRUB environment block"), or in place of an older one. False
 * when the block is not one, or there is no room.
 */
bool restart_mark_block(char *block, size_t bytes, uint64_t step);

#endif /* LAB_RUN_LAUNCH_RESTART_H */
