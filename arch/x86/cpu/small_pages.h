/* SPDX-License-Identifier: MIT */
/* Memory whose translations are those of pages of 4 KiB. */
#ifndef LAB_ARCH_X86_CPU_SMALL_PAGES_H
#define LAB_ARCH_X86_CPU_SMALL_PAGES_H

#include <stdbool.h>
#include <stdint.h>

/* Has that block, shorter than 2 MiB, mapped so. On the CPU that will use it, in a batch. False: it cannot be. */
bool small_pages_use(const void *block, uint64_t bytes);

#endif /* LAB_ARCH_X86_CPU_SMALL_PAGES_H */
