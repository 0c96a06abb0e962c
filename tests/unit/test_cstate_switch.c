/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/cstate/switch.c experiments/cstate/count.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c
/* What `cstate freq=` asks the gate for, on CPUs whose registers differ; and that a guest's counters are not read. */
#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/cpu/smp.h"
#include "arch/x86/power/power_msr_regs.h"
#include "experiments/cstate/parts.h"
#include "tests/golden/cpuid/recorded.h"
#include "tests/unit/tap.h"

enum { HIGHEST = 40, GUARANTEED = 26, EFFICIENT = 12, LOWEST = 8, CPUS = 3 };

static struct machine machine;
static struct percpu cpus[CPUS];
static struct plan_value values[KEY_COUNT];
static struct plan_step plan = {.values = values};
static struct step step;
static struct cstate cstate;
static uint64_t old_value[CPUS]; /* of each CPU's register */
static struct msr_wish last;
static bool hwp = true; /* is on */

bool msr_read(uint32_t msr, uint64_t *value)
{
    *value = 1;
    if (msr == MSR_IA32_HWP_CAPABILITIES)
        *value = HIGHEST | GUARANTEED << 8 | EFFICIENT << 16 | LOWEST << 24;
    if (msr == MSR_PLATFORM_INFO)
        *value = (uint64_t)GUARANTEED << 8 | (uint64_t)LOWEST << 40;
    if (msr == MSR_IA32_PM_ENABLE)
        *value = hwp;
    return true;
}

struct msr_outcome msr_gate_change(const struct msr_gate *gate, struct msr_saves *saves, const struct msr_wish *wish)
{
    struct msr_outcome outcome = {.wish = *wish, .end = MSR_CHANGED, .wanted = wish->value};

    (void)gate;
    for (unsigned i = 0; i < CPUS; i++)
        if (saves == &cpus[i].msr_saves)
            outcome.old = old_value[i];
    last = *wish;
    return outcome;
}

uint64_t msr_writable_bits(const struct cpu_snapshot *snapshot, uint32_t msr)
{
    (void)snapshot, (void)msr;
    return 0;
}

uint32_t residency_counters(const struct power_model *model)
{
    (void)model;
    return 1 << RESIDENCY_CC6;
}

uint32_t residency_msr(const struct power_model *model, enum residency i)
{
    (void)model, (void)i;
    return 0x3fd;
}

uint64_t plan_count(const struct plan_step *of, const char *key, uint64_t otherwise)
{
    (void)of, (void)key;
    return otherwise;
}

void step_pet(struct step *of)
{
    (void)of;
}

bool smp_call(struct machine *of, struct percpu *cpu, void (*fn)(void *argument), void *argument)
{
    (void)of, (void)cpu;
    fn(argument);
    return true;
}

static void ask(unsigned freq)
{
    static const struct cpuid_leaf leaves[] = {
        {0x00000000, 0, {0x00000006, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {0x00000001, 0, {0x000906A2, 0x00010800, 0x8, 0}},
        {0x00000006, 0, {1 << 7, 0, 1, 0}},
    };
    static const struct recorded_cpu recorded = {.name = "made up", .leaves = leaves, .leaf_count = 3};

    recorded_snapshot(&machine.snapshot, &recorded);
    machine.cpu_count = CPUS;
    for (uint32_t i = 0; i < CPUS; i++) {
        cpus[i].index = i;
        machine.cpus[i] = &cpus[i];
    }
    step = (struct step){.machine = &machine, .cpu = &cpus[0], .plan = &plan};
    values[KEY_FREQ].choice = freq;
    cstate = (struct cstate){.step = &step};
    TAP_OK(cstate_switch(&cstate), "the clock is asked for");
}

int main(void)
{
    ask(FREQ_BASE);
    TAP_INT(last.value, GUARANTEED << 8 | GUARANTEED, "HWP's least and most, both the guaranteed level");
    TAP_INT(cstate.clock.asked_ppm, CSTATE_PPM, "which is the base");
    TAP_OK(cstate.changes == 1 && cstate.change[0].cpus == CPUS, "one change, of all CPUs");
    ask(FREQ_MIN);
    TAP_INT(last.value, LOWEST << 8 | LOWEST, "or the lowest");
    TAP_INT(cstate.clock.asked_ppm, (uint64_t)LOWEST * CSTATE_PPM / GUARANTEED, "in parts of the base");
    ask(FREQ_MAX);
    TAP_INT(last.value, HIGHEST << 8 | HIGHEST, "or the highest");
    TAP_OK(cstate.clock.at_least && cstate.clock.asked_ppm == CSTATE_PPM, "of which the base is sure");
    old_value[2] = 7;
    ask(FREQ_BASE);
    TAP_OK(cstate.changes == 2 && cstate.change[0].cpus == 2 && cstate.change[1].cpu == 2,
           "a CPU whose register was another is another change");
    hwp = false;
    ask(FREQ_MIN);
    TAP_INT(last.value, LOWEST << 8, "without HWP the least ratio");
    TAP_INT(cstate.clock.asked_ppm, (uint64_t)LOWEST * CSTATE_PPM / GUARANTEED, "in parts of the base as well");
    cstate_find_counters(&cstate);
    TAP_INT(cstate.counters, 1 << RESIDENCY_CC6, "the counters that the model has");
    cstate.guest = true;
    cstate_find_counters(&cstate);
    TAP_OK(!cstate.counters && !cstate.smi, "none in a guest");
    return tap_done();
}
