// SPDX-License-Identifier: MIT
#include "arch/x86/idle/waitpkg.h"

#include "arch/x86/cpu/msr_save.h"
#include "arch/x86/insn.h"
#include "arch/x86/irq/fault.h"

#define MSR_IA32_UMWAIT_CONTROL   0xE1
#define UMWAIT_CONTROL_LIMIT_MASK UINT64_C(0xfffffffc)

enum {
    PROOF_TSC = 20000,
    PROOF_TRIES = 3, /* an interrupt of the host may end one early */
};

void waitpkg_begin(struct msr_saves *saves, uint64_t cap_tsc)
{
    msr_change(saves, MSR_IA32_UMWAIT_CONTROL, cap_tsc & UMWAIT_CONTROL_LIMIT_MASK);
}

/* tpause edi, encoded by hand, C0.1; 0 or the code of its fault. */
static uint64_t tpause_try(uint64_t deadline_tsc, bool *limited)
{
    register uint64_t code __asm__("r11") = 0;

    __asm__ volatile("1: .byte 0x66, 0x0f, 0xae, 0xf7\n" FAULT_RESUME
                     : "+r"(code), "=@ccc"(*limited)
                     : "D"(waitpkg_operand(0)), "a"((uint32_t)deadline_tsc),
                       "d"((uint32_t)(deadline_tsc >> 32))
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

bool waitpkg_believe(void)
{
    for (unsigned i = 0; i < PROOF_TRIES; i++) {
        uint64_t deadline_tsc = rdtsc() + PROOF_TSC;

        if (tpause(waitpkg_operand(0), deadline_tsc) || rdtsc() >= deadline_tsc)
            return true;
    }
    return false;
}
