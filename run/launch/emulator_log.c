/* SPDX-License-Identifier: MIT */
#include "run/launch/emulator_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool emulator_log_find(const char *path, const char *needle, char *line, size_t room)
{
    char *text = NULL;
    size_t text_room = 0;
    FILE *file = fopen(path, "r");

    line[0] = '\0';
    if (file == NULL)
        return false;
    while (getline(&text, &text_room, file) > 0) {
        text[strcspn(text, "\r\n")] = '\0';
        if (text[0] != '\0' && strstr(text, needle) != NULL)
            snprintf(line, room, "%s", text);
    }
    free(text);
    fclose(file);
    return line[0] != '\0';
}

bool emulator_log_triple_fault(const char *path, char *line, size_t room)
{
    /* QEMU: target/i386/tcg/excp_helper.c, target/i386/helper.c (machine checks not taken); Bochs: cpu/exception.cc. */
    return emulator_log_find(path, "Triple fault", line, room) ||
           emulator_log_find(path, "raising triple fault", line, room) ||
           emulator_log_find(path, "exception with no resolution", line, room);
}

bool emulator_log_panic(const char *path, char *line, size_t room)
{
    return emulator_log_find(path, ">>PANIC<<", line, room);
}

bool emulator_log_watchdog(const char *path, char *line, size_t room)
{
    return emulator_log_find(path, "Watchdog timer fired for domain", line, room);
}
