/* SPDX-License-Identifier: MIT */
#include "run/launch/options.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { TEXT, FLAG, NUMBER, SECONDS };

static const struct {
    const char *name;
    enum kind kind;
    size_t offset; /* in struct options */
    uint64_t low;  /* of a number */
} OPTIONS[] = {
    {"name", TEXT, offsetof(struct options, name), 0},
    {"log", TEXT, offsetof(struct options, log), 0},
    {"emulator-log", TEXT, offsetof(struct options, emulator_log), 0},
    {"fifo", TEXT, offsetof(struct options, fifo), 0},
    {"qmp", FLAG, offsetof(struct options, qmp), 0},
    {"resets-logged", FLAG, offsetof(struct options, resets_logged), 0},
    {"host-stats", FLAG, offsetof(struct options, host_stats), 0},
    {"force", FLAG, offsetof(struct options, force), 0},
    {"quiet", FLAG, offsetof(struct options, quiet), 0},
    {"timeout", SECONDS, offsetof(struct options, timeout_ms), 1},
    {"boot-limit", SECONDS, offsetof(struct options, boot_limit_ms), 1},
    {"silence", SECONDS, offsetof(struct options, silence_ms), 1},
    {"grace", SECONDS, offsetof(struct options, grace_ms), 0},
    {"pace", NUMBER, offsetof(struct options, pace), 1},
    {"resume-argument", TEXT, offsetof(struct options, resume_argument), 0},
    {"resume-image", TEXT, offsetof(struct options, resume_image), 0},
    {"restarts", NUMBER, offsetof(struct options, restarts_max), 0},
    {"pin", TEXT, offsetof(struct options, pin), 0},
    {"scratch", TEXT, offsetof(struct options, scratch), 0},
};
enum { OPTION_COUNT = sizeof(OPTIONS) / sizeof(OPTIONS[0]) };

static const char USAGE[] =
    "usage: launch --log FILE --emulator-log FILE [--name NAME] [--fifo PATH] [--qmp]\n"
    "              [--resets-logged] [--host-stats] [--force] [--quiet] [--timeout SECONDS]\n"
    "              [--boot-limit SECONDS] [--silence SECONDS] [--grace SECONDS] [--pace TIMES]\n"
    "              [--resume-argument TEXT] [--resume-image FILE] [--restarts COUNT]\n"
    "              [--pin CPU,...] [--scratch FOLDER] -- COMMAND...\n";

/* A whole number from `low` to 10^6. */
static int parse_number(const char *text, uint64_t low, uint64_t *value)
{
    static const uint64_t high = 1000000;
    char *end;
    unsigned long long number;

    errno = 0;
    number = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || text[0] == '-' || number < low || number > high) {
        fprintf(stderr, "launch: '%s' is not a whole number from %llu to %llu\n", text, (unsigned long long)low,
                (unsigned long long)high);
        return -1;
    }
    *value = number;
    return 0;
}

static int take_option(struct options *options, size_t index)
{
    void *member = (char *)options + OPTIONS[index].offset;
    uint64_t number;

    switch (OPTIONS[index].kind) {
    case TEXT:
        *(const char **)member = optarg;
        return 0;
    case FLAG:
        *(bool *)member = true;
        return 0;
    default:
        if (parse_number(optarg, OPTIONS[index].low, &number) != 0)
            return -1;
        *(uint64_t *)member = number * (OPTIONS[index].kind == SECONDS ? 1000 : 1);
        return 0;
    }
}

int options_parse(struct options *options, int argc, char **argv)
{
    struct option list[OPTION_COUNT + 1] = {{0}};
    int index;

    for (size_t i = 0; i < OPTION_COUNT; i++)
        list[i] = (struct option){OPTIONS[i].name, OPTIONS[i].kind != FLAG, NULL, (int)i};
    *options = (struct options){
        .name = "launch",
        .boot_limit_ms = 120 * 1000,
        .silence_ms = 30 * 1000, /* a heartbeat comes every 10 s while a step runs */
        .grace_ms = 3 * 1000,
        .pace = PACE_OF_REAL_TIME,
        .restarts_max = UINT64_MAX, /* a step is never run twice, so there are at most as many as steps */
    };
    while ((index = getopt_long(argc, argv, "+", list, NULL)) >= 0 && index < OPTION_COUNT)
        if (take_option(options, (size_t)index) != 0)
            return -1;
    if (index != -1 || optind == argc || options->log == NULL || options->emulator_log == NULL) {
        fputs(USAGE, stderr);
        return -1;
    }
    options->command = argv + optind;
    return 0;
}
