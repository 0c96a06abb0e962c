/* SPDX-License-Identifier: MIT */
#include "arch/x86/idle/idle.h"

#include <stddef.h>

#include "arch/x86/cpu/cpuid.h"
#include "lib/cstring.h"

const struct idle_method *idle_find(const char *name)
{
    for (const struct idle_method *const *m = __lab_methods_start; m < __lab_methods_end; m++)
        if (!strcmp((*m)->name, name))
            return *m;
    return NULL;
}

const char *idle_refuse(const struct idle_method *method, uint32_t argument, const struct cpu_snapshot *snapshot)
{
    if (method->need.leaf && !cpu_has(snapshot, method->need))
        return "CPUID does not list the instruction";
    return method->check ? method->check(snapshot, argument) : NULL;
}
