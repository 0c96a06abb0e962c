/* SPDX-License-Identifier: MIT */
#include "run/tool/plan/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json_field.h"
#include "run/tool/log/load.h"

enum { LEAF_CHARS = 16, REGISTERS_CHARS = 33, REGISTER_DIGITS = 8, WORD_CHARS = 24 };

static bool is(const struct log_item *item, const char *key, const char *word)
{
    return json_field_is(item->json, item->json_bytes, key, word);
}

static bool number(const struct log_item *item, const char *key, uint64_t *value)
{
    return json_field_u64(item->json, item->json_bytes, key, value);
}

/* Records come twice. */
static bool has_leaf(const struct machine_facts *facts, const struct cpuid_leaf *leaf)
{
    for (size_t i = 0; i < facts->leaf_count; i++)
        if (facts->leaves[i].leaf == leaf->leaf && facts->leaves[i].subleaf == leaf->subleaf)
            return true;
    return false;
}

/* {"t":"cpu","leaf":"00000007.0","r":"<EAX EBX ECX EDX>"}; of CPUs of several kinds the first one's counts. */
static void take_leaf(struct machine_facts *facts, const struct log_item *item)
{
    char name[LEAF_CHARS], text[REGISTERS_CHARS], digits[REGISTER_DIGITS + 1] = "";
    uint32_t regs[4];
    struct cpuid_leaf leaf;
    char *end;

    name[0] = text[0] = '\0';
    json_field_text(item->json, item->json_bytes, "leaf", name, sizeof(name));
    json_field_text(item->json, item->json_bytes, "r", text, sizeof(text));
    leaf.leaf = (uint32_t)strtoul(name, &end, 16);
    if (*end != '.' || strlen(text) != REGISTERS_CHARS - 1 || facts->leaf_count == CPU_SNAPSHOT_LEAVES)
        return;
    leaf.subleaf = (uint32_t)strtoul(end + 1, NULL, 10);
    for (size_t i = 0; i < 4; i++) {
        memcpy(digits, text + i * REGISTER_DIGITS, REGISTER_DIGITS);
        regs[i] = (uint32_t)strtoul(digits, NULL, 16);
    }
    leaf.regs = (struct cpuid_regs){.eax = regs[0], .ebx = regs[1], .ecx = regs[2], .edx = regs[3]};
    if (!has_leaf(facts, &leaf))
        facts->leaves[facts->leaf_count++] = leaf;
}

/* {"t":"cpu","cpu":1,"apic":1,...} */
static void take_cpu(struct machine_facts *facts, const struct log_item *item)
{
    uint64_t cpu, apic;

    if (json_field(item->json, item->json_bytes, "leaf").text) {
        if (!json_field(item->json, item->json_bytes, "core").text)
            take_leaf(facts, item);
    } else if (number(item, "cpu", &cpu) && number(item, "apic", &apic) && cpu < CPU_MAX) {
        facts->apic_ids[cpu] = (uint32_t)apic;
    }
}

static void take_calibration(struct machine_facts *facts, const struct log_item *item)
{
    if (is(item, "k", "tsc_hz"))
        number(item, "v", &facts->tsc_hz);
    if (is(item, "k", "apic_timer_hz")) {
        number(item, "v", &facts->timer_hz);
        facts->deadline = is(item, "mode", "deadline");
    }
}

static void take_record(void *ctx, const struct log_item *item)
{
    struct machine_facts *facts = ctx;

    if (is(item, "t", "cpu"))
        take_cpu(facts, item);
    else if (is(item, "t", "cal"))
        take_calibration(facts, item);
    else if (is(item, "t", "finding") && is(item, "id", "tsc_unstable"))
        facts->tsc_unstable = true;
}

static void copy_word(char *to, size_t room, const char *fact)
{
    snprintf(to, room, "%s", fact ? fact : "");
}

static void take_words(struct machine_facts *facts, struct model *model)
{
    const struct model_run *run = &model->runs[0];
    const char *cpus = model_fact(model, run, "cpu", "cpus"), *ram = model_fact(model, run, "env", "ram_bytes");
    const char *apic = model_fact(model, run, "env", "apic");
    uint64_t count = cpus ? strtoull(cpus, NULL, 10) : 0;

    facts->cpu_count = count > CPU_MAX ? CPU_MAX : (uint32_t)count;
    facts->ram_bytes = ram ? strtoull(ram, NULL, 10) : 0;
    facts->x2apic = apic && strcmp(apic, "x2apic") == 0;
    copy_word(facts->hypervisor, sizeof(facts->hypervisor), model_fact(model, run, "env", "hypervisor"));
    copy_word(facts->acpi_oem, sizeof(facts->acpi_oem), model_fact(model, run, "env", "acpi_oem"));
}

bool machine_facts_read(struct machine_facts *facts, const char *log)
{
    struct load_options load = {.quiet = true, .on_record = take_record, .record_ctx = facts};
    struct load_result result;
    struct model model;
    bool good;

    memset(facts, 0, sizeof(*facts));
    for (uint32_t i = 0; i < CPU_MAX; i++)
        facts->apic_ids[i] = i;
    model_init(&model, MODEL_LIMIT_BYTES);
    good = load_log(log, &load, &model, &result);
    if (good && model.run_count > 0)
        take_words(facts, &model);
    model_free(&model);
    if (good && facts->leaf_count == 0) {
        fprintf(stderr, "idlelab plan: %s has no CPUID leaves\n", log);
        return false;
    }
    return good;
}
