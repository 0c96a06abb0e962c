/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/cpu/kind.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/cpu/topology.c arch/x86/cpu/msr_save.c
// UNIT_EXTRA: arch/x86/wake/nap.c arch/x86/wake/beside.c arch/x86/power/amd_ports.c tests/machine/model.c
// UNIT_EXTRA: tests/machine/model_[ns]*.c tests/machine/models.c
// UNIT_EXTRA: arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
/* Each CPU has its own CPUID: hybrid model machines, CPUs that firmware set up otherwise, and more kinds than room. */
#include "arch/x86/cpu/kind.h"

#include "arch/x86/cpu/features.h"

#include "tests/machine/model.h"
#include "tests/unit/tap.h"

static struct model_machine at;
static struct cpu_snapshot memory[CPU_KINDS_MAX];
static unsigned room; /* snapshots that there is memory for */

void *mem_alloc(struct mem *mem, uint64_t bytes, uint64_t align)
{
    (void)mem, (void)bytes, (void)align;
    return room ? &memory[--room] : NULL;
}

/* As the image has them, on the CPU that runs. */
struct cpuid_source cpuid_native(void)
{
    return (struct cpuid_source){.read = model_cpuid, .ctx = &at};
}

void cpu_snapshot_take(struct cpu_snapshot *snapshot)
{
    cpu_snapshot_read(snapshot, cpuid_native());
}

static uint32_t sum_of(uint32_t cpu)
{
    uint32_t sum;

    at.running = cpu;
    sum = cpu_kind_take();
    at.running = 0;
    return sum;
}

static void start(struct model_shape shape, unsigned snapshots)
{
    model_start(&at, model_find("alder_lake"), &(struct model_plan){.shape = shape});
    room = snapshots;
    for (uint32_t i = 0; i < at.machine.cpu_count; i++) {
        at.cpus[i].snapshot = NULL;
        at.cpus[i].kind_sum = sum_of(i);
    }
    cpu_kinds_find(&at.machine);
}

static const char *type_of(uint32_t cpu)
{
    return cpu_core_type(machine_cpuid(&at.machine, &at.cpus[cpu]));
}

static bool has_monitor(uint32_t cpu)
{
    return cpu_has(machine_cpuid(&at.machine, &at.cpus[cpu]), CPUID_MONITOR);
}

static void check_intel(void)
{
    start((struct model_shape){0}, 4);
    TAP_OK(at.machine.kind_count == 1 && !type_of(0), "CPUs that are alike are of one kind, and of no type");
    start((struct model_shape){.first_e = 2}, 4);
    TAP_INT(at.machine.kind_count, 2, "two kinds on a hybrid");
    TAP_STR(type_of(1), "P", "P-cores");
    TAP_STR(type_of(2), "E", "E-cores");
    TAP_OK(at.cpus[2].snapshot == at.cpus[3].snapshot && at.cpus[0].snapshot == at.cpus[1].snapshot,
           "those of a kind share a snapshot");
    start((struct model_shape){.first_e = 2, .e_lacks_monitor = true}, 4);
    TAP_OK(has_monitor(1) && !has_monitor(3), "a feature that only P-cores list");
    start((struct model_shape){.first_e = 2}, 0);
    TAP_OK(at.machine.kinds_lost == 2 && at.cpus[3].snapshot == &at.machine.snapshot,
           "without memory they are taken for CPU 0's kind, and counted");
}

/* CPUID of a made-up CPU: what belongs to the one CPU, or follows what was written to it, is no difference. */
static struct cpuid_regs made_up[2][0x1b];
static unsigned asked;

static struct cpuid_regs read_made_up(void *ctx, uint32_t leaf, uint32_t subleaf)
{
    (void)ctx, (void)subleaf;
    return leaf < 0x1b ? made_up[asked][leaf] : (struct cpuid_regs){0};
}

static bool are_alike(void)
{
    const struct cpuid_source source = {.read = read_made_up};
    uint32_t first, second;

    asked = 0;
    first = cpu_kind_sum(source);
    asked = 1;
    second = cpu_kind_sum(source);
    return first == second;
}

static void check_sum(void)
{
    struct cpuid_regs *other = made_up[1];

    made_up[0][0].eax = other[0].eax = 0x1a;
    TAP_OK(are_alike(), "two that say the same are alike");
    other[1].ebx = 3u << 24;
    other[1].ecx = 1u << 27;
    other[7].ecx = 1u << 4;
    other[6].edx = 5u << 16;
    TAP_OK(are_alike(), "an APIC id, OSXSAVE, OSPKE and a row of hardware feedback are no difference");
    other[7].ecx |= 1u << 5;
    TAP_OK(!are_alike(), "WAITPKG is one");
    other[7].ecx = 0;
    other[0x1a].eax = 0x20u << 24;
    TAP_OK(!are_alike(), "and so is the core's type");
}

/* More kinds than there is room for: those behind the last are taken for CPU 0's kind, and counted. */
static void check_many(void)
{
    enum { MORE = CPU_KINDS_MAX + 2 };
    static struct machine machine;
    static struct percpu cpus[MORE];

    room = CPU_KINDS_MAX;
    machine.cpu_count = MORE;
    for (uint32_t i = 0; i < MORE; i++) {
        cpus[i].kind_sum = i;
        machine.cpus[i] = &cpus[i];
    }
    cpu_kinds_find(&machine);
    TAP_OK(machine.kind_count == CPU_KINDS_MAX && machine.kinds_lost == 2, "what does not fit is counted");
    TAP_OK(cpus[MORE - 1].snapshot == &machine.snapshot, "and has CPU 0's snapshot");
}

static void check_amd(void)
{
    static const struct cpuid_leaf leaf = {0x80000026, 0, {UINT32_C(1) << 30 | 1, UINT32_C(1) << 28 | 2, 0x100, 0}};
    struct cpu_snapshot amd = {.vendor = CPU_VENDOR_AMD, .leaf_count = 1, .leaves = {leaf}};

    TAP_STR(cpu_core_type(&amd), "E", "AMD's efficiency core");
    amd.leaves[0].regs.ebx = 2;
    TAP_STR(cpu_core_type(&amd), "P", "and a performance core");
    amd.leaves[0].regs.eax = 1;
    TAP_OK(!cpu_core_type(&amd), "without the bit there are no types");
}

int main(void)
{
    check_intel();
    check_amd();
    check_sum();
    check_many();
    return tap_done();
}
