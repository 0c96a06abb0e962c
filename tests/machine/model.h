/* SPDX-License-Identifier: MIT */
/*
 * A model of a machine for host tests of what needs registers and idle states that no development machine has.
 *
 * It stands behind the two seams of the experiments on C-states: cpu/msr.h (registers) and wake/nap.h (one sleep). Time
 * is virtual and exact; nothing of it comes from the code under test. models.c holds the facts of several generations,
 * typed from the manuals' tables. A residency counter advances only where the model says that the state was entered.
 * One machine at a time: the seams have no context.
 */
#ifndef LAB_TESTS_MACHINE_MODEL_H
#define LAB_TESTS_MACHINE_MODEL_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/machine.h"
#include "arch/x86/pci/tco.h"
#include "arch/x86/wake/nap.h"
#include "lib/prng.h"

enum {
    MODEL_STATES = 8,
    MODEL_REGISTERS = 32,
    MODEL_CPUS = 4, /* unless the shape has another number */
    MODEL_CPUS_MAX = 8,
    MODEL_COUNTERS = 12,
    MODEL_TICKS_PER_NS = 2, /* TSC at 2 GHz */
};

/* Power and energy are the whole package's, all CPUs doing the same; else each core has its share. */
struct model_state {
    enum nap_way way;
    uint32_t argument;
    uint8_t core;    /* C-state of the core, where all its threads ask for that: 1, 3, 6, 7 */
    uint8_t package; /* the deepest package state that it allows; 0: none */
    uint32_t entry_ns;
    uint32_t exit_ns;
    uint32_t package_exit_ns; /* more, from the package state */
    uint32_t power_mw;
    uint32_t transition_nj; /* of one entry and exit, beside the power */
};

struct model_register {
    uint32_t msr;
    uint64_t value;
    uint64_t writable; /* a write that changes another bit is #GP */
};

enum model_scope { MODEL_CORE, MODEL_MODULE, MODEL_PACKAGE };

struct model_counter {
    uint32_t msr;
    enum model_scope scope;
    uint8_t depth; /* counts the time in that C-state */
    bool in_us;    /* in microseconds, else at the TSC's rate */
};

/*
 * How the CPUs stand together. A core is in the shallowest state that one of its threads asks for, a module and a
 * package in that of one of their cores. A CPU that was not started is in the firmware's HLT, and so is CPU 0 while
 * another one sleeps.
 */
struct model_shape {
    uint8_t cpus;         /* 0: MODEL_CPUS */
    uint8_t threads;      /* of a core; 0: one */
    uint8_t module_cores; /* cores of a module; 0: there are no modules */
    uint8_t package_cpus; /* CPUs of a package; 0: all */
    uint8_t first_e;      /* CPUs from that one on are E-cores; 0: all are alike */
    bool e_lacks_monitor; /* E-cores do not list MONITOR */
    uint8_t unstarted;    /* a bit each: the firmware lists it, and it does not run */
};

struct model {
    const char *name;
    bool amd;
    bool has_deadline, no_monitor;           /* CPUID.01H:ECX[24] set, [3] clear */
    uint32_t signature;                      /* CPUID.01H:EAX */
    uint32_t mwait_edx;                      /* CPUID.05H:EDX */
    uint32_t power_eax;                      /* CPUID.06H:EAX: ARAT, HWP */
    bool has_epb;                            /* CPUID.06H:ECX[3] */
    struct model_state states[MODEL_STATES]; /* the shallowest first; ends at exit_ns 0 */
    struct model_counter counters[MODEL_COUNTERS];
    struct model_register registers[MODEL_REGISTERS]; /* initial values; all others are #GP */
    uint8_t package_limit;                            /* what the limit in E2h means */
    bool prewake;                                     /* POWER_CTL[30] works here */
    uint32_t demote_below_ns;                         /* while E2h[26] is set, shorter sleeps end in C1 */
    uint32_t cc6_timer_ns;                            /* AMD: a core goes from CC1 to CC6 after that time */
    uint32_t package_entry_ns;                        /* all cores asleep so long before the package follows */
    uint32_t awake_mw;
    uint8_t energy_shift; /* RAPL: unit is 2^-n J; 0: no RAPL */
    uint8_t clock_shift;  /* MPERF and APERF count every 2^n-th clock */
};

extern const struct model MODELS[];
extern const unsigned MODEL_COUNT;

const struct model *model_find(const char *name);

/* The machine around the processor, and lies and accidents to plant. */
struct model_plan {
    struct model_shape shape;
    uint32_t demoted_hint;     /* a hint that always ends in C1; 0: none */
    bool counter_stands_still; /* residency counters are there, and never move */
    bool counter_zero;         /* the same, at zero */
    uint32_t counter_rate;     /* residency counters count so many times too fast; 0: right */
    bool limit_locked;         /* E2h[15] is set, and its low bits are held by #GP */
    bool limit_sticks;         /* E2h shows no lock, but its low bits stay as they are */
    uint8_t package_limit;     /* with one of the two: the limit held; 0: core states only */
    bool clock_sticks;         /* the core's clock is what it was, whatever the registers ask for */
    bool rapl_zero;            /* energy counters read 0 */
    bool rapl_still;           /* energy counters stand still */
    uint32_t rapl_gp_read;     /* that reading of one of them, from 1, is #GP */
    uint32_t rapl_late_read;   /* from that reading on they stand for 25 ms */
    uint32_t lag_naps;         /* residencies are published every 1 to n naps: n times too much in one nap */
    uint32_t fault_at_nap;     /* an exception in that nap, from 1 */
    uint32_t lose_nap;         /* that nap's wake never comes: the watchdog ends it */
    bool hypervisor;           /* CPUID.01H:ECX[31] */
    bool shared_registers;     /* all CPUs share CPU 0's registers; else each CPU has its own */
    uint32_t locked_cpu;       /* that CPU's E2h[26:25] cannot be written: #GP; 0: none */
    uint32_t jammed_cpu;       /* all writes on that CPU are #GP from the first nap on; 0: none */
    uint32_t deaf_cpu;         /* that CPU takes no work from the first nap on; 0: none */
    uint32_t single_cpu;       /* 1: there is no other CPU */
    bool vitals;               /* the engine reads and reports them around the step */
};

enum { MODEL_FAULT = 1, MODEL_WATCHDOG }; /* what longjmp() brings */

struct model_machine {
    const struct model *model;
    struct model_plan plan;
    struct machine machine;
    struct percpu cpus[MODEL_CPUS_MAX]; /* those that run */
    uint32_t all;                       /* CPUs, with those that do not run */
    struct cpu_place places[MODEL_CPUS_MAX];
    struct cpu_snapshot e_snapshot; /* what E-cores say of themselves */
    struct prng prng;
    uint64_t now_tsc;
    uint64_t awake_tsc; /* what MPERF counts */
    uint64_t aperf;
    uint64_t energy_pj;
    uint64_t published_pj; /* at the last full millisecond */
    uint64_t late_until_tsc;
    uint32_t energy_reads;
    uint64_t residency_tsc[MODEL_COUNTERS];
    uint64_t published_tsc[MODEL_COUNTERS];
    uint32_t publish_in; /* naps until the counters are published */
    struct model_register registers[MODEL_CPUS_MAX][MODEL_REGISTERS];
    bool others_sleep;             /* CPUs beside the sleeper sleep */
    struct nap_state others_state; /* in that */
    uint32_t running;              /* the CPU that the seams act on */
    uint32_t writes;               /* MSR writes that were taken */
    uint32_t naps;
    uint8_t was_core, was_package;  /* C-states of the last nap */
    uint64_t limit_tsc;             /* its own limit */
    enum tco_state tco;             /* the chipset's watchdog; the test sets it behind model_start() */
    uint32_t entered[MODEL_STATES]; /* naps in which the core was in each state: the truth */
    jmp_buf bad_end;
};

/* Makes `at` the machine behind the seams. */
void model_start(struct model_machine *at, const struct model *model, const struct model_plan *plan);

/* The machine behind the seams. */
struct model_machine *model_now(void);

/* Reads CPUID as the running CPU does, and places the CPUs by it. */
struct cpuid_regs model_cpuid(void *machine, uint32_t leaf, uint32_t subleaf);
void model_place_cpus(struct model_machine *at);

/* Time passes at that power. */
void model_pass(struct model_machine *at, uint64_t ticks_tsc, uint32_t power_mw);

/* Time passes awake. */
void model_work(uint64_t ticks_tsc);

/* A register as it stands, past all seams; the residency counters are not among them. CPU 0's, and any one's. */
uint64_t model_register(const struct model_machine *at, uint32_t msr);
uint64_t model_register_of(const struct model_machine *at, uint32_t cpu, uint32_t msr);

#endif /* LAB_TESTS_MACHINE_MODEL_H */
