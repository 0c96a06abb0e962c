/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/flush.h"

#include "arch/x86/insn.h"

#define CPUID_1_EDX_CLFSH (1u << 19)

enum { LINE_BYTES = 64 };

static void flush(const void *at, size_t bytes)
{
    uintptr_t line = (uintptr_t)at & ~(uintptr_t)(LINE_BYTES - 1);

    for (; line < (uintptr_t)at + bytes; line += LINE_BYTES)
        clflush((const void *)line);
    mfence();
}

flush_function *flush_find(void)
{
    return cpuid(1, 0).edx & CPUID_1_EDX_CLFSH ? flush : NULL;
}
