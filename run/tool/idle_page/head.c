/* SPDX-License-Identifier: MIT */
/* The first screen: which machine, how much of it is known, and what stands out. */
#include <inttypes.h>
#include <string.h>

#include "run/tool/idle_page/page.h"
#include "run/tool/report/view.h"

/* The sums over all CPUs. */
struct sums {
    uint64_t passes, slept_ns, deep, shallow, ticks, unsure, replayed, agreed, refused;
};

static struct sums sums_of(const struct idle_page *page)
{
    struct sums sums = {0};

    for (uint32_t c = 0; c < page->cpus; c++) {
        const struct page_cpu *cpu = &page->cpu[c];

        sums.passes += cpu->passes;
        sums.slept_ns += cpu->slept_ns;
        sums.deep += cpu->deep;
        sums.shallow += cpu->shallow;
        sums.ticks += cpu->ticks;
        sums.unsure += cpu->unsure;
        sums.replayed += cpu->replayed;
        sums.agreed += cpu->agreed;
        sums.refused += cpu->refused;
    }
    return sums;
}

static void print_recording(FILE *out, const struct page_recording *recording, uint32_t cpus)
{
    fputs("<p class=\"soft\">", out);
    report_text(out, recording->folder);
    report_tag(out, ": Linux ", recording->kernel[0] ? recording->kernel : "(unknown)", ", ");
    report_text(out, recording->driver[0] ? recording->driver : "driver unknown");
    report_tag(out, ", governor ", recording->governor[0] ? recording->governor : "unknown", "");
    if (recording->version[0])
        report_tag(out, " (here ", recording->version, recording->exact ? ")" : ", the nearest)");
    fprintf(out, ", %u ticks a second, %.1f s, %u CPU%s</p>\n", recording->hz, recording->seconds, cpus,
            cpus == 1 ? "" : "s");
}

static void print_warnings(FILE *out, const struct idle_page *page, const struct sums *sums)
{
    uint64_t lost = 0;

    for (uint32_t r = 0; r < page->recordings; r++)
        lost += page->recording[r].lost;
    if (lost > 0)
        fprintf(out, "<p class=\"warning\">%" PRIu64 " events were lost: what lies behind a gap is not known.</p>\n",
                lost);
    if (sums->unsure * 20 > sums->passes)
        fprintf(
            out,
            "<p class=\"warning\">Of %.1f %% of the passes something is not known: timers that were armed before the "
            "recording, or what the governor had learned.</p>\n",
            page_percent(sums->unsure, sums->passes));
}

/* The state with the most time, and states that were never entered. */
static void print_states(FILE *out, const struct idle_page *page)
{
    for (uint32_t k = 0; k < page->kinds; k++) {
        const struct page_kind *kind = page->kind[k];
        uint64_t ns[IDLE_STATES_MAX] = {0}, count[IDLE_STATES_MAX] = {0}, all = 0;
        uint32_t most = 0;

        for (uint32_t c = 0; c < PAGE_CLASSES; c++)
            for (uint32_t s = 0; s < kind->table.count; s++) {
                ns[s] += kind->length[c][s].ns;
                count[s] += kind->length[c][s].count;
                all += kind->length[c][s].ns;
            }
        for (uint32_t s = 0; s < kind->table.count; s++)
            most = ns[s] > ns[most] ? s : most;
        report_tag(out, "<li>", kind->table.name[most], "");
        fprintf(out, " has %.1f %% of the time asleep", page_percent(ns[most], all));
        for (uint32_t s = 0, never = 0; s < kind->table.count; s++)
            if (count[s] == 0 && !idle_state_disabled(&kind->table, s))
                report_tag(out, never++ ? ", " : "; never entered: ", kind->table.name[s], "");
        fputs(".</li>\n", out);
    }
}

static void print_findings(FILE *out, const struct idle_page *page, const struct sums *sums)
{
    char text[PAGE_NAME_BYTES];

    fputs("<h2 id=\"findings\" tabindex=\"-1\">Findings</h2>\n<div class=\"findings\"><ul>\n", out);
    fprintf(out, "<li>Idle %.1f %% of the time, in %" PRIu64 " sleeps of %s on average.</li>\n",
            100 * (double)sums->slept_ns / (double)page->span_ns / page->cpus, sums->passes,
            page_time(text, (double)sums->slept_ns / (double)(sums->passes ? sums->passes : 1)));
    fprintf(out,
            "<li>The state was too deep in %.2f %% of the sleeps and too shallow in %.2f %%, by the table's target "
            "residencies. <a class=\"go\" href=\"#states\">states</a></li>\n",
            page_percent(sums->deep, sums->passes), page_percent(sums->shallow, sums->passes));
    print_states(out, page);
    fprintf(out, "<li>The tick ended %.1f %% of the sleeps. <a class=\"go\" href=\"#timeline\">timeline</a></li>\n",
            page_percent(sums->ticks, sums->passes));
    if (sums->refused)
        fprintf(out, "<li>%" PRIu64 " times the idle loop turned back: work had come.</li>\n", sums->refused);
    fputs("</ul></div>\n", out);
}

void page_head(FILE *out, const struct idle_page *page)
{
    struct sums sums = sums_of(page);

    fputs("<h1>How a Linux slept</h1>\n", out);
    for (uint32_t r = 0; r < page->recordings; r++) {
        uint32_t cpus = 0;

        for (uint32_t c = 0; c < page->cpus; c++)
            cpus += page->cpu[c].folder == page->recording[r].folder;
        print_recording(out, &page->recording[r], cpus);
    }
    if (sums.replayed > 0)
        fprintf(out, "<p class=\"result\">In %.2f %% of %" PRIu64 " passes the replay chose what Linux chose.</p>\n",
                page_percent(sums.agreed, sums.replayed), sums.replayed);
    else
        fputs("<p class=\"result\">Nothing was replayed: the governor is not known.</p>\n", out);
    print_warnings(out, page, &sums);
    print_findings(out, page, &sums);
}
