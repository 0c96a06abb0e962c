/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/small_pages.h"

#include "arch/x86/cpu/paging.h"

bool small_pages_use(const void *block, uint64_t bytes)
{
    return paging_split((uintptr_t)block, bytes);
}
