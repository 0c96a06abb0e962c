/* SPDX-License-Identifier: MIT */
#include "run/tool/command.h"

#include <stdio.h>

#include "run/tool/log/load.h"

int command_usage(const struct command *command, const char *message)
{
    fprintf(stderr, "idlelab %s: %s\nusage: idlelab %s %s\n", command->name, message, command->name, command->usage);
    return TOOL_USAGE;
}
