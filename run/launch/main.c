/* SPDX-License-Identifier: MIT */
/*
 * launch: starts an emulator, keeps its serial output, shows progress and says how the run ended. run/qemu and
 * run/bochs compose the command; docs/launchers.md describes the exit codes.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/launch/options.h"
#include "run/log/clean_output.h"
#include "run/launch/supervisor.h"
#include "run/log/standard.h"

enum { EXIT_USAGE = 2, FOLDERS_OPEN = 8 };

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *place)
{
    (void)about;
    (void)type;
    (void)place;
    remove(path);
    return 0;
}

int main(int argc, char **argv)
{
    struct options options;
    int code;

    standard_open();
    clean_output();
    if (options_parse(&options, argc, argv) != 0)
        return EXIT_USAGE;
    code = supervise(&options);
    if (options.scratch != NULL)
        nftw(options.scratch, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS);
    return code;
}
