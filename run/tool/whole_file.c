/* SPDX-License-Identifier: MIT */
#include "run/tool/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_CHARS 4096

bool whole_file_write(const char *name, const void *bytes, size_t count)
{
    char part[PATH_CHARS];
    struct stat old;
    bool beside = stat(name, &old) != 0 || S_ISREG(old.st_mode);
    mode_t mask = umask(0);
    bool good;
    FILE *out;
    int file, error;

    umask(mask);
    if (snprintf(part, sizeof(part), "%s.XXXXXX", name) >= PATH_CHARS) {
        errno = ENAMETOOLONG;
        return false;
    }
    file = beside ? mkstemp(part) : open(name, O_WRONLY);
    out = file < 0 ? NULL : fdopen(file, "w");
    if (!out)
        return false;
    good = fwrite(bytes, 1, count, out) == count && (!beside || fchmod(file, 0666 & ~mask) == 0);
    good = fclose(out) == 0 && good && (!beside || rename(part, name) == 0);
    error = errno;
    if (!good && beside)
        unlink(part);
    errno = error;
    return good;
}
