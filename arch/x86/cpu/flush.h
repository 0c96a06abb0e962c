/* SPDX-License-Identifier: MIT */
/* What is written goes from the caches to memory, which a reset leaves alone: a reset forgets the caches' contents. */
#ifndef LAB_ARCH_CPU_FLUSH_H
#define LAB_ARCH_CPU_FLUSH_H

#include <stddef.h>

/* Returns when [at, at + bytes) is in memory. Any CPU, any context. */
typedef void flush_function(const void *at, size_t bytes);

/*
 * That of this CPU, by CLFLUSH; NULL: it has none, and a reset may find nothing of what was written. Reads CPUID: the
 * log is kept from before the snapshot is taken.
 */
flush_function *flush_find(void);

#endif /* LAB_ARCH_CPU_FLUSH_H */
