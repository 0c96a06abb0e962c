/* SPDX-License-Identifier: MIT */
/* The threads that stand for CPUs: pinned, each with its block at GS, its timer and its descriptors. */
#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

#include "arch/linux/os.h"
#include "arch/x86/cpu/kind.h"
#include "arch/x86/cpu/smp.h"
#include "arch/x86/insn.h"

enum { START_LIMIT_LOOKS = 4000, LOOK_NS = 1000 * 1000 };

/* The identifier of the CPU that runs this: leaf 0Bh where there is one, else the 8 bits of leaf 1. */
static uint32_t own_apic_id(void)
{
    if (cpuid(0, 0).eax >= 0x0B && (cpuid(0x0B, 0).ebx & 0xffff))
        return cpuid(0x0B, 0).edx;
    return cpuid(1, 0).ebx >> 24;
}

const char *os_cpu_become(struct percpu *cpu)
{
    struct os_cpu *os = cpu->os;
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(os->number, &set);
    if (sched_setaffinity(0, sizeof(set), &set))
        return "a thread cannot be pinned to one of the CPUs (--cpus)";
    os->tid = (pid_t)syscall(SYS_gettid);
    os->event_fd = eventfd(0, EFD_CLOEXEC);
    os->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    percpu_load(cpu);
    os_signals_stack(cpu);
    cpu->apic_id = own_apic_id();
    cpu->kind_sum = cpu_kind_take();
    return NULL;
}

static void *run_cpu(void *argument)
{
    struct percpu *cpu = argument;
    bool good = !os_cpu_become(cpu);

    __atomic_store_n(&cpu->online, good ? CPU_ONLINE : CPU_GIVEN_UP, __ATOMIC_RELEASE);
    if (good)
        smp_park(cpu);
    return NULL;
}

bool os_cpu_start(struct percpu *cpu)
{
    const struct timespec look = {0, LOOK_NS};
    pthread_t thread;

    if (pthread_create(&thread, NULL, run_cpu, cpu))
        return false;
    for (unsigned i = 0; i < START_LIMIT_LOOKS; i++) {
        if (__atomic_load_n(&cpu->online, __ATOMIC_ACQUIRE) != CPU_EXPECTED)
            break;
        nanosleep(&look, NULL);
    }
    return __atomic_load_n(&cpu->online, __ATOMIC_ACQUIRE) == CPU_ONLINE;
}
