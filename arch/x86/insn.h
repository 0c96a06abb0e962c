/* SPDX-License-Identifier: MIT */
/*
 * One wrapper per instruction, named as the mnemonic; named idioms where a compiler must not come between two of them.
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

/* A fault here is fatal; rdmsr_try() and wrmsr_try() in arch/x86/irq/fault.h survive it. */
static inline __attribute__((always_inline)) uint64_t rdmsr(uint32_t msr)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
    return ((uint64_t)high << 32) | low;
}

static inline __attribute__((always_inline)) void wrmsr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
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

static inline __attribute__((always_inline)) void cli(void)
{
    __asm__ volatile("cli" : : : "memory");
}

/* The next instruction still runs with interrupts held off (SDM volume 2, STI). */
static inline __attribute__((always_inline)) void sti(void)
{
    __asm__ volatile("sti" : : : "memory");
}

/*
 * Opens interrupts for at least one instruction boundary, then closes them: pending interrupts are taken here. IF must
 * be 0.
 */
static inline __attribute__((always_inline)) void sti_nop_cli(void)
{
    __asm__ volatile("sti\n\tnop\n\tcli" : : : "memory");
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

/*
 * while (no interrupt) wait; with no gap between opening interrupts and waiting. STI holds them off for one
 * instruction, so an interrupt that was pending is taken only once HLT has begun, and ends it. IF must be 0 before; it
 * is 1 after.
 */
static inline __attribute__((always_inline)) void sti_hlt(void)
{
    __asm__ volatile("sti\n1:\thlt\n2:\n\t" WAIT_RANGE("1b", "1b", "2b") : : : "memory");
}

/* Waits for NMI, SMI, INIT or reset only when IF is 0. */
static inline __attribute__((always_inline)) void hlt(void)
{
    __asm__ volatile("hlt" : : : "memory");
}

static inline __attribute__((always_inline)) uint8_t inb(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %w1, %b0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline __attribute__((always_inline)) uint16_t inw(uint16_t port)
{
    uint16_t value;
    __asm__ volatile("inw %w1, %w0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline __attribute__((always_inline)) uint32_t inl(uint16_t port)
{
    uint32_t value;
    __asm__ volatile("inl %w1, %k0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline __attribute__((always_inline)) void outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %b1, %w0" : : "Nd"(port), "a"(value) : "memory");
}

static inline __attribute__((always_inline)) void outw(uint16_t port, uint16_t value)
{
    __asm__ volatile("outw %w1, %w0" : : "Nd"(port), "a"(value) : "memory");
}

static inline __attribute__((always_inline)) void outl(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %k1, %w0" : : "Nd"(port), "a"(value) : "memory");
}

/* REP OUTSB: `count` bytes to one port. Under a hypervisor that is one exit; OUTs exit once each. */
static inline __attribute__((always_inline)) void outsb(uint16_t port, const void *from, uint64_t count)
{
    __asm__ volatile("rep outsb" : "+S"(from), "+c"(count) : "d"(port) : "memory");
}

static inline __attribute__((always_inline)) uint64_t read_cr0(void)
{
    uint64_t value;
    __asm__ volatile("movq %%cr0, %0" : "=r"(value) : : "memory");
    return value;
}

static inline __attribute__((always_inline)) void write_cr0(uint64_t value)
{
    __asm__ volatile("movq %0, %%cr0" : : "r"(value) : "memory");
}

static inline __attribute__((always_inline)) uint64_t read_cr2(void)
{
    uint64_t value;
    __asm__ volatile("movq %%cr2, %0" : "=r"(value) : : "memory");
    return value;
}

static inline __attribute__((always_inline)) uint64_t read_cr3(void)
{
    uint64_t value;
    __asm__ volatile("movq %%cr3, %0" : "=r"(value) : : "memory");
    return value;
}

static inline __attribute__((always_inline)) void write_cr3(uint64_t value)
{
    __asm__ volatile("movq %0, %%cr3" : : "r"(value) : "memory");
}

static inline __attribute__((always_inline)) uint64_t read_cr4(void)
{
    uint64_t value;
    __asm__ volatile("movq %%cr4, %0" : "=r"(value) : : "memory");
    return value;
}

static inline __attribute__((always_inline)) void write_cr4(uint64_t value)
{
    __asm__ volatile("movq %0, %%cr4" : : "r"(value) : "memory");
}

static inline __attribute__((always_inline)) void invlpg(const void *address)
{
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static inline __attribute__((always_inline)) void wbinvd(void)
{
    __asm__ volatile("wbinvd" : : : "memory");
}

static inline __attribute__((always_inline)) uint64_t read_rflags(void)
{
    uint64_t value;
    /* "=r", not "=rm": a stack-relative operand would move under the push. */
    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(value) : : "memory");
    return value;
}

/*
 * Arms the monitor on the line of `address`. The condition must be checked again after it, before the wait (SDM volume
 * 2, MONITOR).
 */
static inline __attribute__((always_inline)) void monitor(const void *address, uint32_t extensions, uint32_t hints)
{
    __asm__ volatile("monitor" : : "a"(address), "c"(extensions), "d"(hints) : "memory");
}

static inline __attribute__((always_inline)) void mwait(uint32_t hints, uint32_t extensions)
{
    __asm__ volatile("mwait" : : "a"(hints), "c"(extensions) : "memory");
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

/* Ten bytes: a 16-bit limit and a 64-bit base (SDM volume 2, LGDT/LIDT). */
struct descriptor_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

static inline __attribute__((always_inline)) void lgdt(const struct descriptor_pointer *pointer)
{
    __asm__ volatile("lgdt %0" : : "m"(*pointer) : "memory");
}

static inline __attribute__((always_inline)) void lidt(const struct descriptor_pointer *pointer)
{
    __asm__ volatile("lidt %0" : : "m"(*pointer) : "memory");
}

static inline __attribute__((always_inline)) void ltr(uint16_t selector)
{
    __asm__ volatile("ltr %w0" : : "r"(selector) : "memory");
}

/* #UD: a bug of ours that must not go on. */
static inline __attribute__((always_inline, noreturn)) void ud2(void)
{
    __asm__ volatile("ud2" : : : "memory");
    __builtin_unreachable();
}

#endif /* LAB_ARCH_INSN_H */
