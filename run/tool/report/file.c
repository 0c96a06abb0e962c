/* SPDX-License-Identifier: MIT */
/* Where a page goes: a file of which no half is ever seen, never in the place of what is no report. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "run/tool/report/view.h"
#include "run/tool/whole_file.h"

/* What only a page of ours holds, near its beginning. */
#define OWN_MARK        "<title>idlelab report</title>"
#define OWN_MARK_WITHIN 1024

static bool is_ours(const char *name)
{
    char start[OWN_MARK_WITHIN + 1];
    struct stat old;
    FILE *file;
    size_t bytes;

    if (stat(name, &old) != 0 || !S_ISREG(old.st_mode))
        return true; /* a device, or what cannot be written: that has a message of its own */
    file = fopen(name, "r");
    if (!file)
        return false;
    bytes = fread(start, 1, OWN_MARK_WITHIN, file);
    fclose(file);
    start[bytes] = '\0';
    return bytes == 0 || strstr(start, OWN_MARK) != NULL;
}

bool report_may_replace(const char *name)
{
    bool may = strcmp(name, "-") == 0 || is_ours(name);

    if (!may)
        fprintf(stderr, "idlelab report: %s: not written: it is no report of idlelab; --force replaces it\n", name);
    return may;
}

static bool write_whole(const char *name, report_printer *print, const void *context)
{
    char *page = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&page, &bytes);
    bool good;

    if (!out)
        return false;
    print(out, context);
    good = !ferror(out);
    good = fclose(out) == 0 && good && whole_file_write(name, page, bytes);
    free(page);
    return good;
}

bool report_write(const char *name, report_printer *print, const void *context)
{
    bool good = true;

    if (strcmp(name, "-") == 0)
        print(stdout, context); /* main() sees whether it could be written */
    else
        good = write_whole(name, print, context);
    if (!good)
        fprintf(stderr, "idlelab report: %s: %s\n", name, strerror(errno));
    return good;
}
