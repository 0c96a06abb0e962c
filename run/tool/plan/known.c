/* SPDX-License-Identifier: MIT */
#include "run/tool/plan/known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rows/reasons.h"
#include "run/tool/plan/apart.h"
#include "run/tool/plan/facts.h"
#include "run/tool/plan/image.h"

enum { REASON_CHARS = 160 };

/* What the child that judged leaves. */
struct answer {
    enum known_skip skip;
    char reason[REASON_CHARS];
};

struct known_machine {
    struct machine_facts facts;
    struct machine machine;
    struct answer *answer; /* shared with the child */
};

/* Functions of the image. */
struct image_calls {
    void (*snapshot_read)(struct cpu_snapshot *snapshot, struct cpuid_source source);
    void (*hv_detect)(struct hv_info *info, const struct cpu_snapshot *snapshot, const struct hv_clues *clues);
    struct topology (*topology_read)(const struct cpu_snapshot *snapshot);
    struct cpu_place (*topology_place)(const struct topology *topology, uint32_t apic_id);
    const char *(*claim_cpus)(struct step *step, const struct experiment *experiment);
    void *(*step_alloc)(struct step *step, uint64_t bytes);
};

static bool find_calls(struct image_calls *calls)
{
    *calls = (struct image_calls){0};
    *(void **)&calls->snapshot_read = image_symbol("cpu_snapshot_read");
    *(void **)&calls->hv_detect = image_symbol("hv_detect");
    *(void **)&calls->topology_read = image_symbol("topology_read");
    *(void **)&calls->topology_place = image_symbol("topology_place");
    *(void **)&calls->claim_cpus = image_symbol("claim_cpus");
    *(void **)&calls->step_alloc = image_symbol("step_alloc");
    return calls->snapshot_read && calls->hv_detect && calls->topology_read && calls->topology_place &&
           calls->claim_cpus && calls->step_alloc;
}

static struct cpuid_regs read_leaf(void *ctx, uint32_t leaf, uint32_t subleaf)
{
    const struct machine_facts *facts = ctx;

    for (size_t i = 0; i < facts->leaf_count; i++)
        if (facts->leaves[i].leaf == leaf && facts->leaves[i].subleaf == subleaf)
            return facts->leaves[i].regs;
    return (struct cpuid_regs){0};
}

/* The one clue that the log does not name: fw_cfg answered where the kind is that of QEMU. */
static void stand_in_hypervisor(struct known_machine *known, const struct image_calls *calls)
{
    struct hv_clues clues = {.fw_cfg_qemu = strcmp(known->facts.hypervisor, "qemu") == 0};

    memcpy(clues.acpi_oem, known->facts.acpi_oem, sizeof(clues.acpi_oem));
    calls->hv_detect(&known->machine.hv, &known->machine.snapshot, &clues);
}

static void stand_in_clocks(struct machine *machine, const struct machine_facts *facts)
{
    uint64_t tsc_hz = facts->tsc_hz ? facts->tsc_hz : 1000000000;

    machine->clock.tsc_hz = tsc_hz;
    machine->clock.offsets_known = !facts->tsc_unstable;
    machine->apic.x2apic = facts->x2apic;
    machine->timer.hz = facts->timer_hz;
    machine->timer.one_shot = facts->deadline ? APIC_TIMER_DEADLINE : APIC_TIMER_ONE_SHOT;
    machine->timer.has_deadline = facts->deadline;
    machine->timer.count_per_tsc_q32 = (uint64_t)(((unsigned __int128)facts->timer_hz << 32) / tsc_hz);
    if (facts->timer_hz)
        machine->timer.tsc_per_count_q32 = (uint64_t)(((unsigned __int128)tsc_hz << 32) / facts->timer_hz);
}

static bool stand_in_cpus(struct machine *machine, const struct machine_facts *facts, const struct image_calls *calls)
{
    machine->topology = calls->topology_read(&machine->snapshot);
    machine->cpu_count = machine->cpus_listed = facts->cpu_count ? facts->cpu_count : 1;
    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        struct percpu *cpu = aligned_alloc(_Alignof(struct percpu), sizeof(*cpu));

        if (!cpu)
            return false;
        memset(cpu, 0, sizeof(*cpu));
        cpu->self = cpu;
        cpu->machine = machine;
        cpu->index = i;
        cpu->apic_id = facts->apic_ids[i];
        cpu->place = calls->topology_place(&machine->topology, cpu->apic_id);
        machine->cpus[i] = cpu;
    }
    return true;
}

/* Memory as the machine has it. */
static bool stand_in_memory(struct machine *machine, const struct machine_facts *facts)
{
    uint64_t bytes = facts->ram_bytes ? facts->ram_bytes : UINT32_MAX;
    uintptr_t start = (uintptr_t)apart_reserve(bytes);

    machine->ram_bytes = bytes;
    machine->mem = (struct mem){.next = start, .end = start + bytes};
    return start != 0;
}

static bool stand_in(struct known_machine *known)
{
    struct machine *machine = &known->machine;
    struct image_calls calls;

    if (!find_calls(&calls))
        return false;
    calls.snapshot_read(&machine->snapshot, (struct cpuid_source){read_leaf, &known->facts});
    stand_in_hypervisor(known, &calls);
    stand_in_clocks(machine, &known->facts);
    known->answer = apart_share(sizeof(*known->answer));
    return known->answer && stand_in_memory(machine, &known->facts) && stand_in_cpus(machine, &known->facts, &calls);
}

struct known_machine *known_machine_read(const char *log)
{
    static struct known_machine known;

    known = (struct known_machine){0};
    if (!machine_facts_read(&known.facts, log))
        return NULL;
    if (stand_in(&known))
        return &known;
    fputs("idlelab plan: no stand-in for that machine: the image is of another version, or there is no memory\n",
          stderr);
    return NULL;
}

/* As engine/runner.c prepares a step. */
static const char *prepare(struct step *step)
{
    const struct experiment *experiment = step->plan->owner;
    struct image_calls calls;
    const char *reason;

    find_calls(&calls);
    reason = calls.claim_cpus(step, experiment);
    if (reason)
        return reason;
    step->state = calls.step_alloc(step, experiment->state_bytes);
    return step->state ? experiment->prepare(step) : SKIP_NO_MEMORY;
}

struct question {
    struct known_machine *known;
    const struct plan_step *plan;
};

/* A privileged instruction, an assertion or an endless loop is the end of it, without an answer. */
static void judge(void *ctx)
{
    const struct question *question = ctx;
    struct answer *answer = question->known->answer;
    struct step step = {
        .machine = &question->known->machine, .plan = question->plan, .seed = plan_count(question->plan, "seed", 0)};
    const char *reason = prepare(&step);

    snprintf(answer->reason, sizeof(answer->reason), "%s", reason ? reason : "");
    answer->skip = reason ? KNOWN_SKIPS : KNOWN_RUNS;
}

enum known_skip known_machine_skips(struct known_machine *known, const struct plan_step *step, const char **reason)
{
    struct question question = {known, step};

    known->answer->skip = KNOWN_UNKNOWN;
    *reason = known->answer->reason;
    apart_run(judge, &question);
    return known->answer->skip;
}
