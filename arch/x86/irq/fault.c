/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/fault.h"

#include <stddef.h>

#include "arch/x86/cpu/percpu.h"
#include "arch/x86/insn_privileged.h"
#include "arch/x86/irq/machine_check.h"
#include "arch/x86/irq/panic.h"
#include "arch/x86/irq/vectors_regs.h"

#define RFLAGS_IF (UINT64_C(1) << 9)

/* One active guarded call; guard_call.S stores the stack pointer in the first member. */
struct guard_context {
    uint64_t rsp;
    struct guard_context *outer;
    struct fault_report *report;
};
_Static_assert(offsetof(struct guard_context, rsp) == 0, "guard_call.S");

enum guard_end guard_call(void (*fn)(void *), void *argument, struct guard_context *context);
extern const uint8_t guard_resume[];

/* Addresses of an instruction that may fault and of where to go on; both are below 4 GiB (linker.ld). */
struct ex_entry {
    uint32_t insn;
    uint32_t resume;
};
extern const struct ex_entry __ex_table_start[], __ex_table_end[];

/* insn.h, WAIT_RANGE. */
struct wait_entry {
    uint32_t first;
    uint32_t last;
    uint32_t resume;
};
extern const struct wait_entry __wait_table_start[], __wait_table_end[];

void fault_leave_wait(struct irq_frame *frame)
{
    for (const struct wait_entry *e = __wait_table_start; e < __wait_table_end; e++) {
        if (frame->rip >= e->first && frame->rip <= e->last) {
            frame->rip = e->resume;
            return;
        }
    }
}

enum guard_end fault_guard_run(void (*fn)(void *argument), void *argument, struct fault_report *report)
{
    struct percpu *cpu = this_cpu();
    struct guard_context context = {.outer = cpu->guard, .report = report};
    enum guard_end end;

    cpu->guard = &context;
    end = guard_call(fn, argument, &context);
    cli();
    cpu->guard = context.outer;
    return end;
}

static void resume_guard(struct irq_frame *frame, struct guard_context *context, enum guard_end end)
{
    frame->rip = (uint64_t)(uintptr_t)guard_resume;
    frame->cs = SELECTOR_CODE64;
    frame->ss = SELECTOR_DATA;
    frame->rsp = context->rsp;
    frame->rflags &= ~RFLAGS_IF;
    frame->rdi = (uint64_t)(uintptr_t)context;
    frame->rsi = end;
}

bool fault_guard_abort(struct irq_frame *frame)
{
    struct guard_context *context = this_cpu()->guard;

    /* guard_call() has not stored its stack pointer yet (tests/model/abort.pml, GUARD_WITHOUT_STACK). */
    if (!context || !__atomic_load_n(&context->rsp, __ATOMIC_RELAXED))
        return false;
    if (context->report) {
        context->report->cpu = this_cpu()->index;
        context->report->cr2 = 0;
        context->report->frame = *frame;
    }
    resume_guard(frame, context, GUARD_WATCHDOG);
    return true;
}

void fault_handle(struct irq_frame *frame)
{
    struct percpu *cpu = this_cpu();
    struct fault_report report;

    for (const struct ex_entry *e = __ex_table_start; e < __ex_table_end; e++) {
        if (frame->rip == e->insn && frame->vector != VECTOR_MC) {
            frame->r11 = FAULT_CODE_VALID | (frame->vector << 32) | (uint32_t)frame->error;
            frame->rip = e->resume;
            return;
        }
    }
    report = (struct fault_report){.cpu = cpu->index, .cr2 = read_cr2(), .frame = *frame};
    if (frame->vector == VECTOR_MC) {
        machine_check_take(cpu->machine);
        panic_fault(&report);
    }
    if (!cpu->guard)
        panic_fault(&report);
    if (cpu->guard->report)
        *cpu->guard->report = report;
    resume_guard(frame, cpu->guard, GUARD_FAULT);
}
