/* SPDX-License-Identifier: MIT */
/* The host's counters by step (run/qemu --host-stats): one difference a line; a histogram's buckets likewise. */
#include <inttypes.h>

#include "run/tool/export/forms.h"

static void write_head(FILE *out, const struct model_run *run, const struct model_step *step, int64_t vcpu)
{
    fprintf(out, "%s,", run->run_id);
    export_cell(out, step->name);
    if (vcpu >= 0)
        fprintf(out, ",%" PRId64 ",", vcpu);
    else
        fputs(",,", out);
}

static void write_step(FILE *out, const struct model_run *run, const struct model_step *step)
{
    for (size_t i = 0; i < step->host_value_count; i++) {
        const struct model_host_value *value = &step->host_values[i];
        if (!value->name[0])
            continue;
        write_head(out, run, step, value->vcpu);
        export_cell(out, value->src);
        fputc(',', out);
        export_cell(out, value->name);
        fprintf(out, ",,%" PRId64 "\n", value->value);
    }
    for (size_t i = 0; i < step->host_bucket_count; i++) {
        const struct model_host_bucket *bucket = &step->host_buckets[i];
        char source[80];
        write_head(out, run, step, bucket->vcpu);
        snprintf(source, sizeof(source), "kvm:%s", bucket->order);
        export_cell(out, source);
        fputc(',', out);
        export_cell(out, bucket->name);
        fprintf(out, ",%" PRIu32 ",%" PRId64 "\n", bucket->bucket, bucket->count);
    }
}

static void write_host(FILE *out, struct model *model)
{
    size_t count = 0;
    fputs("Run,Step,VCPU,Source,Name,Bucket,Value\n", out);
    for (size_t r = 0; r < model->run_count; r++)
        for (size_t s = 0; s < model->runs[r].step_count; s++) {
            count += model->runs[r].steps[s].host_value_count;
            write_step(out, &model->runs[r], &model->runs[r].steps[s]);
        }
    if (count == 0)
        fputs("idlelab export: the log holds no host records: run/qemu --host-stats adds them\n", stderr);
}

const struct export_form EXPORT_HOST = {"--host", .write = write_host};
