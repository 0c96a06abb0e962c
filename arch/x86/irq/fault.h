/* SPDX-License-Identifier: MIT */
/*
 * Faults as values, and recovery from unexpected ones.
 *
 * An instruction that may fault is given an entry in the exception table; the handler then resumes behind it with the
 * vector and the error code in a register. Any other exception inside fault_guard_run() ends that call with a record of
 * what happened; outside of it the exception is fatal. Callable on any CPU once its IDT is loaded.
 */
#ifndef LAB_ARCH_IRQ_FAULT_H
#define LAB_ARCH_IRQ_FAULT_H

#include <stdbool.h>
#include <stdint.h>

/* Vector 0 (#DE) is a real value, so a separate member says that a fault happened. */
struct fault {
    bool valid;
    uint8_t vector;
    uint32_t error;
};

/* What a resumed instruction finds in R11: bit 63 set, the vector in bits 39:32, the error code in bits 31:0. */
#define FAULT_CODE_VALID (UINT64_C(1) << 63)

static inline struct fault fault_from_code(uint64_t code)
{
    struct fault f = {
        .valid = (code & FAULT_CODE_VALID) != 0, .vector = (uint8_t)(code >> 32), .error = (uint32_t)code};
    return f;
}

/* Puts the instruction before it, at local label 1, into the exception table; execution goes on at local label 2. */
#define FAULT_RESUME                                                                                                   \
    "2:\n\t"                                                                                                           \
    ".pushsection .ex_table, \"a\"\n\t"                                                                                \
    ".balign 4\n\t"                                                                                                    \
    ".long 1b, 2b\n\t"                                                                                                 \
    ".popsection"

/* Reads an MSR. On a fault *value is 0. Source: SDM volume 2, RDMSR (#GP for a reserved or unimplemented address). */
static inline struct fault rdmsr_try(uint32_t msr, uint64_t *value)
{
    register uint64_t code __asm__("r11") = 0;
    uint32_t low = 0, high = 0;
    struct fault f;

    __asm__ volatile("1: rdmsr\n" FAULT_RESUME : "+a"(low), "+d"(high), "+r"(code) : "c"(msr) : "memory");
    f = fault_from_code(code);
    *value = f.valid ? 0 : ((uint64_t)high << 32) | low;
    return f;
}

/* Writes an MSR. Source: SDM volume 2, WRMSR. */
static inline struct fault wrmsr_try(uint32_t msr, uint64_t value)
{
    register uint64_t code __asm__("r11") = 0;
    __asm__ volatile("1: wrmsr\n" FAULT_RESUME
                     : "+r"(code)
                     : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
    return fault_from_code(code);
}

/* The registers as the vector stubs leave them on the stack (arch/x86/irq/vectors.S). */
struct irq_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rdi, rsi, rbp, rbx, rcx;
    uint64_t tsc; /* taken in the stub's first instructions */
    uint64_t rdx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};
_Static_assert(sizeof(struct irq_frame) == 23 * 8, "vectors.S pushes 23 words");

/* Why a guarded call ended. */
enum guard_end {
    GUARD_DONE,     /* the function returned */
    GUARD_FAULT,    /* an unexpected exception */
    GUARD_WATCHDOG, /* the watchdog fired, or another CPU ended the call */
};

/* The first unexpected exception of a guarded call, with the registers it found. */
struct fault_report {
    uint32_t cpu;
    uint64_t cr2;
    struct irq_frame frame;
};

/*
 * Runs fn(argument) on this CPU's current stack and comes back whatever happens: when it returns, at an unexpected
 * exception, or when fault_guard_abort() is called for this CPU from its NMI handler. Interrupts are off afterwards.
 * Calls nest; the innermost ends.
 */
enum guard_end fault_guard_run(void (*fn)(void *argument), void *argument, struct fault_report *report);

/* Makes the interrupted code skip a wait that has not begun (insn.h, WAIT_RANGE). NMI context. */
void fault_leave_wait(struct irq_frame *frame);

/*
 * Makes the interrupted code on this CPU end its innermost guarded call with GUARD_WATCHDOG. NMI context. False: none
 * is active.
 */
bool fault_guard_abort(struct irq_frame *frame);

/* Called by the vector stubs for vectors 0 to 31 except NMI. */
void fault_handle(struct irq_frame *frame);

#endif /* LAB_ARCH_IRQ_FAULT_H */
