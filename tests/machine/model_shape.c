/* SPDX-License-Identifier: MIT */
/* What the model's CPUID says, and where its CPUs stand: threads, modules, packages, hybrid parts. */
#include "tests/machine/model.h"

enum {
    LEVEL_THREAD = 1,
    LEVEL_CORE = 2,
    LEVEL_MODULE = 3,
    TYPE_E = 0x20,
    TYPE_P = 0x40,
    MONITOR = 1 << 3,
    HYBRID = 1 << 15,
};

static uint32_t threads(const struct model_shape *shape)
{
    return shape->threads ? shape->threads : 1;
}

static uint32_t bits_for(uint32_t count)
{
    uint32_t bits = 0;

    while (UINT32_C(1) << bits < count)
        bits++;
    return bits;
}

static uint32_t package_cpus(const struct model_machine *at)
{
    return at->plan.shape.package_cpus ? at->plan.shape.package_cpus : at->all;
}

static struct cpuid_regs level(const struct model_machine *at, uint32_t shift, uint32_t count, uint32_t type)
{
    return (struct cpuid_regs){shift, count, type << 8 | (type - 1), at->places[at->running].apic_id};
}

/* Leaf 1Fh; 0Bh is the same without the module's level. */
static struct cpuid_regs levels(const struct model_machine *at, uint32_t subleaf, bool modules)
{
    const struct model_shape *shape = &at->plan.shape;
    uint32_t thread_bits = bits_for(threads(shape)), core = threads(shape) * shape->module_cores;

    if (subleaf == 0)
        return level(at, thread_bits, threads(shape), LEVEL_THREAD);
    if (subleaf == 1 && modules)
        return level(at, bits_for(core), core, LEVEL_CORE);
    if (subleaf == 1)
        return level(at, bits_for(package_cpus(at)), package_cpus(at), LEVEL_CORE);
    if (subleaf == 2 && modules)
        return level(at, bits_for(package_cpus(at)), package_cpus(at), LEVEL_MODULE);
    return (struct cpuid_regs){0, 0, subleaf, 0};
}

static bool is_e(const struct model_machine *at)
{
    return at->plan.shape.first_e && at->running >= at->plan.shape.first_e;
}

static uint32_t leaf1_ecx(const struct model_machine *at)
{
    const struct model *model = at->model;
    uint32_t ecx = 0x80 | (uint32_t)model->has_deadline << 24 | (uint32_t)at->plan.hypervisor << 31;

    return model->no_monitor || (is_e(at) && at->plan.shape.e_lacks_monitor) ? ecx : ecx | MONITOR;
}

struct cpuid_regs model_cpuid(void *machine, uint32_t leaf, uint32_t subleaf)
{
    const struct model_machine *at = machine;
    const struct model *model = at->model;
    bool hybrid = at->plan.shape.first_e;

    switch (leaf) {
    case 0:
        return model->amd ? (struct cpuid_regs){0x10, 0x68747541, 0x444d4163, 0x69746e65}
                          : (struct cpuid_regs){0x1f, 0x756e6547, 0x6c65746e, 0x49656e69};
    case 1: /* MONITOR, EIST; MSR, MCA */
        return (struct cpuid_regs){model->signature, 0, leaf1_ecx(at), 0x4020};
    case 5:
        return (struct cpuid_regs){64, 64, 3, model->mwait_edx};
    case 6: /* APERF and MPERF; of hybrids each CPU's row in the hardware feedback table */
        return (struct cpuid_regs){model->power_eax, 0, 1 | (uint32_t)model->has_epb << 3,
                                   hybrid ? at->running << 16 | 3 : 0};
    case 7:
        return (struct cpuid_regs){0, 0, 0, hybrid && !subleaf ? HYBRID : 0};
    case 0x0b:
        return levels(at, subleaf, false);
    case 0x1a:
        return (struct cpuid_regs){hybrid ? (uint32_t)(is_e(at) ? TYPE_E : TYPE_P) << 24 | 1 : 0, 0, 0, 0};
    case 0x1f:
        return model->amd ? (struct cpuid_regs){0} : levels(at, subleaf, at->plan.shape.module_cores);
    case 0x80000000:
        return (struct cpuid_regs){0x80000008, 0, 0, 0};
    case 0x80000007: /* invariant TSC */
        return (struct cpuid_regs){0, 0, 0, 0x100};
    default:
        return (struct cpuid_regs){0};
    }
}

/* The APIC id of CPU i: packages begin at powers of two, and so do cores. */
static uint32_t id_of(const struct model_machine *at, uint32_t i)
{
    const struct model_shape *shape = &at->plan.shape;
    uint32_t package = i / package_cpus(at), within = i % package_cpus(at);

    return package << bits_for(package_cpus(at)) | within / threads(shape) << bits_for(threads(shape)) |
           within % threads(shape);
}

/* As cpu/kind.c finds it: CPUs that are alike share a snapshot. */
static void give_snapshots(struct model_machine *at)
{
    const struct model_shape *shape = &at->plan.shape;

    at->running = shape->first_e;
    if (shape->first_e)
        cpu_snapshot_read(&at->e_snapshot, (struct cpuid_source){.read = model_cpuid, .ctx = at});
    at->running = 0;
    for (uint32_t i = 0; i < at->machine.cpu_count; i++)
        at->cpus[i].snapshot = shape->first_e && i >= shape->first_e ? &at->e_snapshot : &at->machine.snapshot;
}

/* The MADT lists all; those that run come first, in that order. */
void model_place_cpus(struct model_machine *at)
{
    struct machine *machine = &at->machine;
    struct acpi_madt *madt = &machine->acpi.madt;
    uint32_t stopped = at->all;

    if (at->plan.single_cpu)
        at->all = stopped = 1;
    machine->topology = topology_read(&machine->snapshot);
    madt->present = true;
    for (uint32_t i = 0; i < at->all; i++) {
        uint32_t id = id_of(at, i), n = machine->cpu_count;

        madt->cpus[madt->cpu_count++] = (struct acpi_cpu){.apic_id = id, .uid = i};
        if (at->plan.shape.unstarted >> i & 1) {
            at->places[--stopped] = topology_place(&machine->topology, id);
            continue;
        }
        at->places[n] = topology_place(&machine->topology, id);
        at->cpus[n] = (struct percpu){.index = n, .apic_id = id, .place = at->places[n]};
        machine->cpus[machine->cpu_count++] = &at->cpus[n];
    }
    give_snapshots(at);
    machine->cpus_listed = at->all;
}
