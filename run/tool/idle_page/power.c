/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "run/tool/idle_page/page.h"
#include "run/tool/report/view.h"

enum { LINES_MAX = 400, LINE_BYTES = 256, FIELDS = 6 };

/* The fields of a line of power.csv: package, state, watts, low, high, why nothing is told. False where they lack. */
static bool split(char *line, char *field[FIELDS])
{
    line[strcspn(line, "\r\n")] = 0;
    for (int i = 0; i < FIELDS; i++) {
        field[i] = line;
        if (i == FIELDS - 1)
            return true;
        line = strchr(line, ',');
        if (!line)
            return false;
        *line++ = 0;
    }
    return true;
}

static void print_line(FILE *out, char *field[FIELDS], const char *folder)
{
    const char *slash = strrchr(folder, '/'), *last = slash && slash[1] ? slash + 1 : folder;

    report_tag(out, "<tr><td>", last, "");
    report_tag(out, ", package ", field[0], "</td>");
    report_tag(out, "<td>", strcmp(field[1], "all") == 0 ? "the package, on average" : field[1], "</td>");
    fputs("<td class=\"number\">", out);
    if (field[2][0])
        fprintf(out, "%.3f W", strtod(field[2], NULL));
    fputs("</td><td class=\"number\">", out);
    if (field[3][0])
        fprintf(out, "%.3f to %.3f W", strtod(field[3], NULL), strtod(field[4], NULL));
    fputs("</td><td>", out);
    if (field[5][0])
        report_tag(out, "can't tell: ", field[5], "");
    fputs("</td></tr>\n", out);
}

void page_power(FILE *out, const struct idle_page *page)
{
    uint32_t lines = 0;

    for (uint32_t r = 0; r < page->recordings; r++) {
        char name[4200], line[LINE_BYTES], *field[FIELDS];
        FILE *file;

        snprintf(name, sizeof(name), "%.4000s/power.csv", page->recording[r].folder);
        file = fopen(name, "r");
        if (!file || !fgets(line, sizeof(line), file)) {
            if (file)
                fclose(file);
            continue;
        }
        while (lines < LINES_MAX && fgets(line, sizeof(line), file)) {
            if (!split(line, field))
                continue;
            if (lines++ == 0)
                fputs(
                    "<h2 id=\"power\">Power by state</h2>\n<p class=\"soft\">Of a CPU in the state, with its share of "
                    "the package, fitted to the package's energy counter.</p>\n<div class=\"wide\"><table><thead><tr>"
                    "<th>package</th><th>state</th><th class=\"number\">power</th><th class=\"number\">95 "
                    "%</th><th></th>"
                    "</tr></thead><tbody>\n",
                    out);
            print_line(out, field, page->recording[r].folder);
        }
        fclose(file);
    }
    if (lines > 0)
        fputs("</tbody></table></div>\n", out);
}
