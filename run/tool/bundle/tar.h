/* SPDX-License-Identifier: MIT */
/*
 * An archive of a few files, tar (POSIX ustar) in gzip: the same files give the same bytes, for it holds no time, no
 * owner and no name of a machine.
 */
#ifndef LAB_TOOL_BUNDLE_TAR_H
#define LAB_TOOL_BUNDLE_TAR_H

#include <stdbool.h>
#include <stddef.h>

/* Names have at most this many characters. */
#define TAR_NAME_MAX 99

struct tar_file {
    char name[TAR_NAME_MAX + 1];
    char *data; /* owned */
    size_t bytes;
};

/* Writes the archive, whole or not at all. False with errno set. */
bool tar_write(const char *path, const struct tar_file *files, size_t count);

/*
 * The file of an archive whose name ends with `/` and `name`, with a NUL behind it; NULL: there is none, it has more
 * than `most` bytes, or the archive is none. The caller frees it.
 */
char *tar_read(const char *path, const char *name, size_t most);

#endif
