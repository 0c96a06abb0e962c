/* SPDX-License-Identifier: MIT */
/*
 * What one CPU owns: its stacks, GDT, TSS, interrupt stamps, and the work it is given. GS base points at it.
 *
 * Reads through this_cpu() are volatile, so that two reads around a wait are two reads. Only the owning CPU writes its
 * block, but for the members whose comments say who else does.
 */
#ifndef LAB_ARCH_CPU_PERCPU_H
#define LAB_ARCH_CPU_PERCPU_H

#include <stddef.h>
#include <stdint.h>

#include "arch/x86/cpu/msr_save.h"
#include "arch/x86/cpu/percpu_regs.h"
#include "arch/x86/cpu/setup.h"
#include "arch/x86/cpu/topology.h"
#include "arch/x86/insn.h"
#include "arch/x86/irq/fault.h"

struct machine;
struct guard_context;
struct os_cpu;

enum {
    CPU_MAX = 1024,
    CPU_STACK_BYTES = 32 * 1024,
    CPU_IST_STACK_BYTES = 8 * 1024,
};

/* 64-bit task state segment, SDM volume 3, figure 8-11. */
struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map_base;
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "TSS size");

/* What becomes of a CPU at the start; settled once, by itself or by the boot CPU. */
enum cpu_online {
    CPU_EXPECTED,
    CPU_ONLINE,
    CPU_GIVEN_UP, /* it did not come in time, and stays out */
};

/* How CPUs wait for work in steps that look at a package; see smp_park_deep(). */
enum park_wish {
    PARK_WISH_AUTO, /* deep on bare machines */
    PARK_WISH_HLT,
    PARK_WISH_DEEP, /* deep in every step, and on emulators */
};

#define PARK_HLT UINT32_MAX /* in park_hint: no MWAIT */

enum work_state {
    WORK_IDLE,
    WORK_GIVEN,
    WORK_RUNNING,
    WORK_DONE,
};

/* One function given to a CPU; see smp_run(). */
struct work {
    void (*fn)(void *argument);
    void *argument;
    enum guard_end end;
    struct fault_report report;
    uint64_t state; /* enum work_state, accessed atomically; a parked CPU's monitor watches it */
};

struct percpu {
    struct percpu *self;
    uint64_t stack_top;
    uint64_t apic_eoi; /* address of the xAPIC EOI register; 0 in x2APIC mode */
    struct guard_context *guard;
    struct machine *machine;
    uint32_t index;
    uint32_t apic_id;
    struct cpu_place place;
    uint32_t kind_sum;                   /* cpu/kind.h */
    const struct cpu_snapshot *snapshot; /* its own CPUID; NULL: CPU 0's */
    uint32_t online;                     /* enum cpu_online, accessed atomically */
    uint32_t park_hint;                  /* atomic: MWAIT hint by which it waits for work; PARK_HLT: in HLT */
    uint32_t abort;                      /* the watchdog asks this CPU's guarded call to end at its next NMI */
    int64_t tsc_offset;                  /* against CPU 0, TSC ticks */
    uint64_t tsc_offset_bound;
    enum lfence_kind lfence;
    int64_t tsc_adjust; /* IA32_TSC_ADJUST as the firmware left it; 0 where there is none */
    /* Written by the vector stubs; on lines of their own, so that no other CPU's reads disturb them. */
    uint64_t wake_tsc __attribute__((aligned(128)));
    uint64_t wake_count;
    uint64_t nmi_tsc;
    uint64_t nmi_count;
    uint64_t wake_line __attribute__((aligned(128))); /* another CPU writes it to wake this one; no other use */
    uint64_t irq_count __attribute__((aligned(128))); /* interrupts that were not a measured wake */
    uint64_t stray_count;                             /* interrupts on an unused vector */
    struct msr_saves msr_saves;                       /* registers that a step has changed */
    struct os_cpu *os;                                /* inside Linux its thread (arch/linux/os.h); NULL: on metal */
    struct work work __attribute__((aligned(128)));
    uint64_t gdt[5];
    struct tss tss __attribute__((aligned(16)));
} __attribute__((aligned(128)));

_Static_assert(offsetof(struct percpu, self) == PERCPU_SELF, "offset");
_Static_assert(offsetof(struct percpu, stack_top) == PERCPU_STACK_TOP, "offset");
_Static_assert(offsetof(struct percpu, apic_eoi) == PERCPU_APIC_EOI, "offset");
_Static_assert(offsetof(struct percpu, guard) == PERCPU_GUARD, "offset");
_Static_assert(offsetof(struct percpu, apic_id) == PERCPU_APIC_ID, "offset");
_Static_assert(offsetof(struct percpu, wake_tsc) == PERCPU_WAKE_TSC, "offset");
_Static_assert(offsetof(struct percpu, wake_count) == PERCPU_WAKE_COUNT, "offset");
_Static_assert(offsetof(struct percpu, nmi_tsc) == PERCPU_NMI_TSC, "offset");
_Static_assert(offsetof(struct percpu, nmi_count) == PERCPU_NMI_COUNT, "offset");

/* The running CPU's block. Valid once percpu_load() has run on it. */
static inline __attribute__((always_inline)) struct percpu *this_cpu(void)
{
    struct percpu *cpu;
    __asm__ volatile("movq %%gs:%c1, %0" : "=r"(cpu) : "i"(PERCPU_SELF) : "memory");
    return cpu;
}

/* Reads a counter that this CPU's interrupt stubs change without the compiler's knowledge. */
static inline __attribute__((always_inline)) uint64_t percpu_count(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/* True where the CPU is parked: it has no work, or has done it. Any CPU. */
static inline bool work_ended(const struct work *work)
{
    uint64_t state = __atomic_load_n(&work->state, __ATOMIC_ACQUIRE);

    return state == WORK_IDLE || state == WORK_DONE;
}

struct mem;

/* Allocates and fills a block with its stacks. NULL: out of memory. Boot CPU only. */
struct percpu *percpu_create(struct mem *mem, struct machine *machine, uint32_t index, uint32_t apic_id);

/* Loads GDT, TSS, IDT and GS base on the running CPU. Interrupts off. */
void percpu_load(struct percpu *cpu);

#endif /* LAB_ARCH_CPU_PERCPU_H */
