/* SPDX-License-Identifier: MIT */
/* The table measured here, in forms to paste. */
#ifndef LAB_TOOL_CSTATES_PASTE_H
#define LAB_TOOL_CSTATES_PASTE_H

#include <stdio.h>

#include "run/tool/cstates/judge.h"

/* An initialiser as Linux's intel_idle has them; MWAIT's states only. */
void cstates_paste_c(const struct cstates_log *log, const struct cstates_state *states, size_t count, FILE *out);

/*
 * The table that `idlelab replay --table` reads: polling, then the states. False, having said why on stderr, where
 * there are none.
 */
bool cstates_paste_csv(const struct cstates_log *log, const struct cstates_state *states, size_t count, FILE *out);

#endif
