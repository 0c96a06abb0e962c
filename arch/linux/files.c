/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "arch/linux/os.h"

bool os_read_text(const char *path, char *text, size_t bytes)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = file < 0 ? -1 : read(file, text, bytes - 1);

    if (file >= 0)
        close(file);
    text[got > 0 ? got : 0] = '\0';
    if (got > 0 && text[got - 1] == '\n')
        text[got - 1] = '\0';
    return got > 0;
}

bool os_read_number(const char *path, uint64_t *value)
{
    char text[32];
    const char *at = text;

    *value = 0;
    if (!os_read_text(path, text, sizeof(text)))
        return false;
    for (; *at >= '0' && *at <= '9'; at++)
        *value = *value * 10 + (uint64_t)(*at - '0');
    return at != text;
}
