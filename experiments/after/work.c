/* SPDX-License-Identifier: MIT */
/*
 * The works of `after`, and how a pass over one is timed. Between two slices stand stamps, and RDMSR where APERF is
 * read, which is in no slice.
 */
#include "arch/x86/cpu/msr.h"
#include "arch/x86/cpu/small_pages.h"
#include "arch/x86/power/power_msr_regs.h"
#include "arch/x86/time/tsc.h"
#include "experiments/after/parts.h"

enum {
    LINE_BYTES = sizeof(struct after_line),
    PAGE_LINES = 4096 / LINE_BYTES,
    FEEDBACK = 0x240, /* x^10 + x^7 + 1 is primitive: the branches repeat after 1023 */
};

/* Lines of each chase; `tlb` has one in each of so many pages. */
static const uint32_t line_counts[AFTER_WORKS] = {
    [AFTER_L1] = 256, [AFTER_L2] = 2048, [AFTER_LLC] = 65536, [AFTER_TLB] = 256};

/* 64 lines of code, each a jump to another one, in the order of a full-period congruence; the last one returns. */
void after_code_lines(void);
__asm__(".pushsection .text.after_code, \"ax\"\n"
        ".balign 64\n"
        ".globl after_code_lines\n"
        "after_code_lines:\n"
        ".set after_at, 0\n"
        ".rept 64\n\t"
        ".balign 64\n\t"
        ".set after_next, (after_at * 29 + 17) & 63\n\t"
        ".if after_next\n\t"
        "jmp after_code_lines + after_next * 64\n\t"
        ".else\n\t"
        "ret\n\t"
        ".endif\n\t"
        ".set after_at, after_at + 1\n"
        ".endr\n"
        ".popsection");

/* The lines of `tlb` take turns among the cache's sets. */
static struct after_line *line_of(const struct after_job *job, uint32_t i)
{
    return job->start + (job->work == AFTER_TLB ? i * PAGE_LINES + i % PAGE_LINES : i);
}

/* Multiplier 1 modulo 4, increment odd: a full period modulo a power of 2 (Knuth, volume 2, 3.2.1.2, theorem A). */
static void link(const struct after_job *job)
{
    for (uint32_t i = 0; i < job->period; i++)
        line_of(job, i)->next = line_of(job, (i * UINT32_C(0x5851f42d) + 0x14057b7d) & (job->period - 1));
}

bool after_work_prepare(struct step *step, struct after_job *job)
{
    uint32_t lines = line_counts[job->work];
    uint64_t bytes = (uint64_t)(job->work == AFTER_TLB ? (lines + 1) * PAGE_LINES : lines) * LINE_BYTES;

    job->period = lines ? lines : job->work == AFTER_BRANCH ? 1023 : 1;
    if (!lines)
        return true;
    job->start = step_alloc(step, bytes);
    if (!job->start)
        return false;
    link(job);
    return true;
}

bool after_work_open(const struct after_job *job)
{
    return job->work != AFTER_TLB || small_pages_use(job->start, (uint64_t)job->period * PAGE_LINES * LINE_BYTES);
}

static uintptr_t add(uintptr_t value, uint32_t steps)
{
    do {
        __asm__ volatile(".rept 16\n\taddq %0, %0\n\t.endr" : "+r"(value) : : "cc");
    } while (--steps);
    return value;
}

static uintptr_t chase(uintptr_t place, uint32_t steps)
{
    const struct after_line *line = (const struct after_line *)place;

    do {
        line = line->next;
        __asm__ volatile("" : "+r"(line));
    } while (--steps);
    return (uintptr_t)line;
}

/* A shift register with feedback: each step a branch that the ten before it decide. */
static uintptr_t branch(uintptr_t bits, uint32_t steps)
{
    do {
        __asm__ volatile("shrl %k0\n\tjnc 1f\n\txorl %1, %k0\n1:" : "+r"(bits) : "i"(FEEDBACK) : "cc");
    } while (--steps);
    return bits;
}

static uintptr_t run(const struct after_job *job, uintptr_t at, uint32_t steps)
{
    if (job->start)
        return chase(at, steps);
    if (job->work == AFTER_ALU)
        return add(at, steps);
    if (job->work == AFTER_BRANCH)
        return branch(at, steps);
    do {
        after_code_lines();
    } while (--steps);
    return at;
}

static uint64_t cycles_now(bool counts_cycles)
{
    uint64_t cycles = 0;

    if (counts_cycles)
        msr_read(MSR_IA32_APERF, &cycles);
    return cycles;
}

void after_work_pass(const struct after_job *job, const uint32_t *steps, uint32_t slices, bool counts_cycles,
                     struct after_pass *pass)
{
    uintptr_t at = job->start ? (uintptr_t)job->start : 1;

    for (uint32_t i = 0; i < slices; i++) {
        uint64_t cycles = cycles_now(counts_cycles), begin_tsc = tsc_begin();

        at = run(job, at, steps[i]);
        pass->took_tsc[i] = tsc_end() - begin_tsc;
        pass->cycles[i] = cycles_now(counts_cycles) - cycles;
        if (!i)
            pass->begin_tsc = begin_tsc;
    }
}
