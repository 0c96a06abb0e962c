/* SPDX-License-Identifier: MIT */
/*
 * Idle methods: one way to wait for a wake, each in a file of its own, each one timed window.
 *
 * A method arms what it needs, looks at the watched word once more, stamps, waits, stamps. Nothing else stands between
 * its two stamps: tests/check/windows.sh proves it on the disassembly, by the labels window_<name>_before and
 * window_<name>_after that each window puts behind its first and in front of its second RDTSC. Called with interrupts
 * off on the CPU that is to sleep; returns with interrupts off. A method does not judge why it returned. The order arm,
 * look again, wait is modelled in tests/model.
 */
#ifndef LAB_ARCH_IDLE_IDLE_H
#define LAB_ARCH_IDLE_IDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/cpuid_regs.h"
#include "arch/x86/insn_privileged.h"

struct cpu_snapshot;
struct msr_saves;

/* Everything a window reads or writes; touched beforehand, on a cache line of its own. */
struct idle_call {
    uint64_t before_tsc;   /* out: the last stamp before the wait */
    uint64_t after_tsc;    /* out: the first stamp after it */
    const uint64_t *watch; /* the word that changes when the wake has come; methods with a monitor arm it */
    uint64_t watch_was;    /* its value before */
    uint64_t limit_tsc;    /* UMWAIT, TPAUSE: absolute; MWAITX: 0 = no timer, else relative, at most 2^32 - 1 */
    uint32_t argument;     /* the method's own: an MWAIT hint, a C0.x state, an I/O port */
    uint8_t limited;       /* out: CF, the limit of IA32_UMWAIT_CONTROL ended it */
    bool flush_line;       /* erratum: CLFLUSH before MONITOR */
} __attribute__((aligned(128)));

/* What can end a wait, besides NMI and SMI. */
enum idle_ends {
    IDLE_ENDS_INTERRUPT = 1 << 0, /* with interrupts on */
    IDLE_ENDS_MASKED = 1 << 1,    /* an interrupt that stays pending, with interrupts off */
    IDLE_ENDS_STORE = 1 << 2,     /* another CPU's store to the watched word */
    IDLE_ENDS_DEADLINE = 1 << 3,  /* its own time limit */
    IDLE_ENDS_FUTEX = 1 << 4,     /* inside Linux: a store to the watched word with FUTEX_WAKE behind it */
    IDLE_ENDS_EVENTFD = 1 << 5,   /* inside Linux: a store to the watched word, and a write to the CPU's eventfd */
};

/* Inside an operating system: what the method itself does with the thread's CPU. */
enum idle_leaves {
    IDLE_KEEPS,  /* nothing: who takes it was not asked */
    IDLE_SLEEPS, /* gives it up until something wakes the thread */
    IDLE_YIELDS, /* offers it to others, and stays ready to run */
};

struct idle_method {
    const char *name;                            /* the word in scripts, without its argument */
    struct cpuid_field need;                     /* the CPUID bit without which it must not run; leaf 0: none */
    struct cpuid_field need_masked;              /* the same, besides `need`, for wait_masked */
    uint32_t ends;                               /* enum idle_ends */
    bool relative_limit;                         /* limit_tsc counts from the stamp before */
    bool privileged;                             /* needs ring 0 */
    uint8_t leaves;                              /* enum idle_leaves */
    void (*wait)(struct idle_call *call);        /* opens interrupts for the wait */
    void (*wait_masked)(struct idle_call *call); /* keeps them off; NULL: makes no sense */
    /* The same windows with an LFENCE behind the wait, for the floor; NULL where the window itself is. */
    void (*wait_fenced)(struct idle_call *call);
    void (*wait_masked_fenced)(struct idle_call *call);
    /* Returns NULL, or why this processor cannot use the method with that argument. Pure. The pointer may be NULL. */
    const char *(*check)(const struct cpu_snapshot *snapshot, uint32_t argument);
    /*
     * The core's C-state that it asks for, as counters count it, or CSTATE_UNKNOWN. Not in a window: it may read the
     * registers of the CPU it runs on (AMD's ports, the same on all). NULL: C1 at most.
     */
    uint8_t (*core_state)(const struct cpu_snapshot *snapshot, uint32_t argument);
    /*
     * Sets this CPU's registers for the method, by way of the list; cap_tsc is the longest wait wanted, 0 = no limit.
     * May be NULL.
     */
    void (*begin)(struct msr_saves *saves, uint64_t cap_tsc);
    /* False: the instruction is there, but does nothing (emulators swallow it). Under a fault guard. May be NULL. */
    bool (*believe)(void);
};

/*
 * Makes the method known to scripts; put after its definition. The word and the method come in the same order
 * (linker.ld). `word` has the argument's form after a colon, in brackets where it may be left out: the smallest and the
 * largest number (`ioport:1..0xffff`), or words (`umwait:c01|c02`). The plan refuses any other.
 */
#define IDLE_METHOD(method, word)                                                                                      \
    static const struct idle_method *const idle_entry_##method __attribute__((used, section(".lab.methods"))) =        \
        &(method);                                                                                                     \
    static const char *const idle_word_##method __attribute__((used, section(".lab.method_words"))) = word

/* All methods, and their words with NULL at the end, in the same order. */
extern const struct idle_method *const __lab_methods_start[];
extern const struct idle_method *const __lab_methods_end[];
extern const char *const __lab_method_words[];

/* A method by its word without the argument; NULL: there is none. */
const struct idle_method *idle_find(const char *name);

/* NULL, or why a processor cannot use the method with that argument: its CPUID bit, its own check. Pure. */
const char *idle_refuse(const struct idle_method *method, uint32_t argument, const struct cpu_snapshot *snapshot);

/* The core's C-state that the method asks for; 1: C1 or none; CSTATE_UNKNOWN: not known, perhaps a deep one. */
static inline uint8_t idle_core_state(const struct idle_method *method, uint32_t argument,
                                      const struct cpu_snapshot *snapshot)
{
    return method->core_state ? method->core_state(snapshot, argument) : 1;
}

/* True where the watched word has changed already: there is nothing to wait for. */
static inline __attribute__((always_inline)) bool idle_is_over(const struct idle_call *call)
{
    return __atomic_load_n(call->watch, __ATOMIC_ACQUIRE) != call->watch_was;
}

/* The wake came before the wait: both stamps are now, and the sample will be counted as early. */
static inline void idle_skip(struct idle_call *call)
{
    call->before_tsc = rdtsc();
    call->after_tsc = call->before_tsc;
}

/*
 * The two halves of a window, as assembly text. The first keeps its stamp in R8 and R9, because the second one needs
 * RAX and RDX: only two register moves stand between it and the wait. LFENCE before it completes all earlier
 * instructions.
 */
#define WINDOW_OPEN(name)                                                                                              \
    "lfence\n\t"                                                                                                       \
    "rdtsc\n\t"                                                                                                        \
    ".globl window_" name "_before\n"                                                                                  \
    "window_" name "_before:\n\t"                                                                                      \
    "movl %%eax, %%r8d\n\t"                                                                                            \
    "movl %%edx, %%r9d\n\t"
/*
 * The same where the wait is one instruction: the last look at the watched word comes first, and WINDOW_WAIT stands in
 * front of the wait. An NMI in between, or behind STI, could be the wake, or let one in before the wait: its handler
 * goes on behind the second stamp, as the look does (insn.h, WAIT_RANGE; modelled in tests/model/monitor.pml,
 * NMI_BEHIND_LOOK). Both stamps are then the same. Interrupts may be on there: WINDOW_TAIL closes them.
 */
#define WINDOW_OPEN_LOOK(name)                                                                                         \
    "91:\n\t"                                                                                                          \
    "cmpq %[was], (%[watch])\n\t"                                                                                      \
    "jne 93f\n\t" WINDOW_OPEN(name) ".pushsection .text.idle_skip, \"ax\"\n"                                           \
                                    "93:\n\t"                                                                          \
                                    "rdtsc\n\t"                                                                        \
                                    "movl %%eax, %%r8d\n\t"                                                            \
                                    "movl %%edx, %%r9d\n\t"                                                            \
                                    "jmp 94f\n\t"                                                                      \
                                    ".popsection\n\t" WAIT_RANGE("91b", "92f", "93b")
#define WINDOW_WAIT              "92:\n\t"
#define WINDOW_LOOK_INPUTS(call) [watch] "r"((call)->watch), [was] "r"((call)->watch_was)

/*
 * RDTSC may be executed ahead of what stands in front of it (SDM volume 2, RDTSC), so a second window of each kind ends
 * behind this: it shows what the wait's end hides from the stamp.
 */
#define WINDOW_FENCE "lfence\n\t"

#define WINDOW_TAIL                                                                                                    \
    "94:\n\t" INSN_CLI "shlq $32, %%rdx\n\t"                                                                           \
    "orq %%rdx, %%rax\n\t"                                                                                             \
    "shlq $32, %%r9\n\t"                                                                                               \
    "orq %%r9, %%r8\n\t"                                                                                               \
    "movq %%rax, %[after]\n\t"                                                                                         \
    "movq %%r8, %[before]"
#define WINDOW_CLOSE(name)                                                                                             \
    ".globl window_" name "_after\n"                                                                                   \
    "window_" name "_after:\n\t"                                                                                       \
    "rdtsc\n\t" WINDOW_TAIL
/* RDTSC does not change the flags: CF is still the wait's. */
#define WINDOW_CLOSE_CF(name)                                                                                          \
    ".globl window_" name "_after\n"                                                                                   \
    "window_" name "_after:\n\t"                                                                                       \
    "rdtsc\n\t"                                                                                                        \
    "setc %[limited]\n\t" WINDOW_TAIL
#define WINDOW_OUTPUTS(call) [before] "=m"((call)->before_tsc), [after] "=m"((call)->after_tsc)
#define WINDOW_CLOBBERS      "rax", "rdx", "r8", "r9", "cc", "memory"

#endif /* LAB_ARCH_IDLE_IDLE_H */
