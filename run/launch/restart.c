/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/launch/restart.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_BYTES = 1024,
    SECTOR_BYTES = 2048, /* files of an ISO 9660 image begin on these */
};

static const char BLOCK_MARK[] = "# GRUB Environment Block\n";
static const char RESUME[] = " resume=";

bool restart_is_possible(const struct options *options)
{
    return options->resume_argument != NULL || options->resume_image != NULL;
}

bool restart_mark_block(char *block, size_t bytes, uint64_t step)
{
    static const char name[] = "\nidlelab_args=";
    char words[40];
    char *value, *end, *old;
    size_t added;

    if (bytes != BLOCK_BYTES || memcmp(block, BLOCK_MARK, strlen(BLOCK_MARK)) != 0)
        return false;
    value = memmem(block, bytes, name, strlen(name));
    if (value == NULL)
        return false;
    value += strlen(name);
    end = memchr(value, '\n', (size_t)(block + bytes - value));
    if (end == NULL)
        return false;
    old = memrchr(value, ' ', (size_t)(end - value));
    if (old != NULL && (size_t)(end - old) > strlen(RESUME) && memcmp(old, RESUME, strlen(RESUME)) == 0) {
        memmove(old, end, (size_t)(block + bytes - end));
        memset(block + bytes - (end - old), '#', (size_t)(end - old));
        end = old;
    }
    added = (size_t)snprintf(words, sizeof(words), "%s%" PRIu64, RESUME, step);
    for (const char *pad = block + bytes - added; pad < block + bytes; pad++)
        if (*pad != '#' || pad <= end)
            return false;
    memmove(end + added, end, (size_t)(block + bytes - end) - added);
    memcpy(end, words, added);
    return true;
}

/* Changes the first block of the image file that begins on a sector. */
static bool mark_image(const char *path, uint64_t step, char *error, size_t room)
{
    char block[BLOCK_BYTES];
    FILE *file = fopen(path, "r+e");
    bool done = false, found = false;

    for (long at = 0; file != NULL && !found && fseek(file, at, SEEK_SET) == 0; at += SECTOR_BYTES) {
        if (fread(block, 1, sizeof(block), file) != sizeof(block))
            break;
        found = memcmp(block, BLOCK_MARK, strlen(BLOCK_MARK)) == 0;
        done = found && restart_mark_block(block, sizeof(block), step) && fseek(file, at, SEEK_SET) == 0 &&
               fwrite(block, 1, sizeof(block), file) == sizeof(block);
    }
    if (file == NULL || (fclose(file) != 0 && done)) {
        snprintf(error, room, "%s: %s", path, strerror(errno));
        return false;
    }
    if (!done)
        snprintf(error, room, "the image has no room for one more boot argument");
    return done;
}

static char *with_resume(const char *words, uint64_t step)
{
    char *text;

    return asprintf(&text, "%s%s%" PRIu64, words, RESUME, step) < 0 ? NULL : text;
}

char **restart_command(const struct options *options, uint64_t step, char *error, size_t room)
{
    size_t count = 0;
    char **command;
    bool failed;

    if (options->resume_image != NULL && !mark_image(options->resume_image, step, error, room))
        return NULL;
    while (options->command[count] != NULL)
        count++;
    command = calloc(count + 1, sizeof(*command));
    failed = command == NULL;
    for (size_t i = 0; !failed && i < count; i++) {
        bool changes = options->resume_argument != NULL && strcmp(options->command[i], options->resume_argument) == 0;
        command[i] = changes ? with_resume(options->command[i], step) : options->command[i];
        failed = command[i] == NULL;
    }
    if (failed) {
        snprintf(error, room, "no memory for the command");
        restart_free(options, command);
        return NULL;
    }
    return command;
}

void restart_free(const struct options *options, char **command)
{
    if (command == options->command)
        return;
    for (size_t i = 0; command != NULL && command[i] != NULL; i++)
        if (command[i] != options->command[i])
            free(command[i]);
    free(command);
}
