/* SPDX-License-Identifier: MIT */
#include "run/tool/log/source.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#define BAUD_DEFAULT 115200

static bool fail(char *error, size_t error_bytes, const char *name, const char *why)
{
    snprintf(error, error_bytes, "%s: %s", name, why);
    return false;
}

static bool open_unix(struct source *source, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    source->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (source->fd < 0)
        return false;
    return connect(source->fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

/* "host:port" or "[address]:port". */
static bool open_tcp(struct source *source, const char *where, char *error, size_t error_bytes)
{
    const char *colon = strrchr(where, ':');
    char host[256];
    bool bracketed;
    int length;
    struct addrinfo hints, *list;
    int status;

    if (!colon || colon == where)
        return fail(error, error_bytes, where, "expected tcp:host:port");
    bracketed = where[0] == '[' && colon[-1] == ']';
    length = (int)(colon - where) - (bracketed ? 2 : 0);
    snprintf(host, sizeof(host), "%.*s", length, where + (bracketed ? 1 : 0));
    hints = (struct addrinfo){.ai_socktype = SOCK_STREAM};
    list = NULL;
    status = getaddrinfo(host, colon + 1, &hints, &list);
    if (status != 0)
        return fail(error, error_bytes, where, gai_strerror(status));
    source->fd = -1;
    for (struct addrinfo *a = list; a && source->fd < 0; a = a->ai_next) {
        source->fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (source->fd >= 0 && connect(source->fd, a->ai_addr, a->ai_addrlen) != 0) {
            int saved = errno;
            close(source->fd);
            source->fd = -1;
            errno = saved;
        }
    }
    freeaddrinfo(list);
    return source->fd >= 0 || fail(error, error_bytes, where, strerror(errno));
}

static speed_t speed_of(long baud)
{
    static const struct {
        long baud;
        speed_t speed;
    } speeds[] = {
        {9600, B9600},     {19200, B19200},   {38400, B38400},   {57600, B57600},
        {115200, B115200}, {230400, B230400}, {460800, B460800}, {921600, B921600},
    };
    for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++)
        if (speeds[i].baud == baud)
            return speeds[i].speed;
    return B0;
}

/* Raw, 8N1, no flow control. */
static bool set_line(int fd, long baud)
{
    struct termios line;
    speed_t speed = speed_of(baud);
    if (speed == B0) {
        errno = EINVAL;
        return false;
    }
    if (tcgetattr(fd, &line) != 0)
        return false;
    cfmakeraw(&line);
    line.c_cflag |= CLOCAL | CREAD;
    line.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS);
    cfsetispeed(&line, speed);
    cfsetospeed(&line, speed);
    return tcsetattr(fd, TCSANOW, &line) == 0;
}

static bool open_path(struct source *source, const char *name, char *error, size_t error_bytes)
{
    char path[1024];
    long baud = BAUD_DEFAULT;
    char *comma;
    struct stat status;

    snprintf(path, sizeof(path), "%s", name);
    comma = strrchr(path, ',');
    if (strncmp(path, "/dev/", 5) == 0 && comma) {
        baud = strtol(comma + 1, NULL, 10);
        *comma = '\0';
    }
    source->fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (source->fd < 0 || fstat(source->fd, &status) != 0)
        return fail(error, error_bytes, path, strerror(errno));
    if (S_ISDIR(status.st_mode))
        return fail(error, error_bytes, path, "is a folder; expected a log");
    if (S_ISREG(status.st_mode)) {
        source->size_bytes = (uint64_t)status.st_size;
        return true;
    }
    source->live = true;
    if (isatty(source->fd) && !set_line(source->fd, baud))
        return fail(error, error_bytes, name,
                    "cannot set the line; expected a baud rate of 9600 19200 38400 57600 115200 230400 460800 921600");
    return true;
}

bool source_open(struct source *source, const char *name, bool follow, char *error, size_t error_bytes)
{
    bool good;

    *source = (struct source){.fd = -1};
    if (strcmp(name, "-") == 0) {
        source->fd = STDIN_FILENO;
        source->live = good = true;
    } else if (strncmp(name, "tcp:", 4) == 0) {
        source->live = true;
        good = open_tcp(source, name + 4, error, error_bytes);
    } else if (strncmp(name, "unix:", 5) == 0) {
        source->live = true;
        good = open_unix(source, name + 5) || fail(error, error_bytes, name, strerror(errno));
    } else {
        good = open_path(source, name, error, error_bytes);
        source->follow_file = follow && good && !source->live;
        source->live |= source->follow_file;
    }
    if (!good)
        source_close(source);
    return good;
}

ssize_t source_read(struct source *source, char *buffer, size_t bytes, int wait_ms)
{
    struct pollfd event = {.fd = source->fd, .events = POLLIN};
    ssize_t n;

    if (source->live && !source->follow_file && poll(&event, 1, wait_ms) == 0)
        return SOURCE_NOTHING_YET;
    do
        n = read(source->fd, buffer, bytes);
    while (n < 0 && errno == EINTR);
    if (n == 0 && source->follow_file) {
        poll(NULL, 0, wait_ms);
        return SOURCE_NOTHING_YET;
    }
    return n;
}

void source_close(struct source *source)
{
    if (source->fd > STDIN_FILENO)
        close(source->fd);
    source->fd = -1;
}
