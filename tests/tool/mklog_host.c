/* SPDX-License-Identifier: MIT */
/* The host's records of the invented machine: facts once, then round numbers for each wake step. */
#include "tests/tool/mklog.h"

#define VCPU_NONE (-1)

struct value {
    const char *name;
    int64_t value;
};

static void emit(struct maker *maker, struct draft *draft)
{
    record_emit(&maker->host_stream, json_end(&draft->json), false);
}

static void write_fact(struct maker *maker, const char *key, const char *value)
{
    struct draft draft;
    struct json *json = draft_start(&draft, "host");
    json_str(json, "k", key);
    json_str(json, "v", value);
    emit(maker, &draft);
}

static void write_facts(struct maker *maker)
{
    struct draft draft;
    struct json *json;

    write_fact(maker, "kernel", "6.18.0-example");
    write_fact(maker, "kvm.halt_poll_ns", maker->options.host == 3 ? "0" : "200000");
    json = draft_start(&draft, "finding");
    json_str(json, "id", "host_hist_order");
    json_str(json, "conf", "inferred");
    json_str(json, "text", "The lists came back to front.");
    emit(maker, &draft);
}

static void write_values(struct maker *maker, uint64_t step, int vcpu, const char *src, const struct value *values,
                         size_t count)
{
    struct draft draft;
    struct json *json = draft_start(&draft, "hstat");
    json_uint(json, "step", step);
    if (vcpu != VCPU_NONE)
        json_int(json, "vcpu", vcpu);
    json_str(json, "src", src);
    json_object_begin(json, "d");
    for (size_t i = 0; i < count; i++)
        json_int(json, values[i].name, values[i].value);
    json_object_end(json);
    emit(maker, &draft);
}

static void write_hist(struct maker *maker, uint64_t step)
{
    static const int64_t pairs[][2] = {{17, 600}, {18, 300}};
    struct draft draft;
    struct json *json = draft_start(&draft, "hhist");
    json_uint(json, "step", step);
    json_int(json, "vcpu", 0);
    json_str(json, "h", "halt_poll_success");
    json_str(json, "order", "reversed");
    json_array_begin(json, "d");
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        json_array_begin(json, NULL);
        json_int(json, NULL, pairs[i][0]);
        json_int(json, NULL, pairs[i][1]);
        json_array_end(json);
    }
    json_array_end(json);
    emit(maker, &draft);
}

void write_host(struct maker *maker, uint64_t step)
{
    const struct value clock[] = {{"wall_ns", 500000000}};
    const struct value halts[] = {
        {"halt_exits", 1000 + (int64_t)step}, {"halt_wait_ns", 50000000}, {"exits", 1500}, {"irq_injections", 1010}};
    const struct value polls[] = {
        {"halt_attempted_poll", 950}, {"halt_successful_poll", 900}, {"halt_poll_success_ns", 90000000}};
    const bool of_vm = maker->options.host > 1;
    const struct value thread[] = {{"thread_run_ns", 250000000}, {"thread_wait_ns", 5000000}};
    if (!maker->options.host || (step > 0 && step < 3))
        return;
    if (step == 0) {
        write_facts(maker);
        if (of_vm)
            record_finding(&maker->stream, 0, "intercepted", CONFIDENCE_HIGH,
                           maker->options.host == 3 ? "leave to a hypervisor: cpuid; 65 of 66"
                                                    : "leave to a hypervisor: cpuid hlt; 65 of 66");
        if (of_vm)
            record_finding(&maker->stream, 0, "drift", CONFIDENCE_HIGH,
                           maker->options.host == 3 ? "it drifts by 2.5 ppm" : "it drifts by 13 ppm");
        return;
    }
    write_values(maker, step, VCPU_NONE, "clock", clock, 1);
    write_values(maker, step, of_vm ? VCPU_NONE : 0, "kvm", halts, 4);
    write_values(maker, step, of_vm ? VCPU_NONE : 0, "kvm", polls, 3);
    if (of_vm)
        return;
    write_values(maker, step, 0, "proc", thread, 2);
    write_hist(maker, step);
    write_values(maker, step, 1, "kvm", NULL, 0);
}
