/* SPDX-License-Identifier: MIT */
/* TPAUSE: C0.1 or C0.2 until the deadline or an interrupt; nothing is monitored. SDM volume 2, TPAUSE. */
#include "arch/x86/idle/idle.h"
#include "arch/x86/idle/waitpkg.h"

/* tpause edi, encoded by hand: not every assembler has it enabled. */
#define INSN ".byte 0x66, 0x0f, 0xae, 0xf7\n\t"
/* The stamp needs EDX:EAX, so the deadline goes there after it; nothing from the wait to SETC changes CF. */
#define WAIT(name, open, fence)                                                                                        \
    WINDOW_OPEN_LOOK(name)                                                                                             \
    "movl %[low], %%eax\n\t"                                                                                           \
    "movl %[high], %%edx\n\t" open WINDOW_WAIT INSN fence                                                              \
    WINDOW_CLOSE_CF(name)

static __attribute__((noinline)) void tpause_wait(struct idle_call *call)
{
    __asm__ volatile(WAIT("tpause", INSN_STI, "")
                     : WINDOW_OUTPUTS(call), [limited] "=m"(call->limited)
                     : WINDOW_LOOK_INPUTS(call), "D"(waitpkg_operand(call->argument)),
                       [low] "r"((uint32_t)call->limit_tsc), [high] "r"((uint32_t)(call->limit_tsc >> 32))
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void tpause_wait_fenced(struct idle_call *call)
{
    __asm__ volatile(WAIT("tpause_fenced", INSN_STI, WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call), [limited] "=m"(call->limited)
                     : WINDOW_LOOK_INPUTS(call), "D"(waitpkg_operand(call->argument)),
                       [low] "r"((uint32_t)call->limit_tsc), [high] "r"((uint32_t)(call->limit_tsc >> 32))
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void tpause_wait_masked(struct idle_call *call)
{
    __asm__ volatile(WAIT("tpause_masked", "", "")
                     : WINDOW_OUTPUTS(call), [limited] "=m"(call->limited)
                     : WINDOW_LOOK_INPUTS(call), "D"(waitpkg_operand(call->argument)),
                       [low] "r"((uint32_t)call->limit_tsc), [high] "r"((uint32_t)(call->limit_tsc >> 32))
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void tpause_wait_masked_fenced(struct idle_call *call)
{
    __asm__ volatile(WAIT("tpause_masked_fenced", "", WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call), [limited] "=m"(call->limited)
                     : WINDOW_LOOK_INPUTS(call), "D"(waitpkg_operand(call->argument)),
                       [low] "r"((uint32_t)call->limit_tsc), [high] "r"((uint32_t)(call->limit_tsc >> 32))
                     : WINDOW_CLOBBERS);
}

static const struct idle_method tpause_method = {
    .name = "tpause",
    .need = CPUID_FEATURE(0x00000007, 0, ECX, 5),
    .ends = IDLE_ENDS_INTERRUPT | IDLE_ENDS_MASKED | IDLE_ENDS_DEADLINE,
    .wait = tpause_wait,
    .wait_masked = tpause_wait_masked,
    .wait_fenced = tpause_wait_fenced,
    .wait_masked_fenced = tpause_wait_masked_fenced,
    .begin = waitpkg_begin,
    .believe = waitpkg_believe,
};
IDLE_METHOD(tpause_method, "tpause:" WAITPKG_STATES);
