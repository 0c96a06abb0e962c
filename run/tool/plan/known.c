/* SPDX-License-Identifier: MIT */
#include "run/tool/plan/known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/idle/idle.h"
#include "experiments/kit/experiment.h"
#include "lib/json_field.h"
#include "lib/script/words.h"
#include "run/tool/log/load.h"
#include "run/tool/plan/image.h"

enum { LEAF_CHARS = 16, REGISTERS_CHARS = 33, REGISTER_DIGITS = 8 };

struct known_leaves {
    struct cpuid_leaf at[CPU_SNAPSHOT_LEAVES];
    size_t count;
};

struct known_machine {
    struct known_leaves leaves;
    struct cpu_snapshot snapshot;
    uint64_t cpus; /* 0: the log does not say */
};

typedef void read_snapshot(struct cpu_snapshot *snapshot, struct cpuid_source source);
typedef bool has_field(const struct cpu_snapshot *snapshot, struct cpuid_field field);
typedef int format_field(struct cpuid_field field, char *text, size_t bytes);
typedef const char *name_field(struct cpuid_field field);

/* {"t":"cpu","leaf":"00000007.0","r":"<EAX EBX ECX EDX>"}; of CPUs of several kinds the first one's counts. */
static void take_leaf(void *ctx, const struct log_item *item)
{
    struct known_leaves *leaves = ctx;
    char name[LEAF_CHARS], text[REGISTERS_CHARS], digits[REGISTER_DIGITS + 1] = "";
    uint32_t regs[4];
    struct cpuid_leaf leaf;
    char *end;

    if (!json_field_is(item->json, item->json_bytes, "t", "cpu") ||
        json_field(item->json, item->json_bytes, "core").text || leaves->count == CPU_SNAPSHOT_LEAVES)
        return;
    name[0] = text[0] = '\0';
    json_field_text(item->json, item->json_bytes, "leaf", name, sizeof(name));
    json_field_text(item->json, item->json_bytes, "r", text, sizeof(text));
    leaf.leaf = (uint32_t)strtoul(name, &end, 16);
    if (*end != '.' || strlen(text) != REGISTERS_CHARS - 1)
        return;
    leaf.subleaf = (uint32_t)strtoul(end + 1, NULL, 10);
    for (size_t i = 0; i < 4; i++) {
        memcpy(digits, text + i * REGISTER_DIGITS, REGISTER_DIGITS);
        regs[i] = (uint32_t)strtoul(digits, NULL, 16);
    }
    leaf.regs = (struct cpuid_regs){.eax = regs[0], .ebx = regs[1], .ecx = regs[2], .edx = regs[3]};
    leaves->at[leaves->count++] = leaf;
}

static struct cpuid_regs read_leaf(void *ctx, uint32_t leaf, uint32_t subleaf)
{
    const struct known_leaves *leaves = ctx;

    for (size_t i = 0; i < leaves->count; i++)
        if (leaves->at[i].leaf == leaf && leaves->at[i].subleaf == subleaf)
            return leaves->at[i].regs;
    return (struct cpuid_regs){0};
}

static bool read_log(struct known_machine *machine, const char *log)
{
    struct load_options load = {.quiet = true, .on_record = take_leaf, .record_ctx = &machine->leaves};
    read_snapshot *read = (read_snapshot *)image_symbol("cpu_snapshot_read");
    struct load_result result;
    struct model model;
    const char *cpus;
    bool good;

    model_init(&model, MODEL_LIMIT_BYTES);
    good = load_log(log, &load, &model, &result);
    cpus = good && model.run_count > 0 ? model_fact(&model, &model.runs[0], "cpu", "cpus") : NULL;
    machine->cpus = cpus ? strtoull(cpus, NULL, 10) : 0;
    model_free(&model);
    if (good && (machine->leaves.count == 0 || !read)) {
        fprintf(stderr, "idlelab plan: %s has no CPUID leaves\n", log);
        return false;
    }
    if (good)
        read(&machine->snapshot, (struct cpuid_source){read_leaf, &machine->leaves});
    return good;
}

struct known_machine *known_machine_read(const char *log)
{
    struct known_machine *machine = calloc(1, sizeof(*machine));

    if (machine && !read_log(machine, log)) {
        free(machine);
        machine = NULL;
    }
    return machine;
}

/* The words of the image's own gate (experiments/kit/gate.c). */
static const char *missing(const struct cpu_snapshot *snapshot, struct cpuid_field need,
                           char reason[KNOWN_REASON_CHARS])
{
    has_field *has = (has_field *)image_symbol("cpu_has");
    format_field *format = (format_field *)image_symbol("cpuid_field_format");
    name_field *name = (name_field *)image_symbol("cpu_feature_name");
    char field[40];

    if (!need.leaf || !has || !format || !name || has(snapshot, need))
        return NULL;
    format(need, field, sizeof(field));
    snprintf(reason, KNOWN_REASON_CHARS, "needs %s %s", field, name(need));
    return reason;
}

/* The method that a value names; words that name none (`all`) are no method. */
static const struct idle_method *find_method(const struct param_spec *spec, const struct plan_method *value)
{
    const struct idle_method *const *at = image_symbol("__lab_methods_start");
    const struct idle_method *const *end = image_symbol("__lab_methods_end");
    const char *word = spec->words[value->word];

    for (; at && end && at < end; at++)
        if (strlen((*at)->name) == words_stem_bytes(word) && memcmp((*at)->name, word, words_stem_bytes(word)) == 0)
            return *at;
    return NULL;
}

static const char *method_skips(const struct cpu_snapshot *snapshot, const struct plan_step *step,
                                const struct idle_method *method, const struct plan_method *value,
                                char reason[KNOWN_REASON_CHARS])
{
    const struct plan_value *irq = plan_find(step, "irq");
    const char *why = missing(snapshot, method->need, reason);

    if (!why && irq && irq->choice != 0)
        why = missing(snapshot, method->need_masked, reason);
    return why || !method->check || !value->has_argument ? why : method->check(snapshot, (uint32_t)value->argument);
}

const char *known_machine_skips(const struct known_machine *machine, const struct plan_step *step,
                                char reason[KNOWN_REASON_CHARS])
{
    const struct experiment *experiment = step->owner;

    if (machine->cpus && machine->cpus < experiment->cpus) {
        snprintf(reason, KNOWN_REASON_CHARS, "needs %u CPUs", experiment->cpus);
        return reason;
    }
    if (machine->cpus && plan_count(step, "cpu", 0) >= machine->cpus)
        return "that CPU does not run (cpu=)";
    for (size_t i = 0; i < step->spec->param_count && !plan_flag(step, "force"); i++) {
        const struct param_spec *spec = &step->spec->params[i];
        const struct idle_method *method;

        if (spec->kind != PARAM_METHOD || (strcmp(spec->key, "idle") != 0 && strcmp(spec->key, "method") != 0))
            continue;
        method = find_method(spec, &step->values[i].method);
        if (method)
            return method_skips(&machine->snapshot, step, method, &step->values[i].method, reason);
    }
    return NULL;
}
