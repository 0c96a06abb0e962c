/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: the text of a trace is hostile input. It goes through the reader and the idle loops; every pass
 * becomes a row that replay accepts. The first byte chooses the ticks a second.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "run/tool/replay/lane.h"
#include "run/tool/trace/rows.h"

// UNIT_EXTRA: lib/governor/*.c run/tool/trace/text.c run/tool/trace/event.c run/tool/trace/timers.c run/tool/trace/timer_base.c run/tool/trace/distance.c run/tool/trace/cpu.c run/tool/trace/idle.c run/tool/trace/heap.c run/tool/trace/pass.c run/tool/trace/row.c run/tool/trace/calibrate.c run/tool/replay/lane.c

enum { NAME_BYTES = 64 };

static const struct idle_table TABLE = {
    .count = 4,
    .poll_mask = 1,
    .exit_latency_ns = {0, 2000, 20000, 133000},
    .target_residency_ns = {0, 4000, 40000, 266000},
    .name = {"POLL", "C1", "C2", "C3"},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check_row(const struct replay_row *row)
{
    bool good = row->next_timer_ns >= -IDLE_TIME_MAX_NS && row->next_timer_ns <= IDLE_TIME_MAX_NS &&
                row->tick_ns >= 0 && row->tick_ns <= IDLE_TIME_MAX_NS && row->latency_ns >= 0 && row->lead_ns >= 0 &&
                row->lead_ns <= IDLE_TIME_MAX_NS && row->wake_ns >= 0 && row->wake_ns <= IDLE_TIME_MAX_NS &&
                row->exit_percent <= 10000;

    if (!good)
        abort();
}

static void check_cpu(struct trace_machine *machine, struct trace_cpu *cpu)
{
    struct replay_setup setup = {.tick_period_ns = machine->tick_period_ns, .limit_ns = IDLE_LIMIT_NONE_NS};
    static struct replay_lane lane;
    struct trace_calibration calibration;
    struct trace_pass pass;
    struct replay_row row;
    const char *argument;
    uint32_t state;

    if (!cpu || !cpu->passes)
        return;
    if (!trace_calibrate(&calibration, cpu, NULL, &TABLE, machine->tick_period_ns, true) ||
        replay_lane_start(&lane, governor_find("menu-6.12", &argument), NULL, &TABLE, &setup))
        abort();
    rewind(cpu->passes);
    while (fread(&pass, sizeof(pass), 1, cpu->passes) == 1) {
        pass.state %= TABLE.count;
        trace_row_open(&row, &pass, &calibration, &TABLE);
        check_row(&row);
        if (replay_lane_row(&lane, &row, NULL, NULL, &state))
            abort();
    }
}

static void import(struct trace_text *text, struct trace_machine *machine)
{
    struct trace_line line;
    struct trace_event event;

    while (trace_text_next(text, &line) == TRACE_OK && trace_event_of(text, &line, &event) == TRACE_OK)
        if (!trace_machine_take(machine, &event))
            break;
    trace_machine_end(machine);
    for (uint32_t c = 0; c < machine->cpus; c++)
        check_cpu(machine, machine->cpu[c]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct trace_text text;
    struct trace_machine *machine;
    char name[NAME_BYTES];
    int file = memfd_create("trace", 0);

    if (file < 0 || bytes < 2 || write(file, data + 1, bytes - 1) != (ssize_t)(bytes - 1)) {
        close(file);
        return 0;
    }
    snprintf(name, sizeof(name), "/proc/self/fd/%d", file);
    machine = trace_machine_new(1000000000 / (24 + 4 * data[0]), "/tmp");
    if (machine && trace_text_open(&text, name) == TRACE_OK) {
        import(&text, machine);
        trace_text_close(&text);
    }
    if (machine)
        trace_machine_free(machine);
    close(file);
    return 0;
}
