/* SPDX-License-Identifier: MIT */
#include "run/tool/model/host_words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "run/tool/model/measure.h"
#include "run/tool/model/host.h"

#define KVM_SRC  "kvm"
#define PROC_SRC "proc"

const char *host_time(char *text, int64_t ns)
{
    return measure_scaled(text, (struct measure){1, "ns"}, (double)ns);
}

__attribute__((format(printf, 3, 4))) static void add(char *text, size_t *used, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text + *used, HOST_WORDS_CHARS - *used, format, args);
    va_end(args);
    *used = n < 0 || *used + (size_t)n >= HOST_WORDS_CHARS ? HOST_WORDS_CHARS - 1 : *used + (size_t)n;
}

static double percent(int64_t part, int64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

static void add_kvm(char *text, size_t *used, const struct model_step *step, int64_t vcpu)
{
    char polling[MEASURE_CHARS], asleep[MEASURE_CHARS];
    int64_t halts = model_host_value(step, vcpu, KVM_SRC, "halt_exits");
    int64_t polled = model_host_value(step, vcpu, KVM_SRC, "halt_successful_poll");
    int64_t tried = model_host_value(step, vcpu, KVM_SRC, "halt_attempted_poll");
    int64_t poll_ns = model_host_value(step, vcpu, KVM_SRC, "halt_poll_success_ns") +
                      model_host_value(step, vcpu, KVM_SRC, "halt_poll_fail_ns");
    int64_t wait_ns = model_host_value(step, vcpu, KVM_SRC, "halt_wait_ns");
    add(text, used, "halt_exits %" PRId64, halts);
    if (halts > 0)
        add(text, used, ", %.1f %% ended by polling (%" PRId64 " of %" PRId64 " tries, %s)", percent(polled, halts),
            polled, tried, host_time(polling, poll_ns));
    if (wait_ns > 0)
        add(text, used, ", asleep in host %s", host_time(asleep, wait_ns));
    add(text, used, "; exits %" PRId64 ", irq_injections %" PRId64, model_host_value(step, vcpu, KVM_SRC, "exits"),
        model_host_value(step, vcpu, KVM_SRC, "irq_injections"));
}

bool host_words(char text[HOST_WORDS_CHARS], const struct model_step *step, int64_t vcpu)
{
    char waited[MEASURE_CHARS];
    size_t used = 0;
    int64_t wall_ns = model_host_value(step, -1, "clock", "wall_ns");
    int64_t run_ns = model_host_value(step, vcpu, PROC_SRC, "thread_run_ns");
    bool has_kvm = model_host_has(step, vcpu, KVM_SRC);
    bool left =
        model_host_value(step, vcpu, KVM_SRC, "halt_exits") != 0 || model_host_value(step, vcpu, KVM_SRC, "exits") != 0;
    text[0] = '\0';
    if (!left && percent(run_ns, wall_ns) < 1)
        return false;
    add(text, &used, "vCPU %" PRId64 ": ", vcpu);
    if (has_kvm)
        add_kvm(text, &used, step, vcpu);
    if (model_host_has(step, vcpu, PROC_SRC))
        add(text, &used, "%sran %.1f %% of the time, waited %s for a CPU", has_kvm ? "; " : "",
            percent(run_ns, wall_ns), host_time(waited, model_host_value(step, vcpu, PROC_SRC, "thread_wait_ns")));
    return true;
}
