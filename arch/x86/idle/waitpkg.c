// SPDX-License-Identifier: MIT
#include "arch/x86/idle/waitpkg.h"

#include "arch/x86/cpu/msr_save.h"
#include "arch/x86/insn.h"

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

bool waitpkg_believe(void)
{
    for (unsigned i = 0; i < PROOF_TRIES; i++) {
        uint64_t deadline_tsc = rdtsc() + PROOF_TSC;

        tpause(waitpkg_operand(0), deadline_tsc);
        if (rdtsc() >= deadline_tsc)
            return true;
    }
    return false;
}
