/* SPDX-License-Identifier: MIT */
/*
 * launch: starts an emulator, keeps its serial output, shows progress and says how the run ended. run/qemu and
 * run/bochs compose the command; docs/launchers.md describes the exit codes.
 */
#include "run/launch/options.h"
#include "run/launch/supervisor.h"

enum { EXIT_USAGE = 2 };

int main(int argc, char **argv)
{
    struct options options;

    if (options_parse(&options, argc, argv) != 0)
        return EXIT_USAGE;
    return supervise(&options);
}
