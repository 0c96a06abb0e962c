/* SPDX-License-Identifier: MIT */
/*
 * The instructions of ring 0, one wrapper each; named idioms where a compiler must not come between two of them.
 *
 * As insn.h, but in ring 3 each of them is #GP or #UD: inside Linux (arch/linux) that ends the guarded call that ran
 * it. The three that open and close interrupts are nothing there: a signal, which stands for an interrupt, may come at
 * any time.
 */
#ifndef LAB_ARCH_INSN_PRIVILEGED_H
#define LAB_ARCH_INSN_PRIVILEGED_H

#include <stdint.h>

#include "arch/x86/insn.h"

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

/* What opens and closes interrupts, as assembly text. */
#ifdef LAB_RING3
#define INSN_STI ""
#define INSN_CLI ""
#define INSN_NOP ""
#else
#define INSN_STI "sti\n\t"
#define INSN_CLI "cli\n\t"
#define INSN_NOP "nop\n\t"
#endif

static inline __attribute__((always_inline)) void cli(void)
{
    __asm__ volatile(INSN_CLI : : : "memory");
}

/* The next instruction still runs with interrupts held off (SDM volume 2, STI). */
static inline __attribute__((always_inline)) void sti(void)
{
    __asm__ volatile(INSN_STI : : : "memory");
}

/*
 * Opens interrupts for at least one instruction boundary, then closes them: pending interrupts are taken here. IF must
 * be 0.
 */
static inline __attribute__((always_inline)) void sti_nop_cli(void)
{
    __asm__ volatile(INSN_STI INSN_NOP INSN_CLI : : : "memory");
}

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

#ifdef LAB_RING3
uint64_t read_cr2(void); /* the kernel gives the address with its signal */
#else
static inline __attribute__((always_inline)) uint64_t read_cr2(void)
{
    uint64_t value;
    __asm__ volatile("movq %%cr2, %0" : "=r"(value) : : "memory");
    return value;
}
#endif

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

#endif /* LAB_ARCH_INSN_PRIVILEGED_H */
