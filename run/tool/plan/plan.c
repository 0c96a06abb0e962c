/* SPDX-License-Identifier: MIT */
/* idlelab plan: a script read by the image's own parser, against the image's own experiments, before anything boots. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/script/script_name.h"
#include "run/tool/command.h"
#include "run/tool/log/load.h"
#include "run/tool/plan/known.h"
#include "run/tool/plan/lab.h"
#include "run/tool/plan/wire.h"
#include "run/tool/show/text_table.h"

enum {
    ARENA_BYTES = 64 * 1024 * 1024,
    PATH_CHARS = 4096,
    TIME_CHARS = 32,
    NS_PER_MS = 1000 * 1000,
    MS_PER_S = 1000,
    PIPE_WIDTH_COLUMNS = 160,
};

struct plan_options {
    const char *image;
    const char *facts;
    bool quiet;
};

struct totals {
    size_t skips;
    uint64_t about_ns, most_ns, bytes;
};

struct planner {
    struct arena arena;
    struct script_errors errors;
    struct lab lab;
    const char *file; /* of the script, as errors name it */
    const char *text;
    size_t bytes;
    bool is_text;
    char *owned; /* the text of a file */
    struct plan plan;
};

/* The image beside this program: build/link/pvh.elf, which has symbols. */
static const char *image_beside(char path[PATH_CHARS])
{
    static const char name[] = "link/pvh.elf";
    ssize_t bytes = readlink("/proc/self/exe", path, PATH_CHARS - sizeof(name));
    char *slash;

    path[bytes > 0 ? bytes : 0] = '\0';
    slash = strrchr(path, '/');
    memcpy(slash ? slash + 1 : path, name, sizeof(name));
    return path;
}

/* The whole of a file. False with a line. */
static bool read_script_file(struct planner *planner, const char *path)
{
    FILE *stream = fopen(path, "rb");

    planner->owned = stream ? malloc(SCRIPT_TEXT_MAX + 1) : NULL;
    if (planner->owned) {
        planner->file = path;
        planner->text = planner->owned;
        planner->bytes = fread(planner->owned, 1, SCRIPT_TEXT_MAX + 1, stream);
    }
    if (!planner->owned || ferror(stream))
        fprintf(stderr, "idlelab plan: %s: %s\n", path, strerror(errno));
    if (stream)
        fclose(stream);
    return planner->owned != NULL;
}

/* As the launchers take it: a file, the name of a script in the image, or the text of one. */
static bool choose_script(struct planner *planner, const char *wish)
{
    size_t bytes = strlen(wish);

    if (access(wish, F_OK) == 0)
        return read_script_file(planner, wish);
    if (!strchr(wish, ' ') && (strchr(wish, '/') || (bytes > 4 && strcmp(wish + bytes - 4, ".lab") == 0))) {
        fprintf(stderr, "idlelab plan: %s: no such file\n", wish);
        return false;
    }
    planner->file = "script";
    planner->text = wish;
    planner->bytes = bytes;
    planner->is_text = true;
    for (size_t i = 0; i < planner->lab.builtin_count; i++)
        if (strcmp(planner->lab.builtins[i].name, wish) == 0) {
            planner->file = wish;
            planner->text = planner->lab.builtins[i].text;
            planner->bytes = planner->lab.builtins[i].text_bytes;
            planner->is_text = false;
        }
    return true;
}

static bool build_plan(struct planner *planner)
{
    static const struct plan_limits limits = {.max_steps = PLAN_STEPS_MAX};
    static const char first[] = "survey";
    struct script script, extra;

    script_errors_init(&planner->errors);
    if (planner->is_text && script_is_mistyped(planner->text, planner->lab.specs, planner->lab.spec_count,
                                               planner->lab.scripts, &planner->errors))
        return false;
    return script_parse(planner->file, planner->text, planner->bytes, &planner->arena, &script, &planner->errors) &&
           script_parse("builtin", first, sizeof(first) - 1, &planner->arena, &extra, &planner->errors) &&
           script_put_first(&extra, &planner->arena, &script) &&
           plan_build(&script, planner->lab.specs, planner->lab.spec_count, &limits, &planner->arena, &planner->plan,
                      &planner->errors);
}

static void print_errors(const struct script_errors *errors)
{
    char line[SCRIPT_ERROR_LINE_BYTES];

    for (size_t i = 0; i < errors->kept; i++) {
        script_error_write(&errors->at[i], line, sizeof(line));
        fprintf(stderr, "%s\n", line);
    }
    if (errors->count > errors->kept)
        fprintf(stderr, "%zu more\n", errors->count - errors->kept);
    if (errors->count == 0)
        fputs("idlelab plan: no memory for the plan\n", stderr);
}

/* "350 ms", "12.5 s", "2:20". */
static const char *time_text(char text[TIME_CHARS], uint64_t ns)
{
    uint64_t ms = ns / NS_PER_MS;

    if (ns == 0)
        text[0] = '\0';
    else if (ms < MS_PER_S)
        snprintf(text, TIME_CHARS, "%" PRIu64 " ms", ms ? ms : 1);
    else if (ms < 100 * MS_PER_S)
        snprintf(text, TIME_CHARS, "%.1f s", (double)ms / MS_PER_S);
    else
        snprintf(text, TIME_CHARS, "%" PRIu64 ":%02" PRIu64, ms / MS_PER_S / 60, ms / MS_PER_S % 60);
    return text;
}

/* The longest that a step may take: its budget, where it has one. */
static uint64_t most_ns(const struct plan_step *step)
{
    return plan_time_ns(step, "budget", step->estimate_ns);
}

/* What the known machine skips takes no time; the rest, and of it the longest that the budgets allow. */
static void add_step(const struct plan_step *step, bool skipped, struct totals *totals)
{
    totals->skips += skipped;
    if (__builtin_add_overflow(totals->bytes, wire_step_bytes(step, skipped), &totals->bytes))
        totals->bytes = UINT64_MAX;
    if (skipped)
        return;
    if (__builtin_add_overflow(totals->about_ns, step->estimate_ns, &totals->about_ns))
        totals->about_ns = UINT64_MAX;
    if (__builtin_add_overflow(totals->most_ns, most_ns(step), &totals->most_ns))
        totals->most_ns = UINT64_MAX;
}

static void print_summary(const struct planner *planner, const struct totals *totals, bool known)
{
    char about[TIME_CHARS], at_most[TIME_CHARS], wire[TIME_CHARS];

    printf("%s: %zu steps, about %s, at most %s by their budgets\n", planner->file, planner->plan.step_count,
           time_text(about, totals->about_ns), time_text(at_most, totals->most_ns));
    printf("serial line: about %" PRIu64 " kB, %s at 115200 baud\n", totals->bytes / 1000,
           time_text(wire, wire_seconds(totals->bytes) * MS_PER_S * NS_PER_MS));
    if (known)
        printf("%zu of them will be skipped there, by CPUID and the number of CPUs\n", totals->skips);
    else if (totals->skips)
        printf("%zu of them are combinations that cannot be, and will be skipped\n", totals->skips);
}

static void print_steps(const struct planner *planner, const struct known_machine *known, struct totals *totals)
{
    static const struct table_column columns[] = {{"step", true, 0},    {"name", false, 0},   {"line", true, 2},
                                                  {"about", true, 1},   {"at most", true, 1}, {"samples", true, 1},
                                                  {"skipped", false, 3}};
    char text[TIME_CHARS], reason[KNOWN_REASON_CHARS];
    struct table table;

    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < planner->plan.step_count && table_add_row(&table); i++) {
        const struct plan_step *step = &planner->plan.steps[i];
        const char *why = step->skip ? step->skip : known ? known_machine_skips(known, step, reason) : NULL;
        uint64_t samples = plan_count(step, "samples", plan_count(step, "n", 0));

        table_set(&table, 0, "%zu", i + 1);
        table_set(&table, 1, "%s", step->name);
        table_set(&table, 2, "%" PRIu32, step->line);
        table_set(&table, 3, "%s", time_text(text, step->estimate_ns));
        table_set(&table, 4, "%s", time_text(text, most_ns(step)));
        if (samples)
            table_set(&table, 5, "%" PRIu64, samples);
        table_set(&table, 6, "%s", why ? why : "");
        add_step(step, why != NULL, totals);
    }
    table_print(&table, stdout, terminal_width(stdout, PIPE_WIDTH_COLUMNS));
    table_free(&table);
}

static int plan_script(struct planner *planner, const struct plan_options *options, const char *wish)
{
    struct known_machine *known = NULL;
    char path[PATH_CHARS];
    const char *image = options->image ? options->image : image_beside(path);
    const char *why = lab_read(&planner->lab, image);
    struct totals totals = {.bytes = WIRE_BOOT_BYTES};

    if (why) {
        fprintf(stderr, "idlelab plan: %s %s; `make image` makes it\n", image, why);
        return TOOL_LOSS;
    }
    if (!choose_script(planner, wish))
        return TOOL_USAGE;
    if (!build_plan(planner)) {
        print_errors(&planner->errors);
        return TOOL_USAGE;
    }
    if (options->quiet)
        return TOOL_PASS;
    if (options->facts) {
        known = known_machine_read(options->facts);
        if (!known)
            return TOOL_USAGE;
    }
    print_steps(planner, known, &totals);
    free(known);
    print_summary(planner, &totals, options->facts != NULL);
    return TOOL_PASS;
}

static int run_plan(int argc, char **argv)
{
    static const struct option known[] = {{"cpu-facts", required_argument, NULL, 'c'},
                                          {"image", required_argument, NULL, 'i'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {NULL, 0, NULL, 0}};
    struct plan_options options = {NULL, NULL, false};
    static struct planner planner;
    void *block;
    int option, code;

    while ((option = getopt_long(argc, argv, "c:i:q", known, NULL)) != -1)
        if (option == 'c')
            options.facts = optarg;
        else if (option == 'i')
            options.image = optarg;
        else if (option == 'q')
            options.quiet = true;
        else
            return command_usage(&COMMAND_PLAN, "unknown option");
    if (argc - optind != 1)
        return command_usage(&COMMAND_PLAN, "expected one SCRIPT");
    block = malloc(ARENA_BYTES);
    if (!block)
        return TOOL_USAGE;
    arena_init(&planner.arena, block, ARENA_BYTES);
    code = plan_script(&planner, &options, argv[optind]);
    free(planner.owned);
    free(block);
    return code;
}

const struct command COMMAND_PLAN = {
    "plan",
    run_plan,
    "[--cpu-facts LOG] [--image FILE] [--quiet] SCRIPT",
    "check a script without a machine: errors, steps, time, bytes",
    "SCRIPT is a file, the name of a script in the image, or the text of one, as for run/qemu --script.\n"
    "  --cpu-facts, -c LOG  say which steps the machine of that log will skip\n"
    "  --image, -i FILE     the image with symbols (link/pvh.elf beside this program)\n"
    "  --quiet, -q          print errors only\n"
    "Exit: 0 the script is right, 2 it is wrong, 3 there is no image to ask.\n",
};
