/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/launch/host_stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run/launch/host_facts.h"
#include "run/launch/host_kernel.h"
#include "run/launch/host_records.h"
#include "run/launch/host_thread.h"
#include "lib/json_field.h"

enum {
    EDGE_LIMIT_MS = 2000, /* the guest waits for 3 s */
    VCPUS_MAX = 1024,     /* as many as the image starts */
    PATH_BYTES = 160,
    WHY_BYTES = 200,
    LETTERS = 26,
};

/* Something of which two readings are taken. */
struct subject {
    struct host_counters before;
    struct host_counters now;
    bool has_before;
    bool has_now;
};

struct vcpu {
    int64_t index;
    long tid;
    char path[PATH_BYTES]; /* QEMU's name for it */
    struct subject kvm;
    struct subject thread;
};

struct host_stats {
    struct qmp *qmp;
    const struct child *child;
    char *const *argv;
    struct record_stream *stream; /* the launcher's lines in the log */
    uint64_t taken_count;         /* sync records that have been answered */
    uint64_t step;                /* the last step whose beginning was read */
    uint64_t edge_ns;             /* when the present edge's record came */
    uint64_t begin_ns;            /* the readings of the step: after the first, before the second */
    uint64_t end_ns;
    bool met; /* the facts are written, the vCPUs known */
    bool kvm_missing;
    bool order_said;
    struct vcpu *vcpu;
    uint32_t vcpu_count;
    struct subject vm;
    struct subject exits;
    char advance[16];              /* what KVM had learnt of its timers, as written last */
    struct host_counters *reading; /* place for the awaited answer */
    bool reading_good;
    char why[WHY_BYTES];
};

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

struct host_stats *host_stats_new(struct qmp *qmp, const struct child *child, char *const *argv,
                                  struct record_stream *lines)
{
    struct host_stats *host = calloc(1, sizeof(*host));

    if (host == NULL)
        return NULL;
    host->qmp = qmp;
    host->child = child;
    host->argv = argv;
    host->stream = lines;
    return host;
}

void host_stats_free(struct host_stats *host)
{
    if (host != NULL) {
        free(host->vcpu);
        free(host);
    }
}

static bool ask(struct host_stats *host, const char *command, void (*take)(void *ctx, const char *json, size_t bytes))
{
    uint64_t spent_ms = (now_ns() - host->edge_ns) / 1000000;

    return spent_ms < EDGE_LIMIT_MS && qmp_ask(host->qmp, command, (unsigned)(EDGE_LIMIT_MS - spent_ms), take, host);
}

static void take_version(void *ctx, const char *json, size_t bytes)
{
    struct host_stats *host = ctx;
    struct json_span returned = json_field(json, bytes, "return");
    struct json_span qemu = json_field(returned.text, returned.bytes, "qemu");
    uint64_t major = 0;
    uint64_t minor = 0;
    uint64_t micro = 0;
    char text[64];

    if (json_field_u64(qemu.text, qemu.bytes, "major", &major)) {
        json_field_u64(qemu.text, qemu.bytes, "minor", &minor);
        json_field_u64(qemu.text, qemu.bytes, "micro", &micro);
        snprintf(text, sizeof(text), "%" PRIu64 ".%" PRIu64 ".%" PRIu64, major, minor, micro);
        host_record_fact(host->stream, "qemu_version", text);
    }
}

static void take_cpus(void *ctx, const char *json, size_t bytes)
{
    struct host_stats *host = ctx;
    struct json_span list = json_field(json, bytes, "return");
    struct json_span item;
    size_t at = 0;

    while (json_item(list, &at, &item) && host->vcpu_count < VCPUS_MAX) {
        uint64_t index;
        uint64_t tid;
        struct vcpu *grown = realloc(host->vcpu, (host->vcpu_count + 1) * sizeof(*host->vcpu));
        struct vcpu *vcpu;

        if (grown == NULL)
            return;
        host->vcpu = grown;
        vcpu = &grown[host->vcpu_count];
        memset(vcpu, 0, sizeof(*vcpu));
        if (json_field_u64(item.text, item.bytes, "cpu-index", &index) && index < VCPUS_MAX &&
            json_field_u64(item.text, item.bytes, "thread-id", &tid) &&
            json_field_text(item.text, item.bytes, "qom-path", vcpu->path, sizeof(vcpu->path)) &&
            strpbrk(vcpu->path, "\"\\") == NULL) {
            vcpu->index = (int64_t)index;
            vcpu->tid = (long)tid;
            host->vcpu_count++;
        }
    }
}

static void take_stats(void *ctx, const char *json, size_t bytes)
{
    struct host_stats *host = ctx;
    struct json_span returned = json_field(json, bytes, "return");
    struct json_span error = json_field(json, bytes, "error");

    if (returned.text != NULL) {
        host->reading_good = host_counters_read(host->reading, returned.text, returned.bytes);
        snprintf(host->why, sizeof(host->why), "it has none for this VM");
    } else {
        char desc[WHY_BYTES / 2];
        json_field_text(error.text, error.bytes, "desc", desc, sizeof(desc));
        snprintf(host->why, sizeof(host->why), "it says '%s'", desc);
    }
}

static void say_missing(struct host_stats *host)
{
    char text[2 * WHY_BYTES];

    host->kvm_missing = true;
    snprintf(text, sizeof(text), "KVM's counters are not in this log: the machine was asked, and %s", host->why);
    host_record_finding(host->stream, "host_stats_missing", CONFIDENCE_NONE, text);
}

/* KVM's counters of a vCPU, or of the VM (path NULL). After the first failure it asks no more. */
static void read_kvm(struct host_stats *host, struct host_counters *out, bool *good, const char *path)
{
    char command[2 * PATH_BYTES];

    *good = false;
    if (host->kvm_missing)
        return;
    if (host->qmp->fd < 0) {
        *good = host_kernel_counters(out, (long)host->child->pid);
        snprintf(host->why, sizeof(host->why), "it cannot be asked, and debugfs has none for it");
        if (!*good)
            say_missing(host);
        return;
    }
    if (path != NULL) {
        snprintf(command, sizeof(command),
                 "\"execute\":\"query-stats\",\"arguments\":{\"target\":\"vcpu\",\"vcpus\":[\"%s\"],"
                 "\"providers\":[{\"provider\":\"kvm\"}]}",
                 path);
    } else {
        snprintf(command, sizeof(command),
                 "\"execute\":\"query-stats\",\"arguments\":{\"target\":\"vm\","
                 "\"providers\":[{\"provider\":\"kvm\"}]}");
    }
    host->reading = out;
    host->reading_good = false;
    snprintf(host->why, sizeof(host->why), "it did not answer in time");
    if (!ask(host, command, take_stats) || !host->reading_good)
        say_missing(host);
    *good = host->reading_good;
}

/* Writes the facts and finds the vCPUs: once, at the first edge. */
static void meet(struct host_stats *host)
{
    host->met = true;
    host_facts_write(host->stream, host->argv);
    if (host->qmp->fd < 0)
        return;
    ask(host, "\"execute\":\"query-version\"", take_version);
    ask(host, "\"execute\":\"query-cpus-fast\"", take_cpus);
    for (uint32_t i = 0; i < host->vcpu_count; i++) {
        char key[32];
        char value[256];
        snprintf(key, sizeof(key), "vcpu%" PRId64 "_affinity", host->vcpu[i].index);
        if (host_thread_affinity(host->vcpu[i].tid, value, sizeof(value)))
            host_record_fact(host->stream, key, value);
    }
    if (host->vcpu_count == 0) {
        snprintf(host->why, sizeof(host->why), "it did not name its vCPUs");
        say_missing(host);
    }
}

/* The threads are read next to the clock, so that their times are shares of the time between the two edges. */
static void read_begin(struct host_stats *host)
{
    for (uint32_t i = 0; i < host->vcpu_count; i++) {
        struct vcpu *vcpu = &host->vcpu[i];
        read_kvm(host, &vcpu->kvm.before, &vcpu->kvm.has_before, vcpu->path);
    }
    read_kvm(host, &host->vm.before, &host->vm.has_before, NULL);
    for (uint32_t i = 0; i < host->vcpu_count; i++) {
        struct vcpu *vcpu = &host->vcpu[i];
        vcpu->thread.has_before = host_thread_read(&vcpu->thread.before, vcpu->tid);
    }
    host->exits.has_before = host_kernel_exits(&host->exits.before);
    host->begin_ns = now_ns();
}

static void read_end(struct host_stats *host)
{
    host->end_ns = now_ns();
    host->exits.has_now = host_kernel_exits(&host->exits.now);
    for (uint32_t i = 0; i < host->vcpu_count; i++) {
        struct vcpu *vcpu = &host->vcpu[i];
        vcpu->thread.has_now = host_thread_read(&vcpu->thread.now, vcpu->tid);
    }
    for (uint32_t i = 0; i < host->vcpu_count; i++) {
        struct vcpu *vcpu = &host->vcpu[i];
        read_kvm(host, &vcpu->kvm.now, &vcpu->kvm.has_now, vcpu->path);
    }
    read_kvm(host, &host->vm.now, &host->vm.has_now, NULL);
}

/* Which end of a histogram comes first, by this VM's counts so far. */
static enum hist_direction find_direction(struct host_stats *host)
{
    struct hist_order order = {0};
    enum hist_direction direction;

    for (uint32_t i = 0; i < host->vcpu_count; i++)
        if (host->vcpu[i].kvm.has_now)
            hist_order_take(&order, &host->vcpu[i].kvm.now);
    direction = hist_order_direction(&order);
    if (direction == HIST_BACKWARD && !host->order_said) {
        host->order_said = true;
        host_record_finding(host->stream, "host_hist_order", CONFIDENCE_INFERRED,
                            "QEMU returns KVM's histograms back to front: only read from the other "
                            "end do they agree with their sums; turned round here");
    }
    return direction;
}

static void write_subject(struct host_stats *host, const struct subject *subject, int64_t vcpu, const char *src)
{
    if (subject->has_before && subject->has_now)
        host_record_counters(host->stream, host->step, vcpu, src, &subject->before, &subject->now);
}

/* Time between the two readings, by the host's clock. */
static void write_clock(struct host_stats *host)
{
    struct host_counters was = {.counter_count = 1, .counter = {{"wall_ns", host->begin_ns}}};
    struct host_counters now = {.counter_count = 1, .counter = {{"wall_ns", host->end_ns}}};

    host_record_counters(host->stream, host->step, HOST_RECORD_NO_VCPU, "clock", &was, &now);
}

/* Only where it is another than before. */
static void write_advance(struct host_stats *host)
{
    char text[sizeof(host->advance)];

    if (host_kernel_advance((long)host->child->pid, text, sizeof(text)) && strcmp(text, host->advance) != 0) {
        memcpy(host->advance, text, sizeof(text));
        host_record_fact(host->stream, "vcpu0_lapic_timer_advance_ns", text);
    }
}

static void write_step(struct host_stats *host)
{
    enum hist_direction direction = find_direction(host);

    write_clock(host);
    for (uint32_t i = 0; i < host->vcpu_count; i++) {
        const struct vcpu *vcpu = &host->vcpu[i];
        write_subject(host, &vcpu->kvm, vcpu->index, "kvm");
        write_subject(host, &vcpu->thread, vcpu->index, "proc");
        if (vcpu->kvm.has_before && vcpu->kvm.has_now)
            host_record_hists(host->stream, host->step, vcpu->index, direction, &vcpu->kvm.before, &vcpu->kvm.now);
    }
    write_subject(host, &host->vm, HOST_RECORD_NO_VCPU, "kvm");
    host_exits_from_zero(&host->exits.before, &host->exits.now);
    write_subject(host, &host->exits, HOST_RECORD_NO_VCPU, "exits");
    write_advance(host);
}

void host_stats_line(struct host_stats *host, const struct run_log *log)
{
    char letter;

    if (log->sync_count == host->taken_count)
        return;
    host->taken_count = log->sync_count;
    host->edge_ns = now_ns();
    if (!host->met)
        meet(host);
    if (log->sync_begin) {
        host->step = log->sync_step;
        read_begin(host);
    } else if (log->sync_step == host->step) {
        read_end(host);
        write_step(host);
    }
    letter = (char)('a' + log->sync_n % LETTERS);
    (void)!write(host->child->input_fd, &letter, 1);
}
