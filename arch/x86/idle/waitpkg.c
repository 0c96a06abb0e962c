/* SPDX-License-Identifier: MIT */
#include "arch/x86/idle/waitpkg.h"

#include "arch/x86/cpu/msr_save.h"
#include "arch/x86/power/power_msr_regs.h"
#include "arch/x86/insn.h"
#include "arch/x86/irq/fault.h"
#include "arch/x86/irq/vectors_regs.h"
#include "lib/fmt.h"

#define UMWAIT_CONTROL_LIMIT_MASK UINT64_C(0xfffffffc)

enum {
    PROOF_TSC = 20000,
    PROOF_TRIES = 3, /* an interrupt of the host may end one early */
};

uint64_t waitpkg_cap(uint64_t ticks_tsc)
{
    return ticks_tsc > UMWAIT_CONTROL_LIMIT_MASK ? UMWAIT_CONTROL_LIMIT_MASK : ticks_tsc & UMWAIT_CONTROL_LIMIT_MASK;
}

void waitpkg_begin(struct msr_saves *saves, uint64_t cap_tsc)
{
    msr_change(saves, MSR_IA32_UMWAIT_CONTROL, waitpkg_cap(cap_tsc));
}

bool waitpkg_limit(uint64_t *limit_tsc)
{
    bool readable = !rdmsr_try(MSR_IA32_UMWAIT_CONTROL, limit_tsc).valid;

    *limit_tsc &= UMWAIT_CONTROL_LIMIT_MASK;
    return readable;
}

/*
 * tpause edi, encoded by hand, C0.1. Returns 0 or the code of its fault. CF is clear before: an instruction run as a
 * no-op leaves it clear, a limit sets it.
 */
static uint64_t tpause_try(uint64_t deadline_tsc, bool *limited)
{
    register uint64_t code __asm__("r11") = 0;

    __asm__ volatile("clc\n1: .byte 0x66, 0x0f, 0xae, 0xf7\n" FAULT_RESUME
                     : "+r"(code), "=@ccc"(*limited)
                     : "D"(waitpkg_operand(0)), "a"((uint32_t)deadline_tsc), "d"((uint32_t)(deadline_tsc >> 32))
                     : "memory");
    return code;
}

struct waitpkg_proof waitpkg_prove(void)
{
    struct waitpkg_proof proof = {.asked_tsc = PROOF_TSC};

    for (unsigned i = 0; i < PROOF_TRIES && proof.is != WAITPKG_REAL; i++) {
        uint64_t start_tsc = rdtsc();
        struct fault fault = fault_from_code(tpause_try(start_tsc + PROOF_TSC, &proof.limited));

        proof.slept_tsc = rdtsc() - start_tsc;
        proof.is = WAITPKG_SWALLOWED;
        if (fault.valid) {
            proof.is = WAITPKG_FAULTS;
            proof.vector = fault.vector;
            return proof;
        }
        if (proof.slept_tsc >= PROOF_TSC || proof.limited)
            proof.is = WAITPKG_REAL;
    }
    return proof;
}

void waitpkg_describe(const struct waitpkg_proof *proof, char *text, size_t bytes)
{
    if (proof->is == WAITPKG_NOT_TRIED)
        fmt(text, bytes, "absent: CPUID does not list it; not tried");
    else if (proof->is == WAITPKG_FAULTS)
        fmt(text, bytes, "%s: TPAUSE raises exception %u", proof->vector == VECTOR_UD ? "#UD" : "faults",
            proof->vector);
    else
        fmt(text, bytes, "%s: TPAUSE for %lu ticks took %lu%s", proof->is == WAITPKG_REAL ? "real" : "swallowed",
            proof->asked_tsc, proof->slept_tsc, proof->limited ? ", ended by a limit (CF)" : "");
}

bool waitpkg_believe(void)
{
    return waitpkg_prove().is == WAITPKG_REAL;
}
