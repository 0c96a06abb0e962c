// SPDX-License-Identifier: MIT
/*
 * Idle methods: one way to wait for a wake, each in a file of its own, each one timed window.
 *
 * A method stamps, waits, stamps. Nothing else stands between its two stamps: tests/check/windows.sh proves it on the disassembly, by
 * the labels window_<name>_before and window_<name>_after that each method puts behind its first and in front of its second RDTSC.
 * Called with interrupts off on the CPU that is to sleep; returns with interrupts off. A method does not judge why it returned.
 */
#ifndef LAB_ARCH_IDLE_IDLE_H
#define LAB_ARCH_IDLE_IDLE_H

#include <stdbool.h>
#include <stdint.h>

/* Everything a window reads or writes; touched beforehand, on a cache line of its own. */
struct idle_call {
    uint64_t before_tsc;     /* out: the last stamp before the wait */
    uint64_t after_tsc;      /* out: the first stamp after it */
    const uint64_t *counter; /* changes when the wake has been taken (percpu.wake_count) */
    uint64_t counter_was;    /* its value before */
    uint64_t argument;       /* the method's own: an MWAIT hint and the like */
} __attribute__((aligned(128)));

struct idle_method {
    const char *name; /* the word in scripts */
    const char *title;
    bool yields; /* a hypervisor may run something else meanwhile: steal time is then part of the wake, not a disturbance */
    void (*wait)(struct idle_call *call);
};

/* Makes the method known to scripts; put after its definition. The word and the method come in the same order (linker.ld). */
#define IDLE_METHOD(method)                                                                        \
    static const struct idle_method *const idle_entry_##method                                     \
        __attribute__((used, section(".lab.methods"))) = &(method);                                \
    static const char *const idle_word_##method                                                    \
        __attribute__((used, section(".lab.method_words"))) = #method

/* All methods, and their words with NULL at the end, in the same order. */
extern const struct idle_method *const __lab_methods_start[];
extern const struct idle_method *const __lab_methods_end[];
extern const char *const __lab_method_words[];

/*
 * The two halves of a window, as assembly text. The first keeps its stamp in R8 and R9, because the second one needs RAX and RDX: two
 * register moves are all that stands between it and the wait. LFENCE in front: nothing earlier is still on its way.
 */
#define WINDOW_OPEN(name)                                                                          \
    "lfence\n\t"                                                                                   \
    "rdtsc\n\t"                                                                                    \
    ".globl window_" name "_before\n"                                                              \
    "window_" name "_before:\n\t"                                                                  \
    "movl %%eax, %%r8d\n\t"                                                                        \
    "movl %%edx, %%r9d\n\t"
#define WINDOW_CLOSE(name)                                                                         \
    ".globl window_" name "_after\n"                                                               \
    "window_" name "_after:\n\t"                                                                   \
    "rdtsc\n\t"                                                                                    \
    "cli\n\t"                                                                                      \
    "shlq $32, %%rdx\n\t"                                                                          \
    "orq %%rdx, %%rax\n\t"                                                                         \
    "shlq $32, %%r9\n\t"                                                                           \
    "orq %%r9, %%r8\n\t"                                                                           \
    "movq %%rax, %[after]\n\t"                                                                     \
    "movq %%r8, %[before]"

#endif /* LAB_ARCH_IDLE_IDLE_H */
