/* SPDX-License-Identifier: MIT */
/* Findings in words; one that many steps have is said once. */
#define _GNU_SOURCE /* asprintf */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/finding_words.h"
#include "run/tool/show/paint.h"
#include "run/tool/show/text_table.h"
#include "run/tool/show/view.h"

#define INDENT_COLUMNS 4
#define NAME_CHARS     240 /* of the steps, the finding and how sure it is; more is cut */
/* So many steps with a finding of the same words, but for numbers, are one line. */
#define ALIKE_MIN      3

/* One finding, and those whose words are the same but for numbers. */
struct said {
    const struct model_step *step; /* NULL: the run's own */
    const struct model_finding *finding;
    uint64_t words; /* hash of its id, how sure it is, and its text without numbers */
    size_t order;
    size_t alike;  /* findings of these words */
    bool is_first; /* of them */
};

static uint64_t hash_words(uint64_t hash, const char *text)
{
    for (; *text; text++)
        if (!isdigit((unsigned char)*text) && *text != '.')
            hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return (hash ^ 0xff) * UINT64_C(0x100000001b3);
}

static int by_words(const void *left, const void *right)
{
    const struct said *a = left, *b = right;

    return a->words != b->words ? (a->words < b->words ? -1 : 1) : (a->order > b->order) - (a->order < b->order);
}

static int by_order(const void *left, const void *right)
{
    const struct said *a = left, *b = right;

    return (a->order > b->order) - (a->order < b->order);
}

/* What matters most comes first. */
static int by_weight(const void *left, const void *right)
{
    int a = finding_weight(((const struct said *)left)->finding),
        b = finding_weight(((const struct said *)right)->finding);

    return a != b ? (a < b ? 1 : -1) : by_order(left, right);
}

static size_t add(struct said *list, size_t count, const struct model_step *step, const struct model_finding *findings,
                  size_t finding_count)
{
    for (size_t i = 0; i < finding_count; i++, count++) {
        uint64_t hash = hash_words(UINT64_C(0xcbf29ce484222325), findings[i].id);

        hash = hash_words(hash_words(hash, findings[i].conf), findings[i].text);
        list[count] = (struct said){step, &findings[i], hash, count, 1, true};
    }
    return count;
}

/* All findings, the run's own first; `*count` of them. NULL without memory or where there are none. */
static struct said *collect(const struct model_run *run, size_t *count)
{
    size_t room = run->finding_count, used;
    struct said *list;

    for (size_t i = 0; i < run->step_count; i++)
        room += run->steps[i].finding_count;
    list = room ? malloc(room * sizeof(*list)) : NULL;
    *count = list ? room : 0;
    if (!list)
        return NULL;
    used = add(list, 0, NULL, run->findings, run->finding_count);
    for (size_t i = 0; i < run->step_count; i++)
        used = add(list, used, &run->steps[i], run->steps[i].findings, run->steps[i].finding_count);
    qsort(list, used, sizeof(*list), by_words);
    for (size_t i = 0, end; i < used; i = end) {
        for (end = i + 1; end < used && list[end].words == list[i].words; end++)
            list[end].is_first = false;
        for (size_t k = i; k < end; k++)
            list[k].alike = end - i;
    }
    qsort(list, used, sizeof(*list), by_order);
    return list;
}

/* Prints it in at most so many lines; 0: in all that it takes. Returns how many. */
static size_t print_finding(const struct show_view *view, const struct said *said, size_t lines_max)
{
    const struct model_finding *finding = said->finding;
    const char *core = said->step ? said->step->core : "";
    char name[NAME_CHARS], more[32] = "";
    size_t column;

    if (said->alike >= ALIKE_MIN)
        snprintf(more, sizeof(more), " and %zu more", said->alike - 1);
    snprintf(name, sizeof(name), "  %s%s%s%s%s: %s%s%s%s: ", said->step ? said->step->name : "run", core[0] ? " (" : "",
             core, core[0] ? "-core)" : "", more, finding->id, finding->conf[0] ? " (" : "", finding->conf,
             finding->conf[0] ? ")" : "");
    if (lines_max) {
        char *text = NULL;
        size_t lines;

        if (asprintf(&text, "%s%s", name + 2, finding->text) < 0)
            return 0;
        lines = print_clipped(view->out, text, view->width, lines_max);
        free(text);
        return lines;
    }
    fputs("  ", view->out);
    column = print_words(view->out, name + 2, 2, INDENT_COLUMNS, view->width, false);
    print_words(view->out, finding->text, column, INDENT_COLUMNS, view->width, true);
    fputc('\n', view->out);
    return 0;
}

/* Those that warnings at the top have said already. */
static bool is_said(const struct model_finding *finding, const struct platform *platform)
{
    for (size_t i = 0; i < platform->warning_count; i++)
        if (strstr(platform->warnings[i], finding->text))
            return true;
    return strcmp(finding->id, "emulated") == 0 && platform->emulated;
}

/* Prints all, or those that matter most in so many lines. */
static void print_all(const struct show_view *view, const struct model_run *run, const struct platform *platform,
                      size_t lines_max, size_t lines_each)
{
    size_t count, printed = 0, lines = 0, left = 0;
    struct said *list = collect(run, &count);

    if (lines_max && count > 1)
        qsort(list, count, sizeof(*list), by_weight);
    for (size_t i = 0; i < count; i++) {
        if (is_said(list[i].finding, platform) || (list[i].alike >= ALIKE_MIN && !list[i].is_first))
            continue;
        if (lines_max && lines >= lines_max) {
            left++;
            continue;
        }
        if (printed++ == 0)
            paint_heading(view->out, "Findings");
        lines += print_finding(view, &list[i], lines_each);
    }
    if (left > 0)
        fprintf(view->out, "  and %zu more\n", left);
    free(list);
}

void show_findings(const struct show_view *view, const struct model_run *run, const struct platform *platform)
{
    print_all(view, run, platform, 0, 0);
}

void show_findings_brief(const struct show_view *view, const struct model_run *run, const struct platform *platform,
                         size_t lines_max, size_t lines_each)
{
    print_all(view, run, platform, lines_max, lines_each);
}
