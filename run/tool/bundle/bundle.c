/* SPDX-License-Identifier: MIT */
/* idlelab bundle: logs, their report and what they say of the machine in one archive that can be mailed. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/tool/bundle/facts.h"
#include "run/tool/bundle/redact.h"
#include "run/tool/bundle/tar.h"
#include "run/tool/command.h"
#include "run/tool/log/load.h"

#define LOGS_MAX   64
#define PATH_CHARS 4096
#define OUTPUT     "idlelab-bundle.tar.gz"
#define FOLDER     "idlelab-bundle"

struct bundle {
    const char *output;
    bool list, table, force;
    struct redaction redaction;
    char host[256], short_host[256]; /* this machine's name, and without its domain */
    char scratch[64];
    struct tar_file files[LOGS_MAX + 3];
    size_t file_count;
    json_t *runs;
    enum tool_exit worst;
};

static bool complain(const char *path)
{
    fprintf(stderr, "idlelab bundle: %s: %s\n", path, strerror(errno));
    return false;
}

/* serial,mac,host,user: those that stay. */
static bool take_keep(struct bundle *bundle, char *words)
{
    for (char *word = strtok(words, ","); word; word = strtok(NULL, ",")) {
        size_t kind = 0;
        while (kind < REDACT_KINDS && strcmp(REDACT_WORDS[kind], word) != 0)
            kind++;
        if (kind == REDACT_KINDS)
            return false;
        bundle->redaction.keep[kind] = true;
    }
    return true;
}

static const char *read_arguments(struct bundle *bundle, int argc, char **argv)
{
    static const struct option known[] = {{"output", required_argument, NULL, 'o'},
                                          {"keep", required_argument, NULL, 'k'},
                                          {"hide", required_argument, NULL, 'h'},
                                          {"list", no_argument, NULL, 'l'},
                                          {"table", no_argument, NULL, 't'},
                                          {"force", no_argument, NULL, 'f'},
                                          {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "o:", known, NULL)) != -1)
        if (option == 'o')
            bundle->output = optarg;
        else if (option == 'k' && !take_keep(bundle, optarg))
            return "expected --keep serial,mac,host,user, or some of these";
        else if (option == 'h' && bundle->redaction.hide_count == REDACT_HIDE_MAX)
            return "expected --hide at most 15 times";
        else if (option == 'h')
            bundle->redaction.hide[bundle->redaction.hide_count++] = optarg;
        else if (option == 'l')
            bundle->list = true;
        else if (option == 't')
            bundle->table = true;
        else if (option == 'f')
            bundle->force = true;
        else if (option == '?')
            return "unknown option";
    if (!bundle->table && (argc == optind || argc - optind > LOGS_MAX))
        return "expected one to 64 LOGs";
    return NULL;
}

/* Adds a file of the archive; `data` is then the archive's. */
static void add_file(struct bundle *bundle, const char *name, char *data, size_t bytes)
{
    struct tar_file *file = &bundle->files[bundle->file_count++];
    snprintf(file->name, sizeof(file->name), FOLDER "/%.60s", name);
    file->data = data;
    file->bytes = bytes;
}

/* The log's path in the scratch folder. */
static void scratch_path(const struct bundle *bundle, const char *name, char path[PATH_CHARS])
{
    snprintf(path, PATH_CHARS, "%s/%s", bundle->scratch, name);
}

static bool write_scratch(const struct bundle *bundle, const char *name, const char *data, size_t bytes)
{
    char path[PATH_CHARS];
    FILE *file;
    bool good;

    scratch_path(bundle, name, path);
    file = fopen(path, "wb");
    good = file && fwrite(data, 1, bytes, file) == bytes;
    return (!file || fclose(file) == 0) && good ? true : complain(path);
}

/* What the redacted log says, as machine.json has it. */
static bool take_facts(struct bundle *bundle, const char *path)
{
    struct load_options options = {.quiet = true};
    struct load_result result;
    struct model model;
    bool good;

    model_init(&model, MODEL_LIMIT_BYTES);
    good = load_log(path, &options, &model, &result);
    for (size_t r = 0; good && r < model.run_count; r++)
        json_array_append_new(bundle->runs, facts_of_run(&model, &model.runs[r]));
    if (good && result.exit > bundle->worst)
        bundle->worst = result.exit;
    model_free(&model);
    return good;
}

static bool add_log(struct bundle *bundle, const char *name, size_t number)
{
    struct load_options options = {.quiet = true};
    struct load_result result;
    struct model model;
    char own[32], path[PATH_CHARS], *data = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&data, &bytes);
    bool good;

    model_init(&model, MODEL_LIMIT_BYTES);
    good = out && load_log(name, &options, &model, &result);
    if (good && model.run_count == 0) {
        fprintf(stderr, "idlelab bundle: %s: there is no run in it\n", name);
        good = false;
    }
    good = good && redact_log(&bundle->redaction, name, &model, out);
    if (out)
        fclose(out);
    model_free(&model);
    snprintf(own, sizeof(own), "log-%02zu.txt", number);
    scratch_path(bundle, own, path);
    good = good && write_scratch(bundle, own, data, bytes) && take_facts(bundle, path);
    if (good)
        add_file(bundle, own, data, bytes);
    else
        free(data);
    return good;
}

/* The whole of a file; NULL where it cannot be read. */
static char *read_whole(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    char *data = NULL;
    long size = -1;

    if (file && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0) {
        rewind(file);
        data = malloc((size_t)size + 1);
    }
    if (data && fread(data, 1, (size_t)size, file) != (size_t)size) {
        free(data);
        data = NULL;
    }
    if (file)
        fclose(file);
    *bytes = (size_t)size;
    return data;
}

/* The report of the redacted logs, made within the scratch folder, so that its name is not on the page. */
static bool add_report(struct bundle *bundle, size_t logs)
{
    char names[LOGS_MAX][32], command[] = "report", option[] = "-o", page[] = "report.html";
    char *arguments[LOGS_MAX + 4] = {command, option, page}, *data = NULL;
    int here = open(".", O_RDONLY | O_DIRECTORY);
    size_t bytes;

    for (size_t i = 0; i < logs; i++) {
        snprintf(names[i], sizeof(names[i]), "log-%02zu.txt", i + 1);
        arguments[3 + i] = names[i];
    }
    if (here >= 0 && chdir(bundle->scratch) == 0) {
        optind = 0; /* getopt() begins anew */
        COMMAND_REPORT.run((int)logs + 3, arguments);
        data = read_whole(page, &bytes);
        if (fchdir(here) != 0)
            complain(".");
    }
    if (here >= 0)
        close(here);
    if (data)
        add_file(bundle, page, data, bytes);
    return data != NULL;
}

static bool add_facts(struct bundle *bundle)
{
    json_t *facts = json_pack("{s:i, s:s, s:O}", "format", FACTS_FORMAT, "tool", tool_version, "runs", bundle->runs);
    char *text = facts ? json_dumps(facts, JSON_INDENT(1) | JSON_SORT_KEYS | JSON_REAL_PRECISION(9)) : NULL;

    json_decref(facts);
    if (text)
        add_file(bundle, FACTS_FILE, text, strlen(text));
    return text != NULL;
}

static void print_found(const struct bundle *bundle)
{
    static const char *const words[] = {"serial number", "MAC address", "host name", "user's name"};
    const struct redaction *redaction = &bundle->redaction;

    puts(redaction->found_count > 0 ? "left out, and replaced by x:"
                                    : "nothing to be left out was found in the records");
    for (size_t i = 0; i < redaction->found_count; i++)
        printf("  %s %s, %zu times\n", words[redaction->found[i].kind], redaction->found[i].text,
               redaction->found[i].count);
    if (redaction->foreign_lines > 0)
        printf("left out: %zu lines that are not the lab's (firmware, boot loader, Linux)\n", redaction->foreign_lines);
}

static bool make_bundle(struct bundle *bundle, char **logs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!add_log(bundle, logs[i], i + 1))
            return false;
    print_found(bundle);
    if (bundle->list)
        return true;
    if (!add_report(bundle, count) || !add_facts(bundle))
        return false;
    if (!bundle->force && access(bundle->output, F_OK) == 0) {
        fprintf(stderr, "idlelab bundle: %s: not written: it is there; --force replaces it\n", bundle->output);
        return false;
    }
    if (!tar_write(bundle->output, bundle->files, bundle->file_count))
        return complain(bundle->output);
    printf("%s: %zu files\n", bundle->output, bundle->file_count);
    return true;
}

static void clean_up(struct bundle *bundle)
{
    char path[PATH_CHARS];
    for (size_t i = 0; i < bundle->file_count; i++)
        free(bundle->files[i].data);
    for (size_t i = 1; i <= LOGS_MAX; i++) {
        char own[32];
        snprintf(own, sizeof(own), "log-%02zu.txt", i);
        scratch_path(bundle, own, path);
        unlink(path);
    }
    scratch_path(bundle, "report.html", path);
    unlink(path);
    rmdir(bundle->scratch);
    json_decref(bundle->runs);
}

static int run_bundle(int argc, char **argv)
{
    static struct bundle bundle;
    const char *wrong;
    bool good;

    bundle = (struct bundle){.output = OUTPUT, .runs = json_array()};
    /* This machine's own name stands in what the launcher says of the host. */
    if (gethostname(bundle.host, sizeof(bundle.host) - 1) == 0 && strlen(bundle.host) > 2 &&
        strcmp(bundle.host, "localhost") != 0)
        bundle.redaction.hide[bundle.redaction.hide_count++] = bundle.host;
    snprintf(bundle.short_host, sizeof(bundle.short_host), "%.*s", (int)strcspn(bundle.host, "."), bundle.host);
    if (bundle.redaction.hide_count > 0 && strlen(bundle.short_host) > 2)
        bundle.redaction.hide[bundle.redaction.hide_count++] = bundle.short_host;
    wrong = read_arguments(&bundle, argc, argv);
    if (wrong)
        return command_usage(&COMMAND_BUNDLE, wrong);
    if (bundle.table)
        return facts_table(argv + optind, (size_t)(argc - optind)) ? TOOL_PASS : TOOL_LOSS;
    snprintf(bundle.scratch, sizeof(bundle.scratch), "/tmp/idlelab-bundle.XXXXXX");
    if (!mkdtemp(bundle.scratch)) {
        complain(bundle.scratch);
        return TOOL_USAGE;
    }
    good = make_bundle(&bundle, argv + optind, (size_t)(argc - optind));
    clean_up(&bundle);
    return good ? (int)bundle.worst : TOOL_USAGE;
}

const struct command COMMAND_BUNDLE = {
    "bundle",
    run_bundle,
    "[-o FILE.tar.gz] [--list] [--keep KIND,...] [--hide WORD]... [--force] LOG... | --table BUNDLE...",
    "make one archive of logs that can be mailed, without what names your machine",
    "  --list             only say what would be left out\n"
    "  --output, -o FILE  where to (idlelab-bundle.tar.gz)\n"
    "  --keep KIND,...    leave in what is left out by default: serial, mac, host, user\n"
    "  --hide WORD        leave out this name, too, as that of a host (once for each name)\n"
    "  --force            replace a file\n"
    "  --table            instead: the rows of docs/machines.md for these bundles\n"
    "The archive has the logs with the lab's own lines alone, their report, and machine.json: versions, facts, "
    "figures.\n"
    "Exit: as that of `idlelab check` for the worst log.\n",
};
