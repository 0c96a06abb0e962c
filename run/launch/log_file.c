/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/launch/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LOOK_BYTES = 1 << 16, /* firmware's own words come before the image's */
    ROOM_BYTES = 4096,    /* a full disk has not so much as a block */
};

/* One of ours has the image's first line in it, or the emulator's words beside it; a text about idlelab has neither. */
static bool is_ours(int fd, const struct options *options)
{
    static char text[LOOK_BYTES + 1];
    ssize_t bytes = pread(fd, text, LOOK_BYTES, 0);
    regex_t begin;
    bool ours;

    for (ssize_t i = 0; i < bytes; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    if (regcomp(&begin, "IDLELAB-BEGIN run=[0-9a-f]{16} fmt=", REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    ours = bytes > 0 && regexec(&begin, text, 0, NULL, 0) == 0;
    regfree(&begin);
    return ours || access(options->emulator_log, F_OK) == 0;
}

static bool complain(const struct options *options)
{
    fprintf(stderr, "%s: %s: %s\n", options->name, options->log, strerror(errno));
    return false;
}

/* Sets a block aside in an empty file. Where the disk is full: says so, and a file that was `made` here goes again. */
static bool has_room(int fd, bool made, const struct options *options)
{
    if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, ROOM_BYTES) == 0 || (errno != ENOSPC && errno != EDQUOT))
        return true; /* or the file system cannot tell */
    complain(options);
    if (made)
        unlink(options->log);
    return false;
}

/* Takes the file, or says why not; `made`: by us, just now. Devices hold nothing. */
static bool take(int fd, bool made, const struct options *options)
{
    struct stat about;

    if (fstat(fd, &about) != 0)
        return complain(options);
    if (S_ISFIFO(about.st_mode)) { /* one that nobody reads would hold the run up for ever, behind all time limits */
        fprintf(stderr, "%s: %s: is a pipe; name a file, and read that with tail -f\n", options->name, options->log);
        return false;
    }
    if (!S_ISREG(about.st_mode))
        return true;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        fprintf(stderr, "%s: %s: another launcher writes it\n", options->name, options->log);
        return false;
    }
    if (fstat(fd, &about) != 0 || about.st_size == 0) /* anew: another may have written until now */
        return has_room(fd, made, options);
    if (!options->force && !is_ours(fd, options)) {
        fprintf(stderr, "%s: %s: has something in it that is no log of idlelab; --force replaces it\n", options->name,
                options->log);
        return false;
    }
    if (ftruncate(fd, 0) != 0)
        return complain(options);
    if (!options->quiet)
        fprintf(stderr, "%s: %s: what was in it is replaced\n", options->name, options->log);
    return true;
}

FILE *log_file_open(const struct options *options)
{
    int fd = open(options->log, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool made = fd >= 0;
    FILE *file = NULL;

    if (!made && errno == EEXIST)
        fd = open(options->log, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        complain(options);
        return NULL;
    }
    if (take(fd, made, options))
        file = fdopen(fd, "w+");
    if (file == NULL)
        close(fd);
    return file;
}
