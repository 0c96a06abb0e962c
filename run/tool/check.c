/* SPDX-License-Identifier: MIT */
/* idlelab check: is the log whole, and did the run pass? (docs/record-format.md, section 4) */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "run/tool/command.h"
#include "run/tool/log/load.h"
#include "run/log/problem.h"
#include "run/tool/model/reason.h"

/* Where machines died in the middle of the run. */
static void print_deaths(const struct model_run *run)
{
    char reason[REASON_CHARS];
    for (size_t i = 0; i < run->join_count; i++) {
        const struct model_join *join = &run->joins[i];
        const struct model_step *step = NULL;
        for (size_t s = 0; s < run->step_count; s++)
            step = run->steps[s].id == join->step ? &run->steps[s] : step;
        printf("machine %zu died in step %" PRId64 " %s: %s\n", i + 1, join->step, step ? step->name : "(unknown)",
               step ? reason_of(reason, run, step) : join->why);
    }
    for (size_t i = 0; i < run->unlike_count; i++)
        printf("machine %zu is not the first one: %s was %s, and is %s\n", run->unlikes[i].machine, run->unlikes[i].key,
               run->unlikes[i].first, run->unlikes[i].other);
}

static void print_summary(const struct model *model, const struct load_result *result)
{
    const struct log_counts *counts = &result->counts;
    for (size_t i = 0; i < model->run_count; i++) {
        const struct model_run *run = &model->runs[i];
        printf("run %s: %s, %zu steps, %" PRIu64 " results planned\n", run->run_id[0] ? run->run_id : "(unknown)",
               model_run_word(run), run->step_count, run->planned_results);
        print_deaths(run);
    }
    printf("%" PRIu64 " lines, %" PRIu64 " records, %" PRIu64 " repeats; %" PRIu64 " missing, %" PRIu64 " damaged\n",
           counts->lines, counts->records, counts->repeats, counts->missing, counts->damaged);
    if (counts->host_records > 0)
        printf("%" PRIu64 " records of the host\n", counts->host_records);
    if (counts->problem_total == 0 && counts->partial) {
        puts("partial: made of photographs, and nothing contradicts what it holds");
        return;
    }
    if (counts->problem_total == 0) {
        puts("whole: every record arrived");
        return;
    }
    printf("NOT WHOLE:");
    for (int kind = 0; kind < LOG_PROBLEM_KINDS; kind++)
        if (counts->problems[kind] > 0)
            printf(" %s %" PRIu64, log_problem_name((enum log_problem_kind)kind), counts->problems[kind]);
    putchar('\n');
}

static int run_check(int argc, char **argv)
{
    static const struct option options[] = {
        {"follow", no_argument, NULL, 'f'},
        {"quiet", no_argument, NULL, 'q'},
        {"all", no_argument, NULL, 'a'},
        {NULL, 0, NULL, 0},
    };
    struct load_options load = {.progress = true};
    int option;
    struct model model;
    struct load_result result;
    int code;

    while ((option = getopt_long(argc, argv, "fqa", options, NULL)) != -1)
        if (option == 'f')
            load.follow = true;
        else if (option == 'q')
            load.quiet = true;
        else if (option == 'a')
            load.problem_lines_max = UINT64_MAX;
        else
            return command_usage(&COMMAND_CHECK, "unknown option");
    if (argc - optind != 1)
        return command_usage(&COMMAND_CHECK, "expected one LOG");
    load.progress = !load.quiet;
    model_init(&model, MODEL_LIMIT_BYTES);
    code = TOOL_USAGE;
    if (load_log(argv[optind], &load, &model, &result)) {
        code = (int)result.exit;
        if (!load.quiet)
            print_summary(&model, &result);
    }
    model_free(&model);
    return code;
}

const struct command COMMAND_CHECK = {
    "check",
    run_check,
    "[--follow] [--quiet] [--all] LOG",
    "say whether the log is whole and the run passed",
    "  --follow, -f  wait for more at the end of a file until the run ends\n"
    "  --quiet, -q   print nothing; the exit code says it\n"
    "  --all, -a     print every problem (20 lines otherwise)\n",
};
