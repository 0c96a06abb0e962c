/* SPDX-License-Identifier: MIT */
#include "run/tool/idle_page/page.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "run/tool/report/assets.h"
#include "run/tool/report/view.h"

static const char *const GLOSSARY[][2] = {
    {"target residency", "the length of a sleep from which on the state pays, by the kernel's table"},
    {"too deep, too shallow",
     "the sleep was shorter than the state's target residency; a deeper state would have paid"},
    {"tick", "the timer interrupt that comes all the time while it is not stopped"},
    {"woken by", "T a timer, K the tick, W a timer of the wheel under a stopped tick, O anything else, P the poll's "
                 "budget"},
    {"unsure", "what is not known of a pass: w timers, r a timer of the realtime clock, t the tick, o where distances "
               "count from, h what the governor had learned before; - is nothing"},
    {"replay", "the governor of that kernel's version as it stands here, on the recorded passes"},
};

bool idle_page_is(const char *name)
{
    char import[4200];
    struct stat status;

    return snprintf(import, sizeof(import), "%s/import.txt", name) < (int)sizeof(import) &&
           stat(import, &status) == 0 && S_ISREG(status.st_mode);
}

static void print_glossary(FILE *out)
{
    fputs("<details id=\"glossary\" class=\"glossary\"><summary>Words: what too deep, unsure, replay "
          "mean</summary><dl>\n",
          out);
    for (size_t i = 0; i < sizeof(GLOSSARY) / sizeof(GLOSSARY[0]); i++)
        fprintf(out, "<dt>%s</dt><dd>%s</dd>\n", GLOSSARY[i][0], GLOSSARY[i][1]);
    fputs("</dl></details>\n", out);
}

/* Shallow states are warm, deep ones cold; polling is neither. */
static void print_colours(FILE *out, const struct idle_page *page)
{
    const struct idle_table *table = &page->kind[0]->table;
    uint32_t first = idle_state_polls(table, 0) ? 1 : 0;
    uint32_t steps = page->states > first + 1 ? page->states - first - 1 : 1;

    for (uint32_t s = 0; s < page->states; s++)
        if (s < first)
            fprintf(out, ".z%u { --z: var(--bad); }\n", s);
        else
            fprintf(out, ".z%u { --z: color-mix(in oklch, var(--s0) %u%%, var(--s1)); }\n", s,
                    100 * (s - first) / steps);
}

static void print_page(FILE *out, const void *context)
{
    const struct idle_page *page = context;

    /* report.c knows its own pages by the title. */
    fprintf(out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            "<title>idlelab report</title>\n<style>\n%s\n%s",
            asset_report_css, asset_idle_page_css);
    print_colours(out, page);
    fputs("</style></head><body>\n<header>\n", out);
    page_head(out, page);
    fputs("</header>\n<main>\n", out);
    page_timeline(out, page);
    page_lengths(out, page);
    page_forecast(out, page);
    page_right(out, page);
    page_differences(out, page);
    page_power(out, page);
    page_cpus(out, page);
    print_glossary(out);
    fputs("</main>\n<footer><p>Made by idlelab from a recording; what another governor would have cost: "
          "<code>idlelab advise</code>.</p></footer>\n</body></html>\n",
          out);
}

/* With several folders a CPU's name has its folder's in front. */
static void name_cpus(struct idle_page *page)
{
    for (uint32_t c = 0; c < page->cpus; c++) {
        struct page_cpu *cpu = &page->cpu[c];
        const char *slash = strrchr(cpu->folder, '/'), *last = slash && slash[1] ? slash + 1 : cpu->folder;

        if (page->recordings > 1)
            snprintf(cpu->name, sizeof(cpu->name), "%.18s CPU %u", last, cpu->number);
        else
            snprintf(cpu->name, sizeof(cpu->name), "CPU %u", cpu->number);
    }
}

static bool read_all(struct idle_page *page, const char *const *folders, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!page_list(page, folders[i]))
            return false;
    if (page->cpus == 0) {
        fprintf(stderr, "idlelab report: %s: no CPU is in there\n", folders[0]);
        return false;
    }
    if (!page_begin_time(page)) {
        perror("idlelab report");
        return false;
    }
    name_cpus(page);
    for (uint32_t c = 0; c < page->cpus; c++)
        for (uint32_t r = 0; r < page->recordings; r++)
            if (page->recording[r].folder == page->cpu[c].folder &&
                !page_read(page, &page->cpu[c], &page->recording[r]))
                return false;
    return true;
}

int idle_page_write(const char *output, const char *const *folders, size_t count)
{
    struct idle_page *page = calloc(1, sizeof(*page));
    int code = TOOL_USAGE;

    if (page)
        page->cpu = calloc(PAGE_CPUS_MAX, sizeof(*page->cpu));
    if (!page || !page->cpu) {
        free(page);
        perror("idlelab report");
        return TOOL_USAGE;
    }
    page->stride = 1;
    if (read_all(page, folders, count) && report_write(output, print_page, page))
        code = TOOL_PASS;
    for (uint32_t k = 0; k < page->kinds; k++)
        free(page->kind[k]);
    free(page->time_ns);
    free(page->cpu);
    free(page);
    return code;
}
