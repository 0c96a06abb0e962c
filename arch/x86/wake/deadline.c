/* SPDX-License-Identifier: MIT */
/* The instruction's own time limit: the deadline of UMWAIT and TPAUSE, the timer of MWAITX. Nothing else is armed. */
#include <stddef.h>

#include "arch/x86/idle/idle.h"
#include "arch/x86/wake/wake.h"

static const struct wake_source deadline = {
    .name = "deadline",
    .trace = WAKE_TRACE_NONE,
    .needs = IDLE_ENDS_DEADLINE,
    .needs_masked = IDLE_ENDS_DEADLINE,
};
WAKE_SOURCE(deadline, "deadline");
