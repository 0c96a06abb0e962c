/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
// UNIT_EXTRA: tests/machine/model.c tests/machine/model_[ns]*.c tests/machine/models.c arch/x86/cpu/cpuid.c
// UNIT_EXTRA: arch/x86/cpu/features.c arch/x86/cpu/topology.c arch/x86/cpu/msr_save.c arch/x86/wake/nap.c
// UNIT_EXTRA: arch/x86/wake/beside.c arch/x86/power/amd_ports.c
/*
 * The model machines themselves: a core is as deep as its shallowest thread, a module and a package as their shallowest
 * core, and the counters say no more.
 */
#include "arch/x86/cpu/msr.h"
#include "arch/x86/cpu/smp.h"
#include "tests/machine/model.h"
#include "tests/unit/tap.h"

enum { NAP_MS = 10, TICKS_PER_MS = MODEL_TICKS_PER_NS * 1000 * 1000 };

static struct model_machine at;

/* What one long sleep of CPU `cpu` did. */
struct slept {
    bool core, module, package; /* whose C6 counter moved */
    uint64_t latency_ns;
};

static uint64_t count_of(uint32_t msr)
{
    uint64_t value = 0;

    msr_read(msr, &value);
    return value;
}

static struct slept sleep_of(uint32_t cpu, enum nap_source by, uint32_t from, enum nap_others others)
{
    struct nap_state state = {NAP_MWAIT, at.model->states[at.model->states[2].exit_ns ? 2 : 1].argument};
    struct nap nap = {.machine = &at.machine, .cpu = &at.cpus[cpu], .from = &at.cpus[from]};
    uint64_t core = count_of(0x3fd), module = count_of(0x664), package = count_of(0x3f9) + count_of(0x3fa);
    struct sample sample;

    nap_open_state(&nap, &state, by, others);
    nap_take(&nap, NAP_MS * TICKS_PER_MS, &sample);
    return (struct slept){.core = count_of(0x3fd) != core,
                          .module = count_of(0x664) != module,
                          .package = count_of(0x3f9) + count_of(0x3fa) != package,
                          .latency_ns = (uint64_t)sample_wake_latency(&sample) / MODEL_TICKS_PER_NS};
}

static void start(const char *model, struct model_shape shape)
{
    model_start(&at, model_find(model), &(struct model_plan){.shape = shape});
}

static void check_threads(void)
{
    struct slept slept;

    start("skylake_x", (struct model_shape){.threads = 2});
    TAP_INT(topology_relation(&at.places[0], &at.places[1]), CPU_RELATION_SIBLING, "CPUs 0 and 1 share a core");
    TAP_INT(topology_relation(&at.places[1], &at.places[2]), CPU_RELATION_PACKAGE, "1 and 2 do not");
    slept = sleep_of(0, NAP_TIMER, 3, NAP_OTHERS_HLT);
    TAP_OK(slept.core && !slept.package, "all others in HLT but the sibling: the core is in C6, the package is not");
    slept = sleep_of(0, NAP_TIMER, 3, NAP_OTHERS_SAME);
    TAP_OK(slept.core && slept.package && slept.latency_ns > 90000, "all in C6: the core and the package are");
    slept = sleep_of(0, NAP_IPI, 3, NAP_OTHERS_SAME);
    TAP_OK(slept.core && !slept.package, "a sender in the package keeps the package up, not another core");
    slept = sleep_of(0, NAP_IPI, 1, NAP_OTHERS_SAME);
    TAP_OK(!slept.core && slept.latency_ns < 2000, "the sibling as the sender keeps the core awake");
    slept = sleep_of(1, NAP_TIMER, 3, NAP_OTHERS_SAME);
    TAP_OK(!slept.core, "CPU 0 in HLT beside the sleeper");
    start("skylake_x", (struct model_shape){0});
    slept = sleep_of(0, NAP_TIMER, 3, NAP_OTHERS_HLT);
    TAP_OK(slept.core && !slept.package, "without threads each core is for itself");
}

static void check_unstarted(void)
{
    struct slept slept;

    start("skylake_x", (struct model_shape){.threads = 2, .unstarted = 1 << 1});
    TAP_INT(at.machine.cpu_count, 3, "three of four run");
    slept = sleep_of(0, NAP_TIMER, 2, NAP_OTHERS_SAME);
    TAP_OK(!slept.core && !slept.package, "a sibling that was not started is in the firmware's HLT");
    start("skylake_x", (struct model_shape){.threads = 2, .unstarted = 1 << 3});
    slept = sleep_of(0, NAP_TIMER, 2, NAP_OTHERS_SAME);
    TAP_OK(slept.core && !slept.package, "one of another core keeps the package up");
}

static void check_packages(void)
{
    struct slept slept;

    start("skylake_x", (struct model_shape){.package_cpus = 2, .unstarted = 1 << 3});
    slept = sleep_of(0, NAP_TIMER, 2, NAP_OTHERS_SAME);
    TAP_OK(slept.package, "a CPU of another package holds nothing here");
    slept = sleep_of(0, NAP_IPI, 2, NAP_OTHERS_SAME);
    TAP_OK(slept.package, "nor does a sender there");
}

static void check_modules(void)
{
    struct slept slept;

    start("silvermont", (struct model_shape){.module_cores = 2});
    TAP_INT(topology_relation(&at.places[0], &at.places[1]), CPU_RELATION_MODULE, "two cores of a module");
    slept = sleep_of(0, NAP_TIMER, 3, NAP_OTHERS_SAME);
    TAP_OK(slept.core && slept.module, "both cores in C6: so is the module");
    slept = sleep_of(0, NAP_IPI, 1, NAP_OTHERS_SAME);
    TAP_OK(slept.core && !slept.module, "a sender in the module keeps it up");
    slept = sleep_of(0, NAP_IPI, 3, NAP_OTHERS_SAME);
    TAP_OK(slept.core && slept.module && !slept.package, "one of another module does not");
}

static void read_type(void *argument)
{
    *(uint32_t *)argument = model_cpuid(&at, 0x1a, 0).eax >> 24;
}

static void check_hybrid(void)
{
    uint32_t type = 0;

    start("alder_lake", (struct model_shape){.first_e = 2});
    TAP_OK(cpu_has(&at.machine.snapshot, CPUID_HYBRID), "CPUID.07H says hybrid");
    TAP_INT(cpu_field(&at.machine.snapshot, CPUID_CORE_TYPE), 0x40, "CPU 0 is a P-core");
    smp_call(&at.machine, &at.cpus[2], read_type, &type);
    TAP_INT(type, 0x20, "CPU 2 is an E-core");
}

int main(void)
{
    check_threads();
    check_unstarted();
    check_packages();
    check_modules();
    check_hybrid();
    return tap_done();
}
