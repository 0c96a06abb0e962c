/* SPDX-License-Identifier: MIT */
/*
 * The machine inside Linux: CPUs are threads, each pinned to one, interrupts are signals, registers are what the kernel
 * says of them.
 *
 * A file of arch/linux stands in the place of the file of arch/x86 with the same path, behind the same header; all else
 * of arch/x86 is linked as it is. What ring 3 may not run is #GP there, and by the exception table a value
 * (irq/signals.c). Linux's own headers are for these files alone.
 */
#ifndef LAB_ARCH_LINUX_OS_H
#define LAB_ARCH_LINUX_OS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct boot_info;
struct idle_method;
struct machine;
struct percpu;
struct sample;

/* What stands for interrupts. The first is SIGRTMIN + 2 or above: below are the C library's. */
enum os_signal {
    OS_SIGNAL_WAKE = 40,     /* a measured wake */
    OS_SIGNAL_NOTHING = 41,  /* any other interrupt: it ends a sleep in the kernel */
    OS_SIGNAL_ABORT = 42,    /* the NMI by which the watchdog ends another CPU's guarded call */
    OS_SIGNAL_WATCHDOG = 43, /* its timer */
};

enum {
    OS_IDLE_STATES_MAX = 10, /* of cpuidle: CPUIDLE_STATE_MAX in include/linux/cpuidle.h */
    OS_IDLE_COUNTS = 4,      /* usage, time, above, below */
};

/* What the thread's preemption is seen by (cpu/preempt.c). */
struct os_preempt {
    uint8_t leaves;    /* enum idle_leaves of the nap's method */
    uint64_t switches; /* of the thread, that the method did not ask for */
    uint32_t stops;    /* of the process, that have ended */
};

/* One CPU of the run: the thread's side of struct percpu. */
struct os_cpu {
    int number; /* Linux's */
    pid_t tid;
    timer_t timer;    /* its APIC timer */
    timer_t watchdog; /* of CPU 0 */
    int timer_signal;
    bool timer_made;
    bool memory_locked;     /* of CPU 0: mlockall(2) */
    int event_fd, timer_fd; /* of the methods with those names */
    uint64_t fault_address; /* of the last fault */
    struct os_preempt preempt;
    int idle_trace;                          /* its pipe of power:cpu_idle; below 1: there is none */
    uint32_t idle_states;                    /* directories of cpuidle; 0: the kernel has none */
    uint64_t idle_usage[OS_IDLE_STATES_MAX]; /* before a nap */
    uint64_t idle_begin[OS_IDLE_STATES_MAX][OS_IDLE_COUNTS],
        idle_end[OS_IDLE_STATES_MAX][OS_IDLE_COUNTS]; /* a step's */
};

/* The CPUs to take, by Linux's numbers. */
struct os_wish {
    const int *cpus;
    uint32_t cpu_count;
    uint64_t memory_bytes;
};

/*
 * Makes the machine: memory below 4 GiB, the first CPU's block on the calling thread, signals, CPUID, hypervisor,
 * clock, the other threads, TSC offsets. `boot` is kept. NULL, and *problem says why, where it cannot be.
 */
struct machine *os_machine_start(const struct boot_info *boot, const struct os_wish *wish, const char **problem);

/* Pins the calling thread to the CPU and takes its block. NULL, or why it cannot be. */
const char *os_cpu_become(struct percpu *cpu);

/* Starts the thread of a CPU, parked. False: it does not start. */
bool os_cpu_start(struct percpu *cpu);

/* Takes the signals of this program and the faults of its code; a stack for them, on each thread. */
void os_signals_take(void);
void os_signals_stack(struct percpu *cpu);

/* Has the wake's signal wait on this thread, or come. */
void os_signals_hold_wake(bool hold);

/* The time of CLOCK_MONOTONIC at which the running CPU's TSC will read so much. */
struct timespec os_time_at(const struct machine *machine, uint64_t due_tsc);

/* How often the process was stopped and went on (SIGCONT). */
uint32_t os_signals_stops(void);

/* False: the kernel does not count the thread's switches. */
bool os_preempt_counts(void);

/* Before and behind a nap by that method (struct nap_witness): whether the thread lost its CPU. */
void os_preempt_begin(struct percpu *cpu, const struct idle_method *method);
uint32_t os_preempt_end(struct percpu *cpu);

/*
 * Text of a file of /sys, /proc or the like without its last line end. False, and "": it cannot be read. `bytes` is the
 * room for it. Outside every window.
 */
bool os_read_text(const char *path, char *text, size_t bytes);
bool os_read_number(const char *path, uint64_t *value);

/* arch/linux/power/cpuidle.c */

/* Counts the CPU's idle states in /sys/devices/system/cpu/cpuN/cpuidle. */
void os_idle_open(struct percpu *cpu);

/* A number that the kernel keeps of one state: "usage", "time", "above", "below", "latency", "residency". */
bool os_idle_number(const struct percpu *cpu, uint32_t state, const char *what, uint64_t *value);
bool os_idle_name(const struct percpu *cpu, uint32_t state, char *text, size_t bytes);

/*
 * Around a nap whose event came at that tick of the CPU's TSC: which state the CPU was in. By the tracer the one at the
 * event, by counts the one that was entered, once. 0: none, or not known; else the state + 1.
 */
void os_idle_begin(struct percpu *cpu);
uint32_t os_idle_entered(struct percpu *cpu, uint64_t event_tsc);

/* arch/linux/power/idle_trace.c */

/* Has the kernel trace power:cpu_idle, until the program ends. False: there is no tracefs, or no right to it. */
bool os_idle_trace_begin(void);

/* Opens the CPU's part of it; takes what has come, which nobody wants; the same, and the state at that tick (+ 1). */
void os_idle_trace_open(struct percpu *cpu);
void os_idle_trace_drain(const struct percpu *cpu);
uint32_t os_idle_trace_state(const struct percpu *cpu, uint64_t event_tsc);

#endif /* LAB_ARCH_LINUX_OS_H */
