/* SPDX-License-Identifier: MIT */
/* Work that may die: in a process of its own, which ends by itself after two seconds. */
#ifndef LAB_TOOL_PLAN_APART_H
#define LAB_TOOL_PLAN_APART_H

#include <stddef.h>

/* Zeroed memory that a process and those that it starts share. NULL: there is none. Lives as long as the process. */
void *apart_share(size_t bytes);

/* Private memory that takes no room until it is touched. NULL: there is none. Lives as long as the process. */
void *apart_reserve(size_t bytes);

/* Calls work(ctx) in a child process and waits for its end. What it wrote outside apart_share() is lost. */
void apart_run(void (*work)(void *ctx), void *ctx);

#endif /* LAB_TOOL_PLAN_APART_H */
