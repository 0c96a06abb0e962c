/* SPDX-License-Identifier: MIT */
#include "run/launch/qmp.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/json_field.h"

static void send_command(struct qmp *qmp, const char *command)
{
    /* A few dozen bytes into an empty socket buffer: they fit, or QEMU is gone and its end is seen elsewhere. */
    (void)!send(qmp->fd, command, strlen(command), MSG_NOSIGNAL);
}

static void take_status(struct qmp *qmp, const char *json, size_t bytes)
{
    static const char *const standing[] = {"io-error", "guest-panicked", "watchdog", "paused"};

    if (json_field(json, bytes, "status").text == NULL)
        return;
    qmp->internal_error |= json_field_is(json, bytes, "status", "internal-error");
    qmp->paused[0] = '\0';
    for (size_t i = 0; i < sizeof(standing) / sizeof(standing[0]); i++)
        if (json_field_is(json, bytes, "status", standing[i]))
            memcpy(qmp->paused, standing[i], strlen(standing[i]) + 1);
}

static void take_shutdown(struct qmp *qmp, const char *json, size_t bytes)
{
    qmp->guest_reset |= json_field_is(json, bytes, "reason", "guest-reset");
    qmp->guest_shutdown |= json_field_is(json, bytes, "reason", "guest-shutdown");
}

static void take_line(void *ctx, const char *line, size_t bytes, uint64_t number, uint64_t column)
{
    struct qmp *qmp = ctx;
    struct json_span data = json_field(line, bytes, "data");
    struct json_span returned = json_field(line, bytes, "return");
    uint64_t id;

    (void)number;
    (void)column;
    if (json_field_u64(line, bytes, "id", &id)) {
        if (id == qmp->question && !qmp->answered) { /* else the answer to an older question */
            qmp->answered = true;
            qmp->take(qmp->ctx, line, bytes);
        }
    } else if (json_field(line, bytes, "QMP").text != NULL) {
        send_command(qmp, "{\"execute\":\"qmp_capabilities\"}\n");
        /* The machine may have stopped before QEMU sends events: ask once. */
        send_command(qmp, "{\"execute\":\"query-status\"}\n");
    } else if (json_field_is(line, bytes, "event", "STOP") || json_field_is(line, bytes, "event", "RESUME")) {
        send_command(qmp, "{\"execute\":\"query-status\"}\n");
    } else if (json_field_is(line, bytes, "event", "SHUTDOWN") && data.text != NULL) {
        take_shutdown(qmp, data.text, data.bytes);
    } else if (json_field_is(line, bytes, "event", "RESET") && data.text != NULL) {
        take_shutdown(qmp, data.text, data.bytes);
    } else if (returned.text != NULL) {
        take_status(qmp, returned.text, returned.bytes);
    }
}

void qmp_init(struct qmp *qmp, int fd)
{
    memset(qmp, 0, sizeof(*qmp));
    qmp->fd = fd;
    qmp->answered = true;
    line_stream_init(&qmp->stream, take_line, qmp);
}

void qmp_read(struct qmp *qmp)
{
    char data[4096];

    while (qmp->fd >= 0) {
        ssize_t got = read(qmp->fd, data, sizeof(data));
        if (got > 0) {
            line_stream_feed(&qmp->stream, data, (size_t)got);
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            close(qmp->fd);
            qmp->fd = -1;
        } else if (errno == EAGAIN) {
            break;
        }
    }
}

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool qmp_ask(struct qmp *qmp, const char *command, unsigned limit_ms,
             void (*take)(void *ctx, const char *json, size_t bytes), void *ctx)
{
    char text[512];
    uint64_t start_ms = now_ms();
    int length;
    bool got;

    qmp->question++;
    qmp->answered = false;
    qmp->take = take;
    qmp->ctx = ctx;
    length = snprintf(text, sizeof(text), "{%s,\"id\":%" PRIu64 "}\n", command, qmp->question);
    if (qmp->fd < 0 || length < 0 || (size_t)length >= sizeof(text)) {
        qmp->answered = true;
        return false;
    }
    send_command(qmp, text);
    while (!qmp->answered && qmp->fd >= 0) {
        uint64_t waited_ms = now_ms() - start_ms;
        struct pollfd fds;

        if (waited_ms >= limit_ms)
            break;
        fds = (struct pollfd){.fd = qmp->fd, .events = POLLIN};
        poll(&fds, 1, (int)(limit_ms - waited_ms));
        qmp_read(qmp);
    }
    got = qmp->answered;
    qmp->answered = true;
    return got;
}

void qmp_close(struct qmp *qmp)
{
    if (qmp->fd >= 0) {
        close(qmp->fd);
        qmp->fd = -1;
    }
}
