/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "run/tool/compare/view.h"
#include "run/tool/model/platform.h"

/* What a comparison of the image with the lab inside Linux compares. */
#define RINGS                                                                                                          \
    "One side is the bare instruction, the other a thread's wait inside Linux: their difference is what the kernel, "  \
    "its interrupts and its scheduler add, and the wait instruction itself where both names are the same"
#define RINGS_APART                                                                                                    \
    "One side is the bare instruction, the other a thread's wait inside Linux, and the machines differ, too: what "    \
    "the kernel adds cannot be told from what the other machine does"

static const char *value_of(const struct platform *platform, const char *label)
{
    for (size_t i = 0; i < platform->row_count; i++)
        if (strcmp(platform->rows[i].label, label) == 0)
            return platform->rows[i].value;
    /* Only the lab inside Linux says its ring: the image has no other than 0. */
    return strcmp(label, "ring") == 0 ? "0" : "(not said)";
}

static bool says(const struct platform *platform, const char *label)
{
    for (size_t i = 0; i < platform->row_count; i++)
        if (strcmp(platform->rows[i].label, label) == 0)
            return true;
    return false;
}

static bool decides(const struct platform *a, const struct platform *b, const char *label)
{
    for (size_t i = 0; i < a->row_count; i++)
        if (strcmp(a->rows[i].label, label) == 0)
            return a->rows[i].decides;
    for (size_t i = 0; i < b->row_count; i++)
        if (strcmp(b->rows[i].label, label) == 0)
            return b->rows[i].decides;
    return false;
}

/* The lines printed so far, so that many boots with one difference make one line. */
struct said {
    char *lines;
    size_t bytes;
};

/* True where the line is new; then it is kept. */
static bool say_once(struct said *said, const char *line)
{
    size_t n;
    char *grown;

    for (size_t at = 0; at < said->bytes; at += strlen(said->lines + at) + 1)
        if (strcmp(said->lines + at, line) == 0)
            return false;
    n = strlen(line) + 1;
    grown = realloc(said->lines, said->bytes + n);
    if (!grown)
        return true;
    said->lines = grown;
    memcpy(said->lines + said->bytes, line, n);
    said->bytes += n;
    return true;
}

static bool same(const struct platform *a, const struct platform *b, const char *label)
{
    return strcmp(value_of(a, label), value_of(b, label)) == 0;
}

static const char *what_rings_say(const struct platform *a, const struct platform *b)
{
    return same(a, b, "CPU") && same(a, b, "hypervisor") ? RINGS : RINGS_APART;
}

static size_t print_difference(FILE *out, const struct platform *a, const struct platform *b, const char *label,
                               struct said *said)
{
    const char *value_a = value_of(a, label), *value_b = value_of(b, label);
    /* What a boot measured of its clocks differs at every boot. */
    bool measured =
        strncmp(label, "TSC", 3) == 0 || strcmp(label, "time stamp") == 0 || strcmp(label, "timer bound") == 0;
    char line[1024];

    if (strcmp(value_a, value_b) == 0 || measured)
        return 0;
    snprintf(line, sizeof(line), "%s differs: %s | %s", label, value_a, value_b);
    if (say_once(said, line))
        fprintf(out, "%s\n", line);
    if (strcmp(label, "ring") == 0 && say_once(said, what_rings_say(a, b)))
        fprintf(out, "%s\n", what_rings_say(a, b));
    return decides(a, b, label);
}

static size_t compare_two(FILE *out, const struct platform *a, const struct platform *b, struct said *said)
{
    size_t count = 0;
    for (size_t i = 0; i < a->row_count; i++)
        count += print_difference(out, a, b, a->rows[i].label, said);
    for (size_t i = 0; i < b->row_count; i++)
        if (!says(a, b->rows[i].label))
            count += print_difference(out, a, b, b->rows[i].label, said);
    return count;
}

size_t compare_platforms(FILE *out, struct compare_side *a, struct compare_side *b)
{
    struct compare_side *const sides[] = {a, b};
    struct platform first, other;
    struct said said = {NULL, 0};
    size_t count = 0;
    if (a->models[0].run_count == 0)
        return 0;
    platform_of(&a->models[0], &a->models[0].runs[0], &first);
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < sides[s]->log_count; i++)
            for (size_t r = 0; r < sides[s]->models[i].run_count; r++) {
                if (s == 0 && i == 0 && r == 0)
                    continue;
                platform_of(&sides[s]->models[i], &sides[s]->models[i].runs[r], &other);
                count += compare_two(out, &first, &other, &said);
            }
    free(said.lines);
    return count;
}
