/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/launch/vcpu_pin.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json_field.h"

enum {
    ANSWER_LIMIT_MS = 2000,
    CPUS_MAX = 1024, /* as many as the image starts */
    WORD_BYTES = 10, /* of ` 1023:1023` */
};

struct pin {
    unsigned cpu[CPUS_MAX]; /* the host's, in the order of the list */
    size_t cpu_count;
    size_t pinned_count;
    bool failed;
    bool cut; /* `words` ends in " ...": not all vCPUs have room */
    char *words;
    size_t room;
};

static bool parse_list(struct pin *pin, const char *list)
{
    while (pin->cpu_count < CPUS_MAX) {
        char *end;
        unsigned long number = strtoul(list, &end, 10);
        if (end == list || number >= CPU_SETSIZE || (*end != ',' && *end != '\0'))
            return false;
        pin->cpu[pin->cpu_count++] = (unsigned)number;
        if (*end == '\0')
            return true;
        list = end + 1;
    }
    return false;
}

static void fail(struct pin *pin, const char *why)
{
    pin->failed = true;
    snprintf(pin->words, pin->room, "%s", why);
}

static void pin_one(struct pin *pin, uint64_t index, uint64_t tid)
{
    unsigned cpu = pin->cpu[index % pin->cpu_count];
    size_t used = strlen(pin->words);
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity((pid_t)tid, sizeof(set), &set) != 0) {
        fail(pin, strerror(errno));
        return;
    }
    pin->pinned_count++;
    if (used + WORD_BYTES + sizeof(" ...") <= pin->room)
        snprintf(pin->words + used, pin->room - used, "%s%" PRIu64 ":%u", used > 0 ? " " : "", index, cpu);
    else if (!pin->cut)
        snprintf(pin->words + used, pin->room - used, " ...");
    pin->cut = used + WORD_BYTES + sizeof(" ...") > pin->room;
}

/* {"return":[{"cpu-index":0,"thread-id":4711,...},...]} */
static void take_cpus(void *ctx, const char *json, size_t bytes)
{
    struct pin *pin = ctx;
    struct json_span list = json_field(json, bytes, "return");
    struct json_span item;
    size_t at = 0;

    while (!pin->failed && json_item(list, &at, &item)) {
        uint64_t index;
        uint64_t tid;
        if (json_field_u64(item.text, item.bytes, "cpu-index", &index) &&
            json_field_u64(item.text, item.bytes, "thread-id", &tid) && tid <= INT32_MAX)
            pin_one(pin, index, tid);
    }
}

bool vcpu_pin(struct qmp *qmp, const char *list, char *words, size_t room)
{
    struct pin pin = {.words = words, .room = room};

    words[0] = '\0';
    if (!parse_list(&pin, list))
        fail(&pin, "the list is not one of CPU numbers");
    else if (!qmp_ask(qmp, "\"execute\":\"query-cpus-fast\"", ANSWER_LIMIT_MS, take_cpus, &pin) ||
             (!pin.failed && pin.pinned_count == 0))
        fail(&pin, "QEMU does not name its vCPU threads");
    return !pin.failed;
}
