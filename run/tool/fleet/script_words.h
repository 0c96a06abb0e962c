/* SPDX-License-Identifier: MIT */
/* A script as one line, as a boot command line takes it. */
#ifndef LAB_TOOL_FLEET_SCRIPT_WORDS_H
#define LAB_TOOL_FLEET_SCRIPT_WORDS_H

#include <stdbool.h>

#define SCRIPT_WORDS_BYTES 4096

/* Statements between "; ", without comments and empty lines. False where they have no room. */
bool script_words(const char *text, char words[SCRIPT_WORDS_BYTES]);

#endif
