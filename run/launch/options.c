/* SPDX-License-Identifier: MIT */
#include "run/launch/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPT_NAME = 'n',
    OPT_LOG = 'l',
    OPT_EMULATOR_LOG = 'e',
    OPT_FIFO = 'f',
    OPT_QMP = 'q',
    OPT_RESETS_LOGGED = 'r',
    OPT_HOST_STATS = 'h',
    OPT_QUIET = 's',
    OPT_TIMEOUT = 't',
    OPT_BOOT_LIMIT = 'b',
    OPT_SILENCE = 'i',
    OPT_GRACE = 'g',
    OPT_PACE = 'p',
    OPT_RESUME_ARGUMENT = 'a',
    OPT_RESUME_IMAGE = 'm',
    OPT_RESTARTS = 'x',
    OPT_PIN = 'v',
};

static const struct option LONG_OPTIONS[] = {
    {"name", required_argument, NULL, OPT_NAME},
    {"log", required_argument, NULL, OPT_LOG},
    {"emulator-log", required_argument, NULL, OPT_EMULATOR_LOG},
    {"fifo", required_argument, NULL, OPT_FIFO},
    {"qmp", no_argument, NULL, OPT_QMP},
    {"resets-logged", no_argument, NULL, OPT_RESETS_LOGGED},
    {"host-stats", no_argument, NULL, OPT_HOST_STATS},
    {"quiet", no_argument, NULL, OPT_QUIET},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"boot-limit", required_argument, NULL, OPT_BOOT_LIMIT},
    {"silence", required_argument, NULL, OPT_SILENCE},
    {"grace", required_argument, NULL, OPT_GRACE},
    {"pace", required_argument, NULL, OPT_PACE},
    {"resume-argument", required_argument, NULL, OPT_RESUME_ARGUMENT},
    {"resume-image", required_argument, NULL, OPT_RESUME_IMAGE},
    {"restarts", required_argument, NULL, OPT_RESTARTS},
    {"pin", required_argument, NULL, OPT_PIN},
    {NULL, 0, NULL, 0},
};

static const char USAGE[] =
    "usage: launch --log FILE --emulator-log FILE [--name NAME] [--fifo PATH] [--qmp]\n"
    "              [--resets-logged] [--host-stats] [--quiet] [--timeout SECONDS]\n"
    "              [--boot-limit SECONDS] [--silence SECONDS] [--grace SECONDS] [--pace TIMES]\n"
    "              [--resume-argument TEXT] [--resume-image FILE] [--restarts COUNT]\n"
    "              [--pin CPU,...] -- COMMAND...\n";

/* A whole number from `low` to 10^6. */
static int parse_number(const char *text, uint64_t low, uint64_t *value)
{
    static const uint64_t high = 1000000;
    char *end;

    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || text[0] == '-' || number < low || number > high) {
        fprintf(stderr, "launch: '%s' is not a whole number from %llu to %llu\n", text, (unsigned long long)low,
                (unsigned long long)high);
        return -1;
    }
    *value = number;
    return 0;
}

static int parse_seconds(const char *text, uint64_t low, uint64_t *ms)
{
    int rc = parse_number(text, low, ms);

    *ms *= 1000;
    return rc;
}

static int take_option(struct options *options, int option)
{
    switch (option) {
    case OPT_NAME:
        options->name = optarg;
        return 0;
    case OPT_LOG:
        options->log = optarg;
        return 0;
    case OPT_EMULATOR_LOG:
        options->emulator_log = optarg;
        return 0;
    case OPT_FIFO:
        options->fifo = optarg;
        return 0;
    case OPT_QMP:
        options->qmp = true;
        return 0;
    case OPT_RESETS_LOGGED:
        options->resets_logged = true;
        return 0;
    case OPT_HOST_STATS:
        options->host_stats = true;
        return 0;
    case OPT_QUIET:
        options->quiet = true;
        return 0;
    case OPT_TIMEOUT:
        return parse_seconds(optarg, 1, &options->timeout_ms);
    case OPT_BOOT_LIMIT:
        return parse_seconds(optarg, 1, &options->boot_limit_ms);
    case OPT_SILENCE:
        return parse_seconds(optarg, 1, &options->silence_ms);
    case OPT_GRACE:
        return parse_seconds(optarg, 0, &options->grace_ms);
    case OPT_PACE:
        return parse_number(optarg, 1, &options->pace);
    case OPT_RESUME_ARGUMENT:
        options->resume_argument = optarg;
        return 0;
    case OPT_RESUME_IMAGE:
        options->resume_image = optarg;
        return 0;
    case OPT_PIN:
        options->pin = optarg;
        return 0;
    case OPT_RESTARTS:
        return parse_number(optarg, 0, &options->restarts_max);
    default:
        fputs(USAGE, stderr);
        return -1;
    }
}

int options_parse(struct options *options, int argc, char **argv)
{
    int option;

    *options = (struct options){
        .name = "launch",
        .boot_limit_ms = 120 * 1000,
        .silence_ms = 30 * 1000, /* a heartbeat comes every 10 s while a step runs */
        .grace_ms = 3 * 1000,
        .pace = 4,
        .restarts_max = UINT64_MAX, /* a step is never run twice, so there are at most as many as steps */
    };
    while ((option = getopt_long(argc, argv, "+", LONG_OPTIONS, NULL)) != -1)
        if (take_option(options, option) != 0)
            return -1;
    if (optind == argc || options->log == NULL || options->emulator_log == NULL) {
        fputs(USAGE, stderr);
        return -1;
    }
    options->command = argv + optind;
    return 0;
}
