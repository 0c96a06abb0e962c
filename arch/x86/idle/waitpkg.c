/* SPDX-License-Identifier: MIT */
#include "arch/x86/idle/waitpkg.h"

#include "arch/x86/cpu/msr.h"
#include "arch/x86/cpu/msr_save.h"
#include "arch/x86/power/power_msr_regs.h"
#include "arch/x86/insn.h"
#include "arch/x86/insn_privileged.h"
#include "arch/x86/irq/fault.h"
#include "arch/x86/irq/vectors_regs.h"
#include "lib/fmt.h"

enum { PROVE_ROUNDS = 4 };

#define UMWAIT_CONTROL_LIMIT_MASK UINT64_C(0xfffffffc)

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
    bool readable = msr_read(MSR_IA32_UMWAIT_CONTROL, limit_tsc);

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

/* One try; 0 ticks ahead: the deadline has passed. Returns the code of its fault, or 0. */
static uint64_t time_tpause(uint64_t ahead_tsc, int64_t *slept_tsc, bool *limited)
{
    uint64_t start_tsc = rdtsc(), code = tpause_try(ahead_tsc ? start_tsc + ahead_tsc : 0, limited);

    *slept_tsc = (int64_t)(rdtsc() - start_tsc);
    return code;
}

/*
 * Five tries. Before each one what is pending is taken, for an interrupt that IF holds off ends TPAUSE at once (SDM
 * volume 2, TPAUSE). IF is 0.
 */
static struct waitpkg_proof prove_once(void)
{
    struct waitpkg_proof proof = {0};
    int64_t slept_tsc[WAITPKG_TRIES], past_tsc[WAITPKG_TRIES], least_tsc = INT64_MAX;
    unsigned limited = 0;
    bool cut;

    for (unsigned i = 0; i < WAITPKG_TRIES; i++) {
        struct fault fault = fault_from_code(time_tpause(0, &past_tsc[i], &cut));

        if (fault.valid) {
            proof.is = WAITPKG_FAULTS;
            proof.confidence = CONFIDENCE_HIGH;
            proof.vector = fault.vector;
            return proof;
        }
        least_tsc = past_tsc[i] < least_tsc ? past_tsc[i] : least_tsc;
    }
    proof.asked_tsc = waitpkg_ask(least_tsc);
    for (unsigned i = 0; i < WAITPKG_TRIES; i++) {
        sti_nop_cli();
        (void)time_tpause(proof.asked_tsc, &slept_tsc[i], &cut);
        limited += cut;
    }
    waitpkg_judge(&proof, slept_tsc, past_tsc, limited);
    return proof;
}

/* A host's interrupts may end some of five waits, and hardly those of each round. */
struct waitpkg_proof waitpkg_prove(void)
{
    struct waitpkg_proof proof = prove_once();

    for (unsigned i = 1; i < PROVE_ROUNDS && proof.is == WAITPKG_UNCLEAR; i++)
        proof = prove_once();
    return proof;
}

void waitpkg_describe(const struct waitpkg_proof *proof, char *text, size_t bytes)
{
    static const char *const words[] = {
        [WAITPKG_REAL] = "real", [WAITPKG_SWALLOWED] = "swallowed", [WAITPKG_UNCLEAR] = "unclear"};

    if (proof->is == WAITPKG_NOT_TRIED)
        fmt(text, bytes, "absent: CPUID does not list it; not tried");
    else if (proof->is == WAITPKG_FAULTS)
        fmt(text, bytes, "%s: TPAUSE raises exception %u", proof->vector == VECTOR_UD ? "#UD" : "faults",
            proof->vector);
    else
        fmt(text, bytes, "%s: TPAUSE for %lu ticks took %ld%s, for none %ld (medians)", words[proof->is],
            proof->asked_tsc, proof->slept_tsc, proof->limited ? ", ended by a limit (CF)" : "", proof->past_tsc);
}

bool waitpkg_believe(void)
{
    return waitpkg_prove().is == WAITPKG_REAL;
}
