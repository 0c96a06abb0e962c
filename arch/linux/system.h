/* SPDX-License-Identifier: MIT */
/* System calls without the C library: a guarded call may end in the middle of one. */
#ifndef LAB_ARCH_LINUX_SYSTEM_H
#define LAB_ARCH_LINUX_SYSTEM_H

#include <asm/unistd_64.h>
#include <linux/futex.h>
#include <stdint.h>

/* Of up to four arguments; the kernel's answer: below 0 an error number. */
static inline int64_t system_call(int64_t number, int64_t a, int64_t b, int64_t c, int64_t d)
{
    register int64_t fourth __asm__("r10") = d;
    int64_t answer;

    __asm__ volatile("syscall"
                     : "=a"(answer)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                     : "rcx", "r11", "memory");
    return answer;
}

/* Sleeps while the low half of *word is `was`; a signal ends it too. */
static inline void system_futex_wait(const uint64_t *word, uint32_t was)
{
    (void)system_call(__NR_futex, (int64_t)(uintptr_t)word, FUTEX_WAIT_PRIVATE, was, 0);
}

static inline void system_futex_wake(const uint64_t *word)
{
    (void)system_call(__NR_futex, (int64_t)(uintptr_t)word, FUTEX_WAKE_PRIVATE, 1, 0);
}

#endif /* LAB_ARCH_LINUX_SYSTEM_H */
