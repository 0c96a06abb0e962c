/* SPDX-License-Identifier: MIT */
/*
 * One wrapper per instruction that every ring may run, named as the mnemonic; insn_privileged.h has the others.
 *
 * May be called anywhere unless a comment says otherwise. Every wrapper that orders, times, or touches the machine is
 * volatile and clobbers memory. Constraints and encodings: Intel SDM volume 2, AMD APM volume 3; the section is the
 * mnemonic's page. Ordering of time stamps belongs to arch/x86/time/tsc.h: experiments do not call rdtsc() themselves.
 */
#ifndef LAB_ARCH_INSN_H
#define LAB_ARCH_INSN_H

#include <stdbool.h>
#include <stdint.h>

struct cpuid_regs {
    uint32_t eax, ebx, ecx, edx;
};

/* Serialising; exits to the hypervisor under VMX and SVM. */
static inline __attribute__((always_inline)) struct cpuid_regs cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid_regs r;
    __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf) : "memory");
    return r;
}

static inline __attribute__((always_inline)) uint64_t rdtsc(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return ((uint64_t)high << 32) | low;
}

static inline __attribute__((always_inline)) void pause(void)
{
    __asm__ volatile("pause" : : : "memory");
}

static inline __attribute__((always_inline)) void lfence(void)
{
    __asm__ volatile("lfence" : : : "memory");
}

static inline __attribute__((always_inline)) void mfence(void)
{
    __asm__ volatile("mfence" : : : "memory");
}

/*
 * A stretch of code that ends in a wait: where an NMI finds RIP in it, first to last, its handler goes on at `resume`.
 * An NMI's IRET does not bring STI's shadow back (SDM volume 2, STI), so a wake that was pending would be taken before
 * the wait, which would sleep on. Modelled in tests/model/x86.pml, mutant NMI_IN_SHADOW. All addresses are below 4 GiB
 * (linker.ld).
 */
#define WAIT_RANGE(first, last, resume)                                                                                \
    ".pushsection .wait_table, \"a\"\n\t"                                                                              \
    ".balign 4\n\t"                                                                                                    \
    ".long " first ", " last ", " resume "\n\t"                                                                        \
    ".popsection\n\t"

static inline __attribute__((always_inline)) uint64_t read_rflags(void)
{
    uint64_t value;
    /* "=r", not "=rm": a stack-relative operand would move under the push. */
    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(value) : : "memory");
    return value;
}

/* AMD APM volume 3, MONITORX and MWAITX; timeout counts at the TSC's rate where extensions bit 1 is set. */
static inline __attribute__((always_inline)) void monitorx(const void *address, uint32_t extensions, uint32_t hints)
{
    __asm__ volatile("monitorx" : : "a"(address), "c"(extensions), "d"(hints) : "memory");
}

static inline __attribute__((always_inline)) void mwaitx(uint32_t hints, uint32_t extensions, uint32_t timeout_tsc)
{
    __asm__ volatile("mwaitx" : : "a"(hints), "c"(extensions), "b"(timeout_tsc) : "memory");
}

/*
 * WAITPKG, encoded by hand: not every assembler has it enabled. SDM volume 2, UMONITOR, UMWAIT, TPAUSE. Operand RAX,
 * then EDI.
 */
static inline __attribute__((always_inline)) void umonitor(const void *address)
{
    __asm__ volatile(".byte 0xf3, 0x0f, 0xae, 0xf0" : : "a"(address) : "memory");
}

/* state 0 asks for C0.2, 1 for C0.1. True (CF): the limit of IA32_UMWAIT_CONTROL ended it. */
static inline __attribute__((always_inline)) bool umwait(uint32_t state, uint64_t deadline_tsc)
{
    bool limited;
    __asm__ volatile(".byte 0xf2, 0x0f, 0xae, 0xf7"
                     : "=@ccc"(limited)
                     : "D"(state), "a"((uint32_t)deadline_tsc), "d"((uint32_t)(deadline_tsc >> 32))
                     : "memory");
    return limited;
}

static inline __attribute__((always_inline)) bool tpause(uint32_t state, uint64_t deadline_tsc)
{
    bool limited;
    __asm__ volatile(".byte 0x66, 0x0f, 0xae, 0xf7"
                     : "=@ccc"(limited)
                     : "D"(state), "a"((uint32_t)deadline_tsc), "d"((uint32_t)(deadline_tsc >> 32))
                     : "memory");
    return limited;
}

static inline __attribute__((always_inline)) void clflush(const void *address)
{
    __asm__ volatile("clflush %0" : : "m"(*(const char *)address) : "memory");
}

/* #UD: a bug of ours that must not go on. */
static inline __attribute__((always_inline, noreturn)) void ud2(void)
{
    __asm__ volatile("ud2" : : : "memory");
    __builtin_unreachable();
}

#endif /* LAB_ARCH_INSN_H */
