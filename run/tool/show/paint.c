/* SPDX-License-Identifier: MIT */
#include "run/tool/show/paint.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool takes_colour(const FILE *out)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    return out == stdout && isatty(STDOUT_FILENO) && !(no_color && no_color[0]) && term && strcmp(term, "dumb") != 0;
}

void paint(FILE *out, enum paint colour)
{
    static const char *const sequences[] = {"\033[0m", "\033[1m", "\033[33m", "\033[31m", "\033[2m"};
    ssize_t written;

    if (!takes_colour(out))
        return;
    fflush(out);
    written = write(STDOUT_FILENO, sequences[colour], strlen(sequences[colour]));
    (void)written; /* a terminal that is gone */
}

void paint_heading(FILE *out, const char *heading)
{
    fputc('\n', out);
    paint(out, PAINT_HEAD);
    fputs(heading, out);
    paint(out, PAINT_PLAIN);
    fputc('\n', out);
}
