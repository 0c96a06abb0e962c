/* SPDX-License-Identifier: MIT */
/*
 * judge LOG CLEAN: what a log is worth, told without the lab's own reader. LOG is what the launcher kept, CLEAN what
 * the machine said. Prints NAME=VALUE lines:
 *   begins, ends    lines of the frame
 *   result          END's word
 *   plan            of `1..N`; passed, failed, skipped: result lines with a CRC that is right, each number once
 *   sum             pass fail skip error of the sum record; sum_whole: yes where its count and CRC hold
 *   lost            records and result lines that CLEAN has and LOG has not, unhurt
 *   whole           yes: one BEGIN, one END, plan, sum and results agree, nothing lost
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    LINE_BYTES = 4096,
    RECORDS_MAX = 200000,
    RESULTS_MAX = 1002,
};

struct log {
    unsigned begins, ends;
    char result[16];
    long plan;
    char *records[RECORDS_MAX]; /* by sequence number: `<seq> <json>` */
    size_t record_end;          /* past the last number */
    char *results[RESULTS_MAX]; /* by number: the line */
    unsigned passed, failed, skipped;
};

static unsigned crc16(const char *text, size_t bytes)
{
    unsigned crc = 0xffff;

    for (size_t i = 0; i < bytes; i++) {
        crc ^= (unsigned)(unsigned char)text[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1) & 0xffff;
    }
    return crc;
}

/* `# IL <seq> <json> *<crc32>` */
static void take_record(struct log *log, const char *line)
{
    const char *text = line + 5, *star = strrchr(line, '*');
    char *end;
    unsigned long seq, crc;

    if (!star || star - text < 8 || star[-1] != ' ' || strlen(star) != 9)
        return;
    crc = strtoul(star + 1, &end, 16);
    if (*end || crc32(0, (const Bytef *)text, (uInt)(star - 1 - text)) != crc)
        return;
    seq = strtoul(text, &end, 16);
    if (*end != ' ' || seq >= RECORDS_MAX || log->records[seq])
        return;
    log->records[seq] = strndup(text, (size_t)(star - 1 - text));
    if (seq >= log->record_end)
        log->record_end = seq + 1;
}

/* `ok 1 name # p50 3 ns ~91c4` */
static void take_result(struct log *log, const char *line, bool good)
{
    const char *mark = strrchr(line, '~');
    unsigned long number = strtoul(line + (good ? 3 : 7), NULL, 10);

    if (!mark || mark == line || mark[-1] != ' ' || strlen(mark) != 5 ||
        crc16(line, (size_t)(mark - 1 - line)) != strtoul(mark + 1, NULL, 16) || number >= RESULTS_MAX ||
        log->results[number])
        return;
    log->results[number] = strdup(line);
    if (!good)
        log->failed++;
    else if (strstr(line, "# SKIP"))
        log->skipped++;
    else
        log->passed++;
}

static void take_line(struct log *log, const char *line)
{
    const char *begin = strstr(line, "IDLELAB-BEGIN ");
    unsigned long long run;
    char word[16];

    if (!strncmp(line, "# IL ", 5))
        take_record(log, line);
    else if (!strncmp(line, "ok ", 3))
        take_result(log, line, true);
    else if (!strncmp(line, "not ok ", 7))
        take_result(log, line, false);
    else if (begin &&
             sscanf(begin, "IDLELAB-BEGIN run=%16llx fmt=1", &run) == 1) /* firmware's words may stand before it */
        log->begins++;
    else if (sscanf(line, "IDLELAB-END run=%16llx result=%15s", &run, word) == 2)
        log->ends++, strcpy(log->result, word);
    else if (!strncmp(line, "1..", 3) && log->plan < 0)
        log->plan = strtol(line + 3, NULL, 10);
}

static struct log *read_log(const char *path)
{
    static char line[LINE_BYTES];
    struct log *log = calloc(1, sizeof(*log));
    FILE *stream = fopen(path, "rb");
    size_t used = 0;
    int c;

    if (!stream || !log) {
        perror(path);
        exit(2);
    }
    log->plan = -1;
    while ((c = getc(stream)) != EOF) {
        if (c != '\n') {
            line[used] = (char)(c ? c : 1); /* a NUL is no character of any line */
            used += used + 1 < sizeof(line);
            continue;
        }
        while (used && line[used - 1] == '\r')
            used--;
        line[used] = '\0';
        take_line(log, line);
        used = 0;
    }
    fclose(stream);
    return log;
}

struct sum {
    bool there, whole;
    unsigned pass, fail, skip, error;
};

/* The last record, and what it says of those before it. */
static struct sum read_sum(const struct log *log)
{
    unsigned long lines = 0, crc = 0;
    struct sum sum = {0};
    const char *text = log->record_end ? log->records[log->record_end - 1] : NULL;
    const char *json = text ? strchr(text, ' ') + 1 : "";
    const char *own;
    uLong found = 0;

    if (strncmp(json, "{\"t\":\"sum\",", 11))
        return sum;
    own = strstr(json, "\"lines\":");
    if (sscanf(json, "{\"t\":\"sum\",\"pass\":%u,\"fail\":%u,\"skip\":%u,\"error\":%u", &sum.pass, &sum.fail, &sum.skip,
               &sum.error) != 4 ||
        !own || sscanf(own, "\"lines\":%lu,\"crc\":\"%8lx\"", &lines, &crc) != 2)
        return sum;
    sum.there = sum.whole = true;
    for (size_t i = 0; i + 1 < log->record_end; i++) {
        if (!log->records[i]) {
            sum.whole = false;
            return sum;
        }
        found = crc32(found, (const Bytef *)log->records[i], (uInt)strlen(log->records[i]));
        found = crc32(found, (const Bytef *)"\n", 1);
    }
    sum.whole = lines == log->record_end - 1 && found == crc;
    return sum;
}

static bool same(const char *one, const char *other)
{
    return one && other && !strcmp(one, other);
}

static unsigned lost(const struct log *log, const struct log *clean)
{
    unsigned count = 0;

    for (size_t i = 0; i < clean->record_end; i++)
        count += clean->records[i] && !same(clean->records[i], log->records[i]);
    for (size_t i = 0; i < RESULTS_MAX; i++)
        count += clean->results[i] && !same(clean->results[i], log->results[i]);
    return count;
}

int main(int argc, char **argv)
{
    const struct log *log, *clean;
    struct sum sum;
    unsigned gone, all;
    bool whole;

    if (argc != 3) {
        fputs("usage: judge LOG CLEAN\n", stderr);
        return 2;
    }
    log = read_log(argv[1]);
    clean = read_log(argv[2]);
    sum = read_sum(log);
    gone = lost(log, clean);
    all = log->passed + log->failed + log->skipped;
    whole = log->begins == 1 && log->ends == 1 && sum.there && sum.whole && !gone && log->plan >= 0 &&
            (unsigned long)log->plan == all && sum.pass == log->passed && sum.skip == log->skipped &&
            sum.fail + sum.error == log->failed;
    printf("begins=%u\nends=%u\nresult=%s\nplan=%ld\npassed=%u\nfailed=%u\nskipped=%u\n", log->begins, log->ends,
           log->result, log->plan, log->passed, log->failed, log->skipped);
    printf("sum=%u %u %u %u\nsum_whole=%s\nlost=%u\nwhole=%s\n", sum.pass, sum.fail, sum.skip, sum.error,
           sum.whole ? "yes" : "no", gone, whole ? "yes" : "no");
    return 0;
}
