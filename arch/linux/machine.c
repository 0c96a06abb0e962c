/* SPDX-License-Identifier: MIT */
#include "arch/x86/machine.h"

#include <signal.h>
#include <sys/mman.h>

#include "arch/linux/calls.h"
#include "arch/linux/os.h"
#include "arch/x86/cpu/smp.h"
#include "arch/x86/time/sync.h"
#include "arch/x86/wake/nap.h"

static void witness_begin(struct percpu *cpu, const struct idle_method *method)
{
    os_idle_begin(cpu);
    os_preempt_begin(cpu, method);
}

static uint32_t witness_end(struct percpu *cpu, struct sample *sample)
{
    uint32_t reasons = os_preempt_end(cpu);

    sample->flags |= (uint16_t)(os_idle_entered(cpu, sample->event_tsc) << SAMPLE_STATE_SHIFT);
    return reasons;
}

static const struct nap_witness witness = {witness_begin, witness_end};

static bool make_watchdog(struct os_cpu *os)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = OS_SIGNAL_WATCHDOG};

    event._sigev_un._tid = os->tid;
    return !timer_create(CLOCK_MONOTONIC, &event, &os->watchdog);
}

/* All of it below 4 GiB, as on metal: nothing here depends on it but tables that hold addresses of 32 bits. */
static struct machine *create(const struct boot_info *boot, uint64_t bytes)
{
    void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    struct mem mem = {(uint64_t)(uintptr_t)block, (uint64_t)(uintptr_t)block + bytes};
    struct machine *machine;

    if (block == MAP_FAILED)
        return NULL;
    machine = mem_alloc(&mem, sizeof(*machine), _Alignof(struct machine));
    machine->boot = boot;
    machine->mem = mem;
    machine->ram_bytes = bytes;
    machine->witness = &witness;
    return machine;
}

static const char *add_cpu(struct machine *machine, int number)
{
    uint32_t index = machine->cpu_count;
    struct percpu *cpu = percpu_create(&machine->mem, machine, index, index);
    const char *problem = cpu ? NULL : "memory does not suffice";

    if (problem)
        return problem;
    cpu->os->number = number;
    machine->cpus[index] = cpu;
    machine->cpu_count++;
    machine->cpus_listed++;
    if (index)
        return os_cpu_start(cpu) ? NULL : "the thread of a CPU does not start, or cannot be pinned (--cpus)";
    problem = os_cpu_become(cpu);
    cpu->online = CPU_ONLINE;
    return problem;
}

/* KVM's interface is by MSRs, which are the kernel's: nothing of it is in reach here. */
static void find_hypervisor(struct machine *machine)
{
    hv_detect(&machine->hv, &machine->snapshot, &(struct hv_clues){0});
    machine->hv.kvm_features = 0;
}

static const char *start(struct machine *machine, const struct os_wish *wish)
{
    const char *problem = os_calls_missing();

    if (!problem)
        problem = add_cpu(machine, wish->cpus[0]);
    if (problem)
        return problem;
    if (!os_preempt_counts())
        return "the kernel does not count a thread's switches (getrusage)";
    os_signals_take();
    if (!make_watchdog(machine->cpus[0]->os))
        return "the kernel gives no timer";
    cpu_snapshot_take(&machine->snapshot);
    machine->topology = topology_read(&machine->snapshot);
    find_hypervisor(machine);
    clock_calibrate(machine, 0);
    for (uint32_t i = 1; i < wish->cpu_count; i++)
        if ((problem = add_cpu(machine, wish->cpus[i])) != NULL)
            return problem;
    cpu_kinds_find(machine);
    tsc_sync_all(machine);
    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        machine->cpus[i]->place = topology_place(&machine->topology, machine->cpus[i]->apic_id);
        machine->cpus[i]->lfence = LFENCE_GUEST;
        os_idle_open(machine->cpus[i]);
    }
    return NULL;
}

struct machine *os_machine_start(const struct boot_info *boot, const struct os_wish *wish, const char **problem)
{
    struct machine *machine = create(boot, wish->memory_bytes);

    *problem = machine ? start(machine, wish) : "the kernel gives no memory below 4 GiB";
    return *problem ? NULL : machine;
}
