/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/small_pages.h"

#include <sys/mman.h>

/*
 * A block shorter than a huge page cuts each one that it touches, so that the kernel maps all of it by small ones from
 * then on (Linux, vma_adjust_trans_huge()). A kernel without huge pages refuses the advice.
 */
bool small_pages_use(const void *block, uint64_t bytes)
{
    enum { PAGE = 4096 };
    uintptr_t begin = (uintptr_t)block / PAGE * PAGE, end = ((uintptr_t)block + bytes + PAGE - 1) / PAGE * PAGE;

    (void)madvise((void *)begin, end - begin, MADV_NOHUGEPAGE);
    return true;
}
