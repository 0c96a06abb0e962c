/* SPDX-License-Identifier: MIT */
/* Which governor here is that of a kernel. */
#include <stdio.h>
#include <string.h>

#include "run/tool/trace/about.h"

struct version {
    const char *governor;
    uint32_t since, until; /* major * 1000 + minor; `until` is the first that is different */
    const char *name;
    uint32_t read_since, read_until; /* where it is the same for certain: the sources were read there */
};

/*
 * Changes between them: menu skips the timers from 6.6 on and forgets about disks in 6.12, trims at both ends from 6.15
 * on; teo of 5.15 has bins of hits and intercepts; from 6.3 on some looked at the CPU's load (the change was still
 * under review when 6.2's merge window closed); later ones count the tick.
 */
static const struct version VERSIONS[] = {
    {"menu", 0, 6012, "menu-6.1", 6001, 6002},   {"menu", 6012, 6015, "menu-6.12", 6012, 6013},
    {"menu", 6015, 99999, "menu", 7002, 7003},   {"teo", 0, 6003, "teo-6.1", 6001, 6002},
    {"teo", 6003, 6014, "teo-6.12", 6012, 6013}, {"teo", 6014, 99999, "teo", 7002, 7003},
    {"ladder", 0, 99999, "ladder", 6012, 7003},  {"haltpoll", 0, 99999, "haltpoll", 6012, 7003},
};

const char *trace_version(const char *governor, const char *kernel, bool *exact)
{
    unsigned int major, minor, number;

    *exact = false;
    if (sscanf(kernel, "%u.%u", &major, &minor) != 2 || major > 98 || minor > 999)
        return NULL;
    number = major * 1000 + minor;
    for (size_t i = 0; i < sizeof(VERSIONS) / sizeof(VERSIONS[0]); i++) {
        const struct version *version = &VERSIONS[i];

        if (strcmp(version->governor, governor) != 0 || number < version->since || number >= version->until)
            continue;
        *exact = number >= version->read_since && number < version->read_until;
        return version->name;
    }
    return NULL;
}
