/* SPDX-License-Identifier: MIT */
/* idlelab scan: from photographs of the codes on the screen (lib/screen/codes.h) to a log, by zbarimg. */
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/crc.h"
#include "lib/screen/codes.h"
#include "run/tool/command.h"
#include "run/tool/log/load.h"

enum {
    RUN_DIGITS = 16,
    LINE_BYTES = 1024,
    SCAN_CODES_MAX = 9999, /* a machine with hundreds of CPUs has more than CODES_MAX: these bound the histograms */
    STATUS_NOT_STARTED = 127,
    STATUS_NO_CODE = 4, /* of zbarimg: an image held none */
};

/* The codes found so far; text[i] is that of code i + 1, NULL: not found. */
struct scan {
    char run[RUN_DIGITS + 1];
    uint32_t count; /* of codes, as they say; 0: none was found */
    uint32_t found;
    uint32_t others; /* codes of other runs */
    char *text[SCAN_CODES_MAX];
    size_t bytes[SCAN_CODES_MAX];
};

/* Starts zbarimg on an image; its output is read from *out. Negative: it could not be started. */
static pid_t start_zbarimg(const char *image, FILE **out)
{
    int ends[2];
    pid_t child;

    if (pipe(ends) != 0)
        return -1;
    child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execlp("zbarimg", "zbarimg", "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", "--", image,
               (char *)NULL);
        _exit(STATUS_NOT_STARTED);
    }
    close(ends[1]);
    *out = child > 0 ? fdopen(ends[0], "r") : NULL;
    return *out != NULL ? child : -1;
}

/* The head of a code: its number, 0 where its lines are not to be taken. */
static uint32_t take_head(struct scan *scan, const char *line)
{
    unsigned number = 0, count = 0;
    char run[RUN_DIGITS + 1] = "";

    if (sscanf(line, CODES_HEAD "%u/%u %16[0-9a-f]", &number, &count, run) != 3 || strlen(run) != RUN_DIGITS ||
        count > SCAN_CODES_MAX || number < 1 || number > count)
        return 0;
    if (scan->count == 0) {
        scan->count = count;
        memcpy(scan->run, run, sizeof(run));
    }
    if (scan->count != count || strcmp(scan->run, run) != 0) {
        scan->others++;
        return 0;
    }
    if (scan->text[number - 1] != NULL)
        return 0; /* photographed twice */
    scan->text[number - 1] = calloc(1, 1);
    scan->found += scan->text[number - 1] != NULL;
    return scan->text[number - 1] != NULL ? number : 0;
}

static void add_line(struct scan *scan, uint32_t number, const char *line)
{
    char **text = &scan->text[number - 1];
    size_t bytes = scan->bytes[number - 1], length = strlen(line);
    char *longer = realloc(*text, bytes + length + 2);

    if (longer == NULL)
        return;
    memcpy(longer + bytes, line, length);
    memcpy(longer + bytes + length, "\n", 2);
    *text = longer;
    scan->bytes[number - 1] = bytes + length + 1;
}

/* A picture may show other codes, too: what no log begins a line with is theirs. */
static bool is_of_a_log(const char *line)
{
    static const char *const begins[] = {"# ", "ok ", "not ok ", "1..", "KTAP ", "Bail out!", "IDLELAB-"};

    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
        if (strncmp(line, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

static void read_codes(struct scan *scan, FILE *in)
{
    char line[LINE_BYTES];
    uint32_t number = 0;

    while (fgets(line, sizeof(line), in) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (strncmp(line, CODES_HEAD, sizeof(CODES_HEAD) - 1) == 0)
            number = take_head(scan, line);
        else if (line[0] != '\0' && !is_of_a_log(line))
            number = 0;
        else if (number != 0 && line[0] != '\0')
            add_line(scan, number, line);
    }
}

/* A record of the host behind the first line tells every reader that this log was never meant to be whole. */
static void write_log(const struct scan *scan, FILE *out)
{
    char record[96];
    bool said = false;

    snprintf(record, sizeof(record), "0000 {\"t\":\"partial\",\"by\":\"photo\",\"codes\":%u,\"of\":%u}", scan->found,
             scan->count);
    for (uint32_t i = 0; i < scan->count; i++) {
        const char *text = scan->text[i] != NULL ? scan->text[i] : "";
        size_t first = said ? 0 : strcspn(text, "\n");

        if (*text == '\0')
            continue;
        if (!said)
            fprintf(out, "\n%.*s\n# IH %s *%08x\n", (int)first, text, record, crc32_update(0, record, strlen(record)));
        fputs(text + first + !said, out);
        said = true;
    }
}

static void print_missing(const struct scan *scan)
{
    fprintf(stderr, "run %s: %u of %u codes", scan->run, scan->found, scan->count);
    for (uint32_t i = 0, first = 1; i < scan->count; i++)
        if (scan->text[i] == NULL) {
            fprintf(stderr, "%s %u", first ? "; missing:" : ",", i + 1);
            first = 0;
        }
    fputc('\n', stderr);
    if (scan->others > 0)
        fprintf(stderr, "%u codes of other runs were left out\n", scan->others);
}

/* A log that the disk had no room for is taken away: it was made here. */
static bool close_whole(FILE *out, const char *path)
{
    bool good = fflush(out) == 0 && !ferror(out);

    good = fclose(out) == 0 && good;
    if (good)
        return true;
    perror(path);
    unlink(path);
    return false;
}

static int finish(const struct scan *scan, const char *path)
{
    FILE *out = stdout;

    if (scan->count == 0) {
        fputs("idlelab scan: no code of the lab was found in these images\n", stderr);
        return TOOL_LOSS;
    }
    if (path != NULL && (out = fopen(path, "wx")) == NULL) {
        perror(path);
        return TOOL_USAGE;
    }
    write_log(scan, out);
    if (out != stdout && !close_whole(out, path))
        return TOOL_USAGE;
    print_missing(scan);
    return scan->found == scan->count ? TOOL_PASS : TOOL_LOSS;
}

/* One image after the other: zbarimg ends at the first that it cannot read. False: it could not be started. */
static bool scan_image(struct scan *scan, const char *image)
{
    int status = 0;
    FILE *in = NULL;
    pid_t child = start_zbarimg(image, &in);

    if (child < 0) {
        perror("idlelab scan: zbarimg");
        return false;
    }
    read_codes(scan, in);
    fclose(in);
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_NOT_STARTED) {
        fputs("idlelab scan: zbarimg is not there (Debian: zbar-tools)\n", stderr);
        return false;
    }
    if (!WIFEXITED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != STATUS_NO_CODE))
        fprintf(stderr, "idlelab scan: zbarimg could not read %s\n", image);
    return true;
}

static int run_scan(int argc, char **argv)
{
    static struct scan scan;
    const char *path = NULL;
    int option, code = TOOL_USAGE;

    while ((option = getopt(argc, argv, "o:")) != -1)
        if (option == 'o')
            path = optarg;
        else
            return command_usage(&COMMAND_SCAN, "unknown option");
    if (optind >= argc)
        return command_usage(&COMMAND_SCAN, "expected at least one IMAGE");
    while (optind < argc && scan_image(&scan, argv[optind]))
        optind++;
    if (optind == argc)
        code = finish(&scan, path);
    for (uint32_t i = 0; i < scan.count; i++)
        free(scan.text[i]);
    return code;
}

const struct command COMMAND_SCAN = {
    "scan",
    run_scan,
    "[-o LOG] IMAGE...",
    "make a log of photographs of the codes on the screen",
    "  -o LOG  write it there, not to standard output; the file must be new\n"
    "The images may come in any order and show a code twice. Needs zbarimg.\n",
};
