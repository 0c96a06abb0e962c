/* SPDX-License-Identifier: MIT */
/*
 * The window of a wait that is a system call. Between the stamps stand the moves of its number and of its third
 * argument, which RDTSC overwrites, and SYSCALL; R8 and R9 keep the first stamp, so there are four arguments at most.
 * The kernel preserves all registers but RAX, RCX and R11 (System V ABI, AMD64, A.2.1).
 */
#ifndef LAB_ARCH_LINUX_IDLE_WINDOW_H
#define LAB_ARCH_LINUX_IDLE_WINDOW_H

#include "arch/linux/system.h"
#include "arch/x86/idle/idle.h"

/* Once; and again until the watched word has changed. */
#define SYSTEM_WAIT                                                                                                    \
    "90:\n\t"                                                                                                          \
    "movl %[number], %%eax\n\t"                                                                                        \
    "movq %[third], %%rdx\n\t" WINDOW_WAIT "syscall\n\t"
#define SYSTEM_WAIT_UNTIL                                                                                              \
    SYSTEM_WAIT "cmpq %[was], (%[watch])\n\t"                                                                          \
                "je 90b\n\t"

#define SYSTEM_CALL(number_, first_, second_, third_)                                                                  \
    [number] "r"(number_), "D"(first_), "S"(second_), [third] "r"((uint64_t)(uintptr_t)(third_))
#define SYSTEM_CLOBBERS WINDOW_CLOBBERS, "rcx", "r11", "r10"

/*
 * The two functions of a method: its window, and its twin with an LFENCE. `open` is WINDOW_OPEN where the call itself
 * looks at the watched word or waits for something that stays, else WINDOW_OPEN_LOOK. `before` is a statement in front
 * of it. R10, the fourth argument, is zeroed before the first stamp.
 */
#define SYSTEM_METHOD(name, open, before, wait_text, ...)                                                              \
    static __attribute__((noinline)) void name##_wait(struct idle_call *call)                                          \
    {                                                                                                                  \
        before;                                                                                                        \
        __asm__ volatile("xorl %%r10d, %%r10d\n\t" open(#name) wait_text WINDOW_CLOSE(#name)                           \
                         : WINDOW_OUTPUTS(call)                                                                        \
                         : WINDOW_LOOK_INPUTS(call), SYSTEM_CALL(__VA_ARGS__)                                          \
                         : SYSTEM_CLOBBERS);                                                                           \
    }                                                                                                                  \
    static __attribute__((noinline)) void name##_wait_fenced(struct idle_call *call)                                   \
    {                                                                                                                  \
        before;                                                                                                        \
        __asm__ volatile("xorl %%r10d, %%r10d\n\t" open(#name "_fenced")                                               \
                             wait_text WINDOW_FENCE WINDOW_CLOSE(#name "_fenced")                                      \
                         : WINDOW_OUTPUTS(call)                                                                        \
                         : WINDOW_LOOK_INPUTS(call), SYSTEM_CALL(__VA_ARGS__)                                          \
                         : SYSTEM_CLOBBERS);                                                                           \
    }

#endif /* LAB_ARCH_LINUX_IDLE_WINDOW_H */
