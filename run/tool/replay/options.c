/* SPDX-License-Identifier: MIT */
#include "run/tool/replay/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICK_HZ = 250, /* what distributions build their kernels with */
    TICK_HZ_MIN = 24,
    TICK_HZ_MAX = 10000,
    NS_PER_S = 1000000000,
};

static bool read_number(const char *text, int64_t low, int64_t high, int64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == 0 && *number >= low && *number <= high;
}

enum {
    OPTION_GOVERNOR = 1,
    OPTION_TABLE,
    OPTION_TRACE,
    OPTION_METRICS,
    OPTION_CLOSED,
    OPTION_NOHZ,
    OPTION_LIMIT,
    OPTION_HZ,
};

static const struct option OPTIONS[] = {
    {"governor", required_argument, NULL, OPTION_GOVERNOR},
    {"table", required_argument, NULL, OPTION_TABLE},
    {"trace", required_argument, NULL, OPTION_TRACE},
    {"metrics", required_argument, NULL, OPTION_METRICS},
    {"closed", no_argument, NULL, OPTION_CLOSED},
    {"nohz", required_argument, NULL, OPTION_NOHZ},
    {"limit", required_argument, NULL, OPTION_LIMIT},
    {"hz", required_argument, NULL, OPTION_HZ},
    {NULL, 0, NULL, 0},
};

/* NULL, or what was expected instead. */
static const char *take_option(struct replay_request *request, int option)
{
    int64_t number;

    switch (option) {
    case OPTION_GOVERNOR:
        request->governors = optarg;
        return NULL;
    case OPTION_TABLE:
        request->table = optarg;
        return NULL;
    case OPTION_TRACE:
        request->trace = optarg;
        return NULL;
    case OPTION_METRICS:
        request->metrics = optarg;
        return NULL;
    case OPTION_CLOSED:
        request->setup.closed = true;
        return NULL;
    case OPTION_NOHZ:
        request->setup.tick_always = strcmp(optarg, "off") == 0;
        return request->setup.tick_always || strcmp(optarg, "on") == 0 ? NULL : "expected --nohz=on or --nohz=off";
    case OPTION_LIMIT:
        return read_number(optarg, 0, IDLE_TIME_MAX_NS, &request->setup.limit_ns)
                   ? NULL
                   : "expected --limit with 0 to 2147483647000 ns";
    case OPTION_HZ:
        if (!read_number(optarg, TICK_HZ_MIN, TICK_HZ_MAX, &number))
            return "expected --hz with 24 to 10000";
        request->setup.tick_period_ns = NS_PER_S / number;
        return NULL;
    default:
        return "unknown option, or its value is missing";
    }
}

const char *replay_options(struct replay_request *request, int argc, char **argv)
{
    int option;

    *request = (struct replay_request){
        .setup = {.tick_period_ns = NS_PER_S / TICK_HZ, .limit_ns = IDLE_LIMIT_NONE_NS},
    };
    opterr = 0;
    optind = 0;
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        const char *wrong = take_option(request, option);

        if (wrong)
            return wrong;
    }
    if (optind < argc)
        return "expected nothing but options";
    if (!request->governors || !request->table || !request->trace)
        return "expected --governor, --table and --trace";
    if (request->metrics && (strchr(request->governors, ',') || !strcmp(request->governors, "all")))
        return "--metrics goes with one governor";
    return NULL;
}
