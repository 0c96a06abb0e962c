/* SPDX-License-Identifier: MIT */
/*
 * The machine as idlelab found it: one object, filled once at boot, passed by pointer.
 *
 * machine_start() brings everything up in the only order that works; afterwards only `watchdog` and the per-CPU blocks
 * change.
 */
#ifndef LAB_ARCH_MACHINE_H
#define LAB_ARCH_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/acpi/acpi.h"
#include "arch/x86/cpu/cpuid.h"
#include "arch/x86/cpu/cpus_out.h"
#include "arch/x86/cpu/kind.h"
#include "arch/x86/cpu/mem.h"
#include "arch/x86/cpu/mtrr.h"
#include "arch/x86/cpu/percpu.h"
#include "arch/x86/cpu/topology.h"
#include "arch/x86/hv/detect.h"
#include "arch/x86/irq/apic.h"
#include "arch/x86/irq/ioapic.h"
#include "arch/x86/irq/machine_check.h"
#include "arch/x86/irq/panic.h"
#include "arch/x86/irq/watchdog.h"
#include "arch/x86/time/apic_timer.h"
#include "arch/x86/time/clock.h"
#include "arch/x86/time/hpet.h"
#include "arch/x86/time/pmtimer.h"
#include "lib/boot_info.h"
#include "lib/record/boot_phase.h"

struct nap_witness;

enum { MACHINE_CONSOLES = 8 };

struct machine {
    const struct boot_info *boot;
    struct mem mem;
    uint64_t ram_bytes; /* size of `mem` before anything was taken from it */
    struct cpu_snapshot snapshot;
    struct hv_info hv;
    struct acpi_info acpi;
    struct topology topology;
    struct mtrr_state mtrr;
    struct apic apic;
    uint32_t pic_in_service; /* interrupts that the firmware left so */
    struct ioapics ioapics;
    struct hpet hpet;
    struct pmtimer pmtimer;
    bool pit;                            /* channel 2 counts */
    uint64_t consoles[MACHINE_CONSOLES]; /* addresses of the UARTs that the log goes to; 0: none */
    struct clock clock;
    struct apic_timer timer;
    bool tsc_adjust_equal; /* struct machine_wish */
    struct watchdog watchdog;
    uint32_t cpus_listed;  /* enabled in the MADT, and the boot CPU */
    uint32_t cpu_count;    /* CPUs that run */
    struct cpus_out out;   /* those that do not */
    uint64_t cpu_bytes;    /* memory of one CPU: block, stacks, guard pages */
    uint64_t cpus_bytes;   /* memory of all */
    uint64_t smp_start_us; /* time from the first INIT to the last CPU synchronised */
    struct percpu *cpus[CPU_MAX];
    uint32_t kind_count;
    const struct percpu *kinds[CPU_KINDS_MAX]; /* the first CPU of each kind */
    uint32_t kinds_lost;                       /* CPUs whose own CPUID could not be kept */
    enum park_wish park;
    enum apic_mode_wish apic_wish; /* struct machine_wish, to say what could not be had */
    bool wants_deadline;
    uint32_t boss_sleeps; /* atomic: CPU 0 waits in HLT for another one's work to end */
    struct machine_checks machine_checks;
    struct panic_reporter panic;
    uint32_t panicked;                 /* atomic: index + 1 of the CPU that ends the run; 0: none */
    const struct nap_witness *witness; /* who sees the CPU taken away (wake/nap.h); NULL: on metal nobody takes it */
};

/* True inside an operating system: privileged instructions fault, CPUs are threads, interrupts are signals. */
static inline bool machine_is_ring3(const struct machine *machine)
{
    return machine->witness != NULL;
}

/* That CPU's own CPUID. */
static inline const struct cpu_snapshot *machine_cpuid(const struct machine *machine, const struct percpu *cpu)
{
    return cpu->snapshot ? cpu->snapshot : &machine->snapshot;
}

/* What the command line decides. */
struct machine_wish {
    uint32_t cpus; /* 0 = all */
    enum apic_mode_wish apic_mode;
    enum park_wish park;
    uint64_t tsc_hz;       /* 0 = measure */
    bool tsc_adjust_equal; /* each CPU gets the IA32_TSC_ADJUST of CPU 0 */
    bool is_hardware;      /* a processor runs the instructions, whatever names and costs say */
    bool is_emulator;      /* software does */
    bool one_shot_timer;
    bool deadline_timer; /* asked for by name */
    enum watchdog_wish watchdog;
    void (*on_phase)(void *context, enum boot_phase phase); /* called as each phase begins */
    void *context;
    enum boot_phase hang; /* planted: this phase does not end */
    bool left_over;       /* planted: interrupts and a thermal SMI as firmware may leave them */
};

/*
 * First half: page tables, memory, this CPU's block, IDT. After it faults are values. Returns NULL where memory does
 * not suffice. Boot CPU, interrupts off.
 */
struct machine *machine_create(const struct boot_info *boot);

/*
 * Between the halves, for they say where the console is: reads ACPI's tables, and seals page 0. A hang here shows on
 * port 80h alone.
 */
void machine_read_tables(struct machine *machine);

/* Second half: hypervisor, APIC, clocks, the other CPUs, offsets, watchdog. NULL, or why it cannot go on. */
const char *machine_start(struct machine *machine, const struct machine_wish *wish);

#endif /* LAB_ARCH_MACHINE_H */
