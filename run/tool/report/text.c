/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "run/tool/report/view.h"

void report_text(FILE *out, const char *text)
{
    for (; *text; text++)
        if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '>')
            fputs("&gt;", out);
        else if (*text == '&')
            fputs("&amp;", out);
        else if (*text == '"')
            fputs("&quot;", out);
        else
            fputc(((unsigned char)*text < ' ' && *text != '\n') || *text == 0x7f ? '?' : *text, out);
}

void report_tag(FILE *out, const char *open, const char *text, const char *close)
{
    fputs(open, out);
    report_text(out, text);
    fputs(close, out);
}

void report_anchor(FILE *out, const char *name)
{
    /* No blank may stand in an id; the prefix keeps it apart from the page's own. */
    fputs("step-", out);
    for (; *name; name++)
        if ((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9') ||
            *name == '_')
            fputc(*name, out);
        else
            fprintf(out, ".%02x", (unsigned)(unsigned char)*name);
}

void report_link(FILE *out, const char *name)
{
    fputs("<a href=\"#", out);
    report_anchor(out, name);
    report_tag(out, "\">", name, "</a>");
}

void report_label(char *label, size_t bytes, const struct report_log *log, size_t run_index)
{
    const char *slash = strrchr(log->name, '/');
    const char *base = slash ? slash + 1 : log->name;
    /* Many logs are called serial.log: then the folder says more. */
    if (slash && strcmp(base, "serial.log") == 0)
        while (base > log->name + 1 && (base == slash + 1 || base[-1] != '/'))
            base--;
    if (log->model.run_count > 1)
        snprintf(label, bytes, "%s #%zu", base, run_index + 1);
    else
        snprintf(label, bytes, "%s", base);
}
