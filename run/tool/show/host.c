/* SPDX-License-Identifier: MIT */
/* The host's side of the steps, where the log holds it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/model/host_words.h"
#include "run/tool/model/measure.h"
#include "run/tool/model/host.h"
#include "run/tool/show/paint.h"
#include "run/tool/show/view.h"
#include "run/tool/show/text_table.h"

#define INDENT 4

void show_host(const struct show_view *view, const struct model_run *run)
{
    bool said = false;
    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_step *step = &run->steps[i];
        char words[HOST_WORDS_CHARS];
        for (int64_t vcpu = 0; vcpu < model_host_vcpus(step); vcpu++) {
            size_t used;

            if (!host_words(words, step, vcpu))
                continue;
            if (!said)
                paint_heading(view->out, "Host: the increase of its counters in each step");
            said = true;
            used = (size_t)fprintf(view->out, "  %s: ", step->name);
            print_wrapped(view->out, words, used, INDENT, view->width);
        }
    }
}

/* "  host, vCPU 0, kvm: exits 2467, ..." with all that changed. */
static void print_values(const struct show_view *view, const struct model_step *step, int64_t vcpu, const char *src)
{
    char line[4096];
    size_t used = 0;
    size_t head;

    if (!model_host_has(step, vcpu, src))
        return;
    line[0] = '\0';
    for (size_t i = 0; i < step->host_value_count; i++) {
        const struct model_host_value *value = &step->host_values[i];
        int n;

        if (value->vcpu != vcpu || strcmp(value->src, src) != 0 || !value->name[0])
            continue;
        n = snprintf(line + used, sizeof(line) - used, "%s%.64s %" PRId64, used ? ", " : "", value->name, value->value);
        if (n < 0 || used + (size_t)n >= sizeof(line))
            break;
        used += (size_t)n;
    }
    head = vcpu < 0 ? (size_t)fprintf(view->out, "  host, %s: ", src)
                    : (size_t)fprintf(view->out, "  host, vCPU %" PRId64 ", %s: ", vcpu, src);
    print_wrapped(view->out, used ? line : "nothing changed", head, INDENT, view->width);
}

/* The lower end of a bucket, ns. */
static int64_t lower_ns(uint32_t bucket)
{
    return bucket == 0 ? 0 : bucket > 62 ? INT64_MAX : INT64_C(1) << (bucket - 1);
}

static void print_buckets(const struct show_view *view, const struct model_step *step)
{
    for (size_t i = 0; i < step->host_bucket_count; i++) {
        const struct model_host_bucket *bucket = &step->host_buckets[i];
        const struct model_host_bucket *last = i > 0 ? bucket - 1 : NULL;
        char from[MEASURE_CHARS];
        if (!last || last->vcpu != bucket->vcpu || strcmp(last->name, bucket->name) != 0)
            fprintf(view->out, "%s  host, vCPU %" PRId64 ", %s%s, times from:", last ? "\n" : "", bucket->vcpu,
                    bucket->name,
                    strcmp(bucket->order, "reversed") == 0 ? " (turned round)"
                    : strcmp(bucket->order, "as_is") == 0  ? ""
                                                           : " (direction unknown)");
        fprintf(view->out, " %s: %" PRId64 ";", host_time(from, lower_ns(bucket->bucket)), bucket->count);
    }
    if (step->host_bucket_count > 0)
        fputc('\n', view->out);
}

void show_step_host(const struct show_view *view, const struct model_step *step)
{
    print_values(view, step, -1, "clock");
    for (int64_t vcpu = 0; vcpu < model_host_vcpus(step); vcpu++) {
        print_values(view, step, vcpu, "kvm");
        print_values(view, step, vcpu, "proc");
    }
    print_values(view, step, -1, "kvm");
    print_buckets(view, step);
}
