/* SPDX-License-Identifier: MIT */
#include "run/tool/trace/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/governor/idle_table.h"

/* Linux's include/linux/timer.h: what stands in a timer's flags. */
enum {
    TIMER_CPU_MASK = 0x3ffff,
    TIMER_DEFERRABLE = 0x80000,
    TIMER_PINNED = 0x100000,
    EXIT_STATE_MIN = 1000, /* PWR_EVENT_EXIT is -1, printed unsigned */
    NS_PER_US = 1000,
    SOFTIRQ_RCU = 9,
};

static enum trace_result lacks(struct trace_text *text, const struct trace_line *line, const char *what)
{
    char message[128];

    if (strstr(line->arguments, "ptrval"))
        return trace_text_complain(text, "the kernel hid the timers' addresses, for its random numbers were not ready: "
                                         "record later");
    snprintf(message, sizeof(message), "the event %.40s has no %s", line->name, what);
    return trace_text_complain(text, message);
}

static enum trace_result read_idle(struct trace_text *text, const struct trace_line *line, struct trace_event *event)
{
    if (!trace_number(line->arguments, "state", &event->value))
        return lacks(text, line, "state=");
    if (event->value < 0 || event->value >= EXIT_STATE_MIN)
        event->kind = TRACE_IDLE_EXIT;
    return TRACE_OK;
}

static const char *last_of(const char *text, const char *word)
{
    const char *found = NULL;

    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        found = at;
    return found;
}

/* The pid of one side of a switch: `..._pid=12`, or `name:12 [120]`. */
static bool pid_of(const char *side, const char *key, int64_t *pid)
{
    const char *bracket, *colon = NULL;

    if (trace_number(side, key, pid))
        return true;
    bracket = last_of(side, " [");
    for (const char *at = side; bracket && at < bracket; at++)
        colon = *at == ':' ? at : colon;
    if (!colon || colon[1] < '0' || colon[1] > '9')
        return false;
    *pid = strtol(colon + 1, NULL, 10);
    return true;
}

static enum trace_result read_switch(struct trace_text *text, struct trace_line line, struct trace_event *event)
{
    char *arrow = line.arguments;
    const char *found = last_of(line.arguments, " ==> ");
    const char *state;
    size_t bytes;

    if (!found)
        return lacks(text, &line, "==>");
    arrow += found - line.arguments;
    *arrow = 0;
    state = trace_value(line.arguments, "prev_state", &bytes);
    /* Without a key it is the last word before the arrow. */
    event->flag = state ? state[0] == 'D' : arrow - line.arguments > 1 && arrow[-1] == 'D' && arrow[-2] == ' ';
    if (!pid_of(arrow + 5, "next_pid", &event->value))
        return lacks(text, &line, "pid of the next task");
    if (!pid_of(line.arguments, "prev_pid", &event->other))
        event->other = -1;
    return TRACE_OK;
}

static bool is_tick(const char *arguments)
{
    size_t bytes;
    const char *function = trace_value(arguments, "function", &bytes);

    return function && ((bytes == 17 && memcmp(function, "tick_nohz_handler", 17) == 0) ||
                        (bytes == 16 && memcmp(function, "tick_sched_timer", 16) == 0));
}

static enum trace_result read_hrtimer(struct trace_text *text, const struct trace_line *line, struct trace_event *event,
                                      const char *key)
{
    if (!trace_pointer(line->arguments, "hrtimer", &event->id))
        return lacks(text, line, "hrtimer=");
    if (key && !trace_number(line->arguments, key, &event->value))
        return lacks(text, line, key);
    event->value = event->value < 0 ? 0 : event->value;
    event->flag = key && is_tick(line->arguments);
    return TRACE_OK;
}

/* The flags as a number, or as letters; perf and trace-cmd print D|P|I of every timer, and it means nothing. */
static void read_flags(const struct trace_text *text, const char *arguments, struct trace_event *event)
{
    size_t bytes = 0;
    const char *flags = trace_value(arguments, "flags", &bytes);
    int64_t number, target;

    event->target = event->cpu;
    if (flags && flags[0] >= '0' && flags[0] <= '9' && trace_number(arguments, "flags", &number)) {
        event->target = (uint32_t)number & TIMER_CPU_MASK;
        event->flag = number & TIMER_PINNED;
        event->kind = number & TIMER_DEFERRABLE ? TRACE_TIMER_SILENT : event->kind;
        return;
    }
    if (trace_number(arguments, "cpu", &target) && target >= 0 && target < TRACE_CPUS_MAX)
        event->target = (uint32_t)target;
    if (text->format != TRACE_FORMAT_TRACEFS || !flags)
        return;
    event->flag = memchr(flags, 'P', bytes) != NULL;
    event->kind = memchr(flags, 'D', bytes) ? TRACE_TIMER_SILENT : event->kind;
}

static enum trace_result read_timer(struct trace_text *text, const struct trace_line *line, struct trace_event *event)
{
    int64_t expires, timeout;

    if (!trace_pointer(line->arguments, "timer", &event->id))
        return lacks(text, line, "timer=");
    if (event->kind != TRACE_TIMER_START)
        return TRACE_OK;
    if (!trace_number(line->arguments, "expires", &expires))
        return lacks(text, line, "expires=");
    if (!trace_number(line->arguments, "bucket_expiry", &event->value))
        event->value = expires;
    if (!trace_number(line->arguments, "now", &event->other)) {
        if (!trace_number(line->arguments, "timeout", &timeout))
            return lacks(text, line, "now= or timeout=");
        event->other = (int64_t)((uint64_t)expires - (uint64_t)timeout);
    }
    read_flags(text, line->arguments, event);
    return TRACE_OK;
}

static enum trace_result read_probe(struct trace_text *text, const struct trace_line *line, struct trace_event *event)
{
    if (event->kind == TRACE_TOLD_SLEPT) {
        if (!trace_number(line->arguments, "last", &event->value))
            return lacks(text, line, "last=");
        return TRACE_OK;
    }
    if (!trace_number(line->arguments, "ret", &event->value))
        return lacks(text, line, "ret=");
    event->flag = trace_number(line->arguments, "tick", &event->other);
    event->value = event->value > IDLE_TIME_MAX_NS ? IDLE_TIME_MAX_NS : event->value;
    event->value = event->value < -IDLE_TIME_MAX_NS ? -IDLE_TIME_MAX_NS : event->value;
    event->other = event->other < -IDLE_TIME_MAX_NS ? -IDLE_TIME_MAX_NS : event->other;
    if (event->kind == TRACE_TOLD_LIMIT && event->value < 0)
        event->value = IDLE_TIME_MAX_NS;
    return TRACE_OK;
}

/* A mark of record-idle: `idlelab before 3`, `idlelab after 3`, `idlelab energy 0 123456`. */
static void read_mark(const struct trace_line *line, struct trace_event *event)
{
    const char *mark = strstr(line->arguments, "idlelab ");
    unsigned int cpu;

    event->kind = TRACE_OTHER;
    if (!mark)
        mark = strncmp(line->arguments, "idlelab", 7) == 0 ? line->arguments : NULL;
    if (mark && sscanf(mark, "idlelab before %u", &cpu) == 1 && cpu < TRACE_CPUS_MAX)
        event->kind = TRACE_MARK_BEFORE;
    else if (mark && sscanf(mark, "idlelab after %u", &cpu) == 1 && cpu < TRACE_CPUS_MAX)
        event->kind = TRACE_MARK_AFTER;
    else if (mark && sscanf(mark, "idlelab energy %u %" SCNd64, &cpu, &event->value) == 2 && cpu < TRACE_CPUS_MAX &&
             event->value >= 0)
        event->kind = TRACE_ENERGY;
    else
        return;
    event->target = cpu;
}

static enum trace_result read_rest(struct trace_text *text, const struct trace_line *line, struct trace_event *event)
{
    int64_t number = 0;

    switch (event->kind) {
    case TRACE_TICK_STOP:
        if (!trace_number(line->arguments, "success", &number) || number != 1)
            event->kind = TRACE_OTHER;
        return TRACE_OK;
    case TRACE_RCU:
        if (!trace_number(line->arguments, "vec", &number) || number != SOFTIRQ_RCU)
            event->kind = TRACE_OTHER;
        return TRACE_OK;
    case TRACE_BASE_IDLE:
        if (!trace_number(line->arguments, "is_idle", &number))
            return lacks(text, line, "is_idle=");
        event->flag = number == 1;
        if (!trace_number(line->arguments, "cpu", &number) || number < 0 || number >= TRACE_CPUS_MAX)
            return lacks(text, line, "cpu=");
        event->target = (uint32_t)number;
        return TRACE_OK;
    case TRACE_LIMIT:
        if (!trace_number(line->arguments, "curr_value", &event->value))
            return lacks(text, line, "curr_value=");
        event->value = event->value < 0 || event->value > IDLE_TIME_MAX_NS / NS_PER_US ? IDLE_TIME_MAX_NS
                                                                                       : event->value * NS_PER_US;
        return TRACE_OK;
    default:
        return TRACE_OK;
    }
}

static enum trace_kind kind_of(const char *name)
{
    static const struct {
        const char *name;
        enum trace_kind kind;
    } NAMES[] = {
        {"sched_switch", TRACE_SWITCH},
        {"cpu_idle", TRACE_IDLE_ENTER},
        {"hrtimer_start", TRACE_HRTIMER_START},
        {"hrtimer_cancel", TRACE_HRTIMER_CANCEL},
        {"hrtimer_expire_entry", TRACE_HRTIMER_EXPIRE},
        {"timer_start", TRACE_TIMER_START},
        {"timer_cancel", TRACE_TIMER_CANCEL},
        {"timer_expire_entry", TRACE_TIMER_EXPIRE},
        {"timer_base_idle", TRACE_BASE_IDLE},
        {"tick_stop", TRACE_TICK_STOP},
        {"pm_qos_update_target", TRACE_LIMIT},
        {"local_timer_entry", TRACE_INTERRUPT},
        {"irq_handler_entry", TRACE_INTERRUPT},
        {"reschedule_entry", TRACE_INTERRUPT},
        {"call_function_entry", TRACE_INTERRUPT},
        {"call_function_single_entry", TRACE_INTERRUPT},
        {"irq_work_entry", TRACE_INTERRUPT},
        {"softirq_entry", TRACE_RCU},
        {"sleep_length", TRACE_TOLD_LENGTH},
        {"latency", TRACE_TOLD_LIMIT},
        {"iowaiters", TRACE_TOLD_WAITERS},
        {"reflect", TRACE_TOLD_SLEPT},
        {"tracing_mark_write", TRACE_MARK_BEFORE},
        {"print", TRACE_MARK_BEFORE},
        {"power/energy-pkg/", TRACE_ENERGY_SINCE},
    };

    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
        if (strcmp(NAMES[i].name, name) == 0)
            return NAMES[i].kind;
    return TRACE_OTHER;
}

enum trace_result trace_event_of(struct trace_text *text, const struct trace_line *line, struct trace_event *event)
{
    *event = (struct trace_event){
        .kind = line->lost ? TRACE_LOST : kind_of(line->name),
        .cpu = line->cpu,
        .time_ns = line->time_ns,
        .value = (int64_t)line->lost_count,
    };
    switch (event->kind) {
    case TRACE_IDLE_ENTER:
        return read_idle(text, line, event);
    case TRACE_SWITCH:
        return read_switch(text, *line, event);
    case TRACE_HRTIMER_START:
        return read_hrtimer(text, line, event, "expires");
    case TRACE_HRTIMER_EXPIRE:
        return read_hrtimer(text, line, event, "now");
    case TRACE_HRTIMER_CANCEL:
        return read_hrtimer(text, line, event, NULL);
    case TRACE_TIMER_START:
    case TRACE_TIMER_CANCEL:
    case TRACE_TIMER_EXPIRE:
        return read_timer(text, line, event);
    case TRACE_TOLD_LENGTH:
    case TRACE_TOLD_LIMIT:
    case TRACE_TOLD_WAITERS:
    case TRACE_TOLD_SLEPT:
        return read_probe(text, line, event);
    case TRACE_MARK_BEFORE:
        read_mark(line, event);
        return TRACE_OK;
    case TRACE_ENERGY_SINCE:
        event->value = (int64_t)(line->period & INT64_MAX);
        return TRACE_OK;
    default:
        return read_rest(text, line, event);
    }
}
