/* SPDX-License-Identifier: MIT */
/* idlelab fleet: one campaign over many machines, by the engines that labs have (docs/fleet.md). */
#include "run/tool/fleet/fleet.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/command.h"
#include "run/tool/fleet/campaign.h"
#include "run/tool/fleet/campaign_value.h"

static const char *const VERBS[] = {"plan", "collect", "status", "report"};
static int (*const VERB_FUNCTIONS[])(const struct fleet_options *options) = {fleet_plan, fleet_collect, fleet_status,
                                                                             fleet_report};
#define VERB_COUNT (sizeof(VERBS) / sizeof(VERBS[0]))

/* An option with its value. What is wrong, or NULL. */
static const char *take_option(struct fleet_options *options, int option, const char *value)
{
    char *end;

    switch (option) {
    case 'o':
        options->output = value;
        return NULL;
    case 'f':
        options->archive = value;
        return NULL;
    case 'a':
        options->against = value;
        return NULL;
    case 'i':
        options->image = value;
        return NULL;
    case 'F':
        options->force = true;
        return NULL;
    case 'l':
        options->least = strtod(value, &end);
        return end != value && (!*end || strcmp(end, "%") == 0) && options->least > 0 && options->least <= 100
                   ? NULL
                   : "expected --least PERCENT, above 0 and at most 100";
    case 't':
        options->todo = true;
        return NULL;
    case 'r':
        options->round = value;
        return campaign_is_name(value, strlen(value))
                   ? NULL
                   : "expected --round NAME: letters, digits, _ - and . behind the first character, at most 48";
    case 'w':
        return campaign_seconds(value, strlen(value), &options->wait_s) && options->wait_s <= FLEET_WAIT_MAX
                   ? NULL
                   : "expected --wait TIME with its unit, s, m or h, of at most 168h";
    default:
        return "unknown option";
    }
}

static const char *read_options(struct fleet_options *options, int argc, char **argv)
{
    static const struct option known[] = {
        {"output", required_argument, NULL, 'o'}, {"round", required_argument, NULL, 'r'},
        {"file", required_argument, NULL, 'f'},   {"wait", required_argument, NULL, 'w'},
        {"todo", no_argument, NULL, 't'},         {"against", required_argument, NULL, 'a'},
        {"least", required_argument, NULL, 'l'},  {"image", required_argument, NULL, 'i'},
        {"force", no_argument, NULL, 'F'},        {NULL, 0, NULL, 0}};
    const char *wrong = NULL;
    int option;

    while (!wrong && (option = getopt_long(argc, argv, "o:r:f:w:a:l:i:t", known, NULL)) != -1)
        wrong = take_option(options, option, optarg);
    if (!wrong && argc - optind != 1)
        wrong = "expected one FILE or FOLDER";
    options->argument = wrong ? NULL : argv[optind];
    return wrong;
}

static int run_fleet(int argc, char **argv)
{
    struct fleet_options options = {0};
    const char *wrong;

    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (argc < 2 || strcmp(argv[1], VERBS[i]) != 0)
            continue;
        wrong = read_options(&options, argc - 1, argv + 1);
        return wrong ? command_usage(&COMMAND_FLEET, wrong) : VERB_FUNCTIONS[i](&options);
    }
    return command_usage(&COMMAND_FLEET, "expected plan, collect, status or report");
}

const struct command COMMAND_FLEET = {
    "fleet",
    run_fleet,
    "plan [-o FOLDER] [--round NAME] FILE | collect [--wait TIME] FOLDER | status [--todo] FOLDER |"
    " report [-o FILE.html] FOLDER",
    "one campaign over many machines, by labgrid, LAVA or QEMU here",
    "  plan               write a folder a job for the campaign in FILE, the same ones each time\n"
    "  collect            read what came of the jobs into the archive; each result counts once\n"
    "  status             how far the round is, as the last collect left it\n"
    "  report             which machines are odd and why, and what changed since the round before\n"
    "  --output, -o PATH  plan: the folder (NAME.jobs); report: one page instead of a text\n"
    "  --round, -r NAME   the campaign once more, later (plan: 1; the others: what was planned last)\n"
    "  --image, -i FILE   plan: the image that judges the scripts (link/pvh.elf beside this program)\n"
    "  --file, -f FILE    the archive, as idlelab db has it (FOLDER/fleet.db)\n"
    "  --wait, -w TIME    collect: look again until all is done, for so long at most (90s, 15m, 2h)\n"
    "  --against, -a NAME report: the round to hold it against (the one before)\n"
    "  --least, -l PCT    report: what is off by less is of no interest (5)\n"
    "  --force            report: replaces a file that is no report\n"
    "  --todo, -t         status: only the names of the jobs that are to be run now\n"
    "Exit of collect: 0 all jobs passed, 1 some failed, 3 some have no result, or not yet.\n",
};
