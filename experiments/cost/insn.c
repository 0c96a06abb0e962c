/* SPDX-License-Identifier: MIT */
/*
 * The instructions of `cost`, one row each: word, need, check, set-up, probe, and the statement of which 1, or 8 and 16
 * copies are timed.
 *
 * Wait instructions stand here in the form that does not wait: a deadline of 0 has passed, and without an armed monitor
 * MWAIT, MWAITX and UMWAIT return at once (SDM volume 2, MWAIT, UMWAIT, TPAUSE; AMD APM volume 3, MWAITX). UMWAIT has
 * its UMONITOR before it, which the row umonitor has alone.
 */
#include "experiments/cost/parts.h"

#include "arch/x86/idle/waitpkg.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/apic_timer.h"
#include "arch/x86/time/tsc.h"
#include "lib/rows/reasons.h"

enum {
    NEAR_TSC = 3000, /* arming: an event that comes soon */
    PAST_TSC = 1,    /* and one that has come: 0 would disarm */
    STATE_C02 = 0,   /* WAITPKG's operand */
    STATE_C01 = 1,
};

/* A write of MSR 83Fh holds the vector alone (SDM volume 3, 10.12.11). */
#define MSR_X2APIC_SELF_IPI 0x83F

static inline __attribute__((always_inline)) void rdtscp(void)
{
    uint32_t low, high, aux;
    __asm__ volatile("rdtscp" : "=a"(low), "=d"(high), "=c"(aux) : : "memory");
}

static const char *check_x2apic(const struct step *step)
{
    return step->machine->apic.x2apic ? NULL : "the APIC is not in x2APIC mode";
}

static const char *check_deadline(const struct step *step)
{
    if (step->machine->timer.one_shot == APIC_TIMER_DEADLINE)
        return NULL;
    return "the timer is not in TSC-deadline mode";
}

static const char *check_count(const struct step *step)
{
    return step->machine->timer.hz ? NULL : SKIP_NO_COUNT;
}

static void begin_timer(struct step *step, struct cost *cost)
{
    apic_timer_setup(cost->apic, step->machine->timer.one_shot, VECTOR_NOTHING);
}

/* A row that writes a register of the APIC: which, and what. */
static void write_apic(struct cost *cost, uint32_t offset, uint64_t value)
{
    if (cost->apic->x2apic)
        cost->msr = MSR_X2APIC_FIRST + (offset >> 4);
    else
        cost->mmio = &cost->apic->mmio[offset / 4];
    cost->value = value;
}

static void write_msr(struct cost *cost, uint32_t msr, uint64_t value)
{
    cost->msr = msr;
    cost->value = value;
}

static bool has_deadline(const struct cost *cost)
{
    return cost->timer->one_shot == APIC_TIMER_DEADLINE;
}

static void begin_arm(struct step *step, struct cost *cost)
{
    begin_timer(step, cost);
    if (has_deadline(cost))
        write_msr(cost, MSR_IA32_TSC_DEADLINE, tsc_now() + cost->far_tsc);
    else
        write_apic(cost, APIC_TIMER_INITIAL, apic_timer_count(cost->timer, cost->far_tsc));
}

static void begin_arm_past(struct step *step, struct cost *cost)
{
    begin_timer(step, cost);
    write_msr(cost, MSR_IA32_TSC_DEADLINE, PAST_TSC);
}

static void begin_disarm(struct step *step, struct cost *cost)
{
    begin_timer(step, cost);
    if (has_deadline(cost))
        write_msr(cost, MSR_IA32_TSC_DEADLINE, 0);
    else
        write_apic(cost, APIC_TIMER_INITIAL, 0);
}

/* In TSC-deadline mode the count register stands still. */
static void begin_one_shot(struct step *step, struct cost *cost)
{
    (void)step;
    apic_timer_setup(cost->apic, APIC_TIMER_ONE_SHOT, VECTOR_NOTHING);
    write_apic(cost, APIC_TIMER_INITIAL, UINT32_MAX);
}

static void begin_periodic(struct step *step, struct cost *cost)
{
    (void)step;
    apic_timer_setup(cost->apic, APIC_TIMER_PERIODIC, VECTOR_NOTHING);
    write_apic(cost, APIC_TIMER_INITIAL, UINT32_MAX);
}

static void begin_count(struct step *step, struct cost *cost)
{
    begin_one_shot(step, cost);
    apic_write(cost->apic, APIC_TIMER_INITIAL, UINT32_MAX);
}

static void begin_icr(struct step *step, struct cost *cost)
{
    (void)step;
    write_apic(cost, APIC_ICR_LOW, APIC_ICR_TO_SELF | APIC_ICR_ASSERT | APIC_ICR_DELIVERY_FIXED | VECTOR_NOTHING);
}

static void begin_self_ipi(struct step *step, struct cost *cost)
{
    (void)step;
    write_msr(cost, MSR_X2APIC_SELF_IPI, VECTOR_NOTHING);
}

static void begin_eoi(struct step *step, struct cost *cost)
{
    (void)step;
    write_apic(cost, APIC_EOI, 0);
}

static void begin_waitpkg(struct step *step, struct cost *cost)
{
    (void)cost;
    waitpkg_begin(&step->cpu->msr_saves, 0);
}

static inline __attribute__((always_inline)) void arm(const struct cost *cost, uint64_t ticks_tsc)
{
    (void)apic_timer_arm(cost->apic, cost->timer, ticks_tsc);
}

static inline __attribute__((always_inline)) void umwait_past(const uint64_t *line, uint32_t state)
{
    umonitor(line);
    (void)umwait(state, 0);
}

enum { RING3 = 0, RING0 = 1 };

#define ALWAYS                                                                                                         \
    {                                                                                                                  \
        0                                                                                                              \
    }

/*
 * WINDOW(word, ring, check, begin, sample): timed by a function of its own, not by copies.
 * INSN(word, ring, CPUID bit, check, begin, probe, statement). RING0: it needs that ring.
 * WRITE(word, CPUID bit, check, begin): the write of the register that `begin` chooses, alone, its value ready; what
 * the lab's own call adds is a row of its own, with `_call`.
 */
/* clang-format off */
#define INSNS(INSN, WINDOW, WRITE) \
    INSN(pause,        RING3, ALWAYS,             NULL,           NULL,          NULL,               pause()) \
    INSN(rdtsc,        RING3, ALWAYS,             NULL,           NULL,          NULL,               (void)rdtsc()) \
    INSN(rdtscp,       RING3, CPUID_RDTSCP,       NULL,           NULL,          NULL,               rdtscp()) \
    INSN(lfence_rdtsc, RING3, ALWAYS,             NULL,           NULL,          NULL,               (lfence(), (void)rdtsc())) \
    INSN(cpuid,        RING3, ALWAYS,             NULL,           NULL,          NULL,               (void)cpuid(0, 0)) \
    WINDOW(hlt,        RING0, NULL,               NULL,           cost_sample_hlt) \
    WINDOW(pv_eoi,     RING0, cost_check_pv_eoi,  cost_begin_pv_eoi, cost_sample_pv_eoi) \
    WRITE(arm,         ALWAYS,             NULL,           begin_arm) \
    INSN(arm_call,     RING0, ALWAYS,             NULL,           begin_timer,   NULL,               arm(cost, cost->far_tsc)) \
    INSN(arm_near,     RING0, ALWAYS,             NULL,           begin_timer,   NULL,               arm(cost, NEAR_TSC)) \
    WRITE(arm_past,    CPUID_TSC_DEADLINE, check_deadline, begin_arm_past) \
    WRITE(disarm,      ALWAYS,             NULL,           begin_disarm) \
    WRITE(arm_oneshot, ALWAYS,             check_count,    begin_one_shot) \
    WRITE(arm_periodic, ALWAYS,            check_count,    begin_periodic) \
    INSN(timer_read,   RING0, ALWAYS,             check_count,    begin_count,   NULL,               (void)apic_read(cost->apic, APIC_TIMER_CURRENT)) \
    WRITE(icr,         ALWAYS,             NULL,           begin_icr) \
    INSN(icr_call,     RING0, ALWAYS,             NULL,           NULL,          NULL,               apic_send_self(cost->apic, VECTOR_NOTHING)) \
    WRITE(self_ipi,    CPUID_X2APIC,       check_x2apic,   begin_self_ipi) \
    WRITE(eoi,         ALWAYS,             NULL,           begin_eoi) \
    INSN(eoi_call,     RING0, ALWAYS,             NULL,           NULL,          NULL,               apic_eoi(cost->apic)) \
    INSN(monitor,      RING0, CPUID_MONITOR,      NULL,           NULL,          NULL,               monitor(line, 0, 0)) \
    INSN(mwait,        RING0, CPUID_MONITOR,      NULL,           NULL,          cost_probe_mwait,   mwait(0, 0)) \
    INSN(monitorx,     RING3, CPUID_MWAITX,       NULL,           NULL,          NULL,               monitorx(line, 0, 0)) \
    INSN(mwaitx,       RING3, CPUID_MWAITX,       NULL,           NULL,          cost_probe_mwaitx,  mwaitx(0, 0, 0)) \
    INSN(umonitor,     RING3, CPUID_WAITPKG,      NULL,           NULL,          NULL,               umonitor(line)) \
    INSN(umwait,       RING3, CPUID_WAITPKG,      NULL,           begin_waitpkg, cost_probe_waitpkg, umwait_past(line, STATE_C01)) \
    INSN(umwait_c02,   RING3, CPUID_WAITPKG,      NULL,           begin_waitpkg, cost_probe_waitpkg, umwait_past(line, STATE_C02)) \
    INSN(tpause,       RING3, CPUID_WAITPKG,      NULL,           begin_waitpkg, cost_probe_waitpkg, (void)tpause(STATE_C01, 0)) \
    INSN(tpause_c02,   RING3, CPUID_WAITPKG,      NULL,           begin_waitpkg, cost_probe_waitpkg, (void)tpause(STATE_C02, 0))
/* clang-format on */

#define ONCE(statement) statement
#define TWICE(statement)                                                                                               \
    ONCE(statement);                                                                                                   \
    ONCE(statement)
#define SEVEN(statement)                                                                                               \
    TWICE(TWICE(statement));                                                                                           \
    TWICE(statement);                                                                                                  \
    ONCE(statement)
#define EIGHT(statement)                                                                                               \
    do {                                                                                                               \
        TWICE(TWICE(TWICE(statement)));                                                                                \
    } while (0)

/* 8 and 16 copies pass the same two branches: their difference is 8 copies, and a branch taken or not. */
#define COPIES(word, operands, statement)                                                                              \
    static void copies_##word(const struct cost *cost, unsigned count)                                                 \
    {                                                                                                                  \
        operands;                                                                                                      \
                                                                                                                       \
        if (count > COST_ONE) {                                                                                        \
            if (count > COST_HALF)                                                                                     \
                EIGHT(statement);                                                                                      \
            SEVEN(statement);                                                                                          \
        }                                                                                                              \
        ONCE(statement);                                                                                               \
    }
#define INSN_CODE(word, ring_, need_, check_, begin_, probe_, statement)                                               \
    COPIES(word, const uint64_t *line __attribute__((unused)) = cost->line, statement)
#define NO_CODE(word, ...)
COPIES(nothing, (void)cost, __asm__ volatile("" : : : "memory"))
COPIES(msr, uint64_t value = cost->value; uint32_t msr = cost->msr, wrmsr(msr, value))
COPIES(mmio, uint32_t value = (uint32_t)cost->value; volatile uint32_t *mmio = cost->mmio, *mmio = value)
INSNS(INSN_CODE, NO_CODE, NO_CODE)

#define INSN_ROW(word, ring_, need_, check_, begin_, probe_, statement)                                                \
    {#word, ring_, need_, copies_##word, NULL, check_, begin_, probe_},
#define WINDOW_ROW(word, ring_, check_, begin_, sample_) {#word, ring_, ALWAYS, NULL, sample_, check_, begin_, NULL},
#define WRITE_ROW(word, need_, check_, begin_)           {#word, RING0, need_, NULL, NULL, check_, begin_, NULL},
void (*const cost_nothing)(const struct cost *cost, unsigned count) = copies_nothing;
void (*const cost_write_msr)(const struct cost *cost, unsigned count) = copies_msr;
void (*const cost_write_mmio)(const struct cost *cost, unsigned count) = copies_mmio;
const struct cost_insn cost_insns[] = {INSNS(INSN_ROW, WINDOW_ROW, WRITE_ROW)};

#define ROW_WORD(word, ...) #word,
const char *const cost_words[] = {INSNS(ROW_WORD, ROW_WORD, ROW_WORD) NULL};

#define ROW_LIST(word, ...) "," #word
const char cost_all[] = INSNS(ROW_LIST, ROW_LIST, ROW_LIST);
