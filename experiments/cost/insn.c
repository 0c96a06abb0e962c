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

/* In TSC-deadline mode the count register stands still. */
static void begin_one_shot(struct step *step, struct cost *cost)
{
    (void)step;
    apic_timer_setup(cost->apic, APIC_TIMER_ONE_SHOT, VECTOR_NOTHING);
}

static void begin_periodic(struct step *step, struct cost *cost)
{
    (void)step;
    apic_timer_setup(cost->apic, APIC_TIMER_PERIODIC, VECTOR_NOTHING);
}

static void begin_count(struct step *step, struct cost *cost)
{
    begin_one_shot(step, cost);
    apic_write(cost->apic, APIC_TIMER_INITIAL, UINT32_MAX);
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

static inline __attribute__((always_inline)) void disarm(const struct cost *cost)
{
    if (cost->timer->one_shot == APIC_TIMER_DEADLINE)
        wrmsr(MSR_IA32_TSC_DEADLINE, 0);
    else
        apic_write(cost->apic, APIC_TIMER_INITIAL, 0);
}

static inline __attribute__((always_inline)) void umwait_past(const struct cost *cost, uint32_t state)
{
    umonitor(cost->line);
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
 */
/* clang-format off */
#define INSNS(INSN, WINDOW) \
    INSN(pause,        RING3, ALWAYS,             NULL,           NULL,          NULL,               pause()) \
    INSN(rdtsc,        RING3, ALWAYS,             NULL,           NULL,          NULL,               (void)rdtsc()) \
    INSN(rdtscp,       RING3, CPUID_RDTSCP,       NULL,           NULL,          NULL,               rdtscp()) \
    INSN(lfence_rdtsc, RING3, ALWAYS,             NULL,           NULL,          NULL,               (lfence(), (void)rdtsc())) \
    INSN(cpuid,        RING3, ALWAYS,             NULL,           NULL,          NULL,               (void)cpuid(0, 0)) \
    WINDOW(hlt,        RING0, NULL,               NULL,           cost_sample_hlt) \
    WINDOW(pv_eoi,     RING0, cost_check_pv_eoi,  cost_begin_pv_eoi, cost_sample_pv_eoi) \
    INSN(arm,          RING0, ALWAYS,             NULL,           begin_timer,   NULL,               arm(cost, cost->far_tsc)) \
    INSN(arm_near,     RING0, ALWAYS,             NULL,           begin_timer,   NULL,               arm(cost, NEAR_TSC)) \
    INSN(arm_past,     RING0, CPUID_TSC_DEADLINE, check_deadline, begin_timer,   NULL,               wrmsr(MSR_IA32_TSC_DEADLINE, PAST_TSC)) \
    INSN(disarm,       RING0, ALWAYS,             NULL,           begin_timer,   NULL,               disarm(cost)) \
    INSN(arm_oneshot,  RING0, ALWAYS,             check_count,    begin_one_shot, NULL,              apic_write(cost->apic, APIC_TIMER_INITIAL, UINT32_MAX)) \
    INSN(arm_periodic, RING0, ALWAYS,             check_count,    begin_periodic, NULL,              apic_write(cost->apic, APIC_TIMER_INITIAL, UINT32_MAX)) \
    INSN(timer_read,   RING0, ALWAYS,             check_count,    begin_count,   NULL,               (void)apic_read(cost->apic, APIC_TIMER_CURRENT)) \
    INSN(icr,          RING0, ALWAYS,             NULL,           NULL,          NULL,               apic_send_self(cost->apic, VECTOR_NOTHING)) \
    INSN(self_ipi,     RING0, CPUID_X2APIC,       check_x2apic,   NULL,          NULL,               wrmsr(MSR_X2APIC_SELF_IPI, VECTOR_NOTHING)) \
    INSN(eoi,          RING0, ALWAYS,             NULL,           NULL,          NULL,               apic_eoi(cost->apic)) \
    INSN(monitor,      RING0, CPUID_MONITOR,      NULL,           NULL,          NULL,               monitor(cost->line, 0, 0)) \
    INSN(mwait,        RING0, CPUID_MONITOR,      NULL,           NULL,          cost_probe_mwait,   mwait(0, 0)) \
    INSN(monitorx,     RING3, CPUID_MWAITX,       NULL,           NULL,          NULL,               monitorx(cost->line, 0, 0)) \
    INSN(mwaitx,       RING3, CPUID_MWAITX,       NULL,           NULL,          cost_probe_mwaitx,  mwaitx(0, 0, 0)) \
    INSN(umonitor,     RING3, CPUID_WAITPKG,      NULL,           NULL,          NULL,               umonitor(cost->line)) \
    INSN(umwait,       RING3, CPUID_WAITPKG,      NULL,           begin_waitpkg, cost_probe_waitpkg, umwait_past(cost, STATE_C01)) \
    INSN(umwait_c02,   RING3, CPUID_WAITPKG,      NULL,           begin_waitpkg, cost_probe_waitpkg, umwait_past(cost, STATE_C02)) \
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
#define INSN_CODE(word, ring_, need_, check_, begin_, probe_, statement)                                               \
    static void copies_##word(const struct cost *cost, unsigned count)                                                 \
    {                                                                                                                  \
        (void)cost;                                                                                                    \
        if (count > COST_ONE) {                                                                                        \
            if (count > COST_HALF)                                                                                     \
                EIGHT(statement);                                                                                      \
            SEVEN(statement);                                                                                          \
        }                                                                                                              \
        ONCE(statement);                                                                                               \
    }
#define NO_CODE(word, ring_, check_, begin_, sample_)
INSN_CODE(nothing, RING3, ALWAYS, NULL, NULL, NULL, __asm__ volatile("" : : : "memory"))
INSNS(INSN_CODE, NO_CODE)

#define INSN_ROW(word, ring_, need_, check_, begin_, probe_, statement)                                                \
    {#word, ring_, need_, copies_##word, NULL, check_, begin_, probe_},
#define WINDOW_ROW(word, ring_, check_, begin_, sample_) {#word, ring_, ALWAYS, NULL, sample_, check_, begin_, NULL},
void (*const cost_nothing)(const struct cost *cost, unsigned count) = copies_nothing;
const struct cost_insn cost_insns[] = {INSNS(INSN_ROW, WINDOW_ROW)};

#define INSN_WORD(word, ring_, need_, check_, begin_, probe_, statement) #word,
#define WINDOW_WORD(word, ring_, check_, begin_, sample_)                #word,
const char *const cost_words[] = {INSNS(INSN_WORD, WINDOW_WORD) NULL};

#define INSN_LIST(word, ring_, need_, check_, begin_, probe_, statement) "," #word
#define WINDOW_LIST(word, ring_, check_, begin_, sample_)                "," #word
const char cost_all[] = INSNS(INSN_LIST, WINDOW_LIST);
