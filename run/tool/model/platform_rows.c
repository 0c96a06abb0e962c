/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/model/platform_parts.h"

/* Rows in which runs that are alike do not differ. */
static const char *const DECIDING[] = {"CPU",        "microcode", "hypervisor", "ring",     "script",
                                       "script CRC", "timer",     "CPUs",       "signature"};

const char *platform_print(struct model *model, const char *format, ...)
{
    char text[512];
    va_list args;
    const char *copy;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    copy = pool_copy(&model->pool, text, strlen(text));
    return copy ? copy : "";
}

bool platform_decides(const char *label)
{
    for (size_t i = 0; i < sizeof(DECIDING) / sizeof(DECIDING[0]); i++)
        if (strcmp(DECIDING[i], label) == 0)
            return true;
    return false;
}

void platform_add(struct platform *platform, const char *label, const char *value)
{
    if (value && value[0] && platform->row_count < PLATFORM_ROWS_MAX)
        platform->rows[platform->row_count++] = (struct platform_row){label, value, platform_decides(label)};
}

void platform_warn(struct platform *platform, const char *text)
{
    if (platform->warning_count < PLATFORM_WARNINGS_MAX)
        platform->warnings[platform->warning_count++] = text;
}
