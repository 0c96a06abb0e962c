/* SPDX-License-Identifier: MIT */
#include "arch/x86/idle/idle.h"

#include <stddef.h>

#include "lib/cstring.h"

const struct idle_method *idle_find(const char *name)
{
    for (const struct idle_method *const *m = __lab_methods_start; m < __lab_methods_end; m++)
        if (!strcmp((*m)->name, name))
            return *m;
    return NULL;
}
