/* SPDX-License-Identifier: MIT */
/* idlelab fleet: one campaign over many machines, by the engines that labs have (docs/fleet.md). */
#include "run/tool/fleet/fleet.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/command.h"
#include "run/tool/fleet/campaign.h"

static const char *read_options(struct fleet_options *options, int argc, char **argv)
{
    static const struct option known[] = {
        {"output", required_argument, NULL, 'o'}, {"round", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "o:r:", known, NULL)) != -1)
        if (option == 'o')
            options->output = optarg;
        else if (option == 'r')
            options->round = optarg;
        else
            return "unknown option";
    if (options->round && !campaign_is_name(options->round, strlen(options->round)))
        return "expected --round NAME: letters, digits, _ - and . behind the first character, at most 48";
    return argc - optind == 1 ? NULL : "expected one FILE or FOLDER";
}

static int run_fleet(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const struct fleet_options *options);
    } verbs[] = {{"plan", fleet_plan}};
    struct fleet_options options = {0};
    const char *wrong;

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (argc < 2 || strcmp(argv[1], verbs[i].name) != 0)
            continue;
        wrong = read_options(&options, argc - 1, argv + 1);
        if (wrong)
            return command_usage(&COMMAND_FLEET, wrong);
        options.argument = argv[1 + optind];
        return verbs[i].run(&options);
    }
    return command_usage(&COMMAND_FLEET, "expected plan");
}

const struct command COMMAND_FLEET = {
    "fleet",
    run_fleet,
    "plan [-o FOLDER] [--round NAME] FILE",
    "one campaign over many machines, by labgrid, LAVA or QEMU here",
    "  plan               write a folder a job for the campaign in FILE, the same ones each time\n"
    "  --output, -o DIR   where: NAME.fleet, by the campaign's name\n"
    "  --round, -r NAME   the campaign once more, later: its jobs have a folder of their own (1)\n",
};
