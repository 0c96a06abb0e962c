/* SPDX-License-Identifier: MIT */
#include "experiments/engine/fault_record.h"

#include <stddef.h>

#include "arch/x86/irq/fault.h"
#include "arch/x86/machine.h"
#include "lib/json.h"
#include "lib/record/record.h"

struct named_register {
    const char *name;
    size_t offset;
};

#define FRAME_REGISTER(name)                                                                                           \
    {                                                                                                                  \
#name, offsetof(struct irq_frame, name)                                                                        \
    }
static const struct named_register registers[] = {
    FRAME_REGISTER(rsp), FRAME_REGISTER(rflags), FRAME_REGISTER(cs),  FRAME_REGISTER(ss),  FRAME_REGISTER(rax),
    FRAME_REGISTER(rbx), FRAME_REGISTER(rcx),    FRAME_REGISTER(rdx), FRAME_REGISTER(rsi), FRAME_REGISTER(rdi),
    FRAME_REGISTER(rbp), FRAME_REGISTER(r8),     FRAME_REGISTER(r9),  FRAME_REGISTER(r10), FRAME_REGISTER(r11),
    FRAME_REGISTER(r12), FRAME_REGISTER(r13),    FRAME_REGISTER(r14), FRAME_REGISTER(r15), FRAME_REGISTER(tsc),
};

enum { REGISTERS_A_RECORD = 5, REGISTER_DIGITS = 1 };

static void begin(struct json *json, char *text, int64_t step, const struct fault_report *report)
{
    json_begin(json, text, JSON_OBJECT_BYTES);
    json_str(json, "t", "fault");
    if (step >= 0)
        json_int(json, "step", step);
    json_uint(json, "cpu", report->cpu);
}

const char *fault_record_machine_checks(struct record_stream *stream, const struct machine *machine)
{
    const struct machine_checks *checks = &machine->machine_checks;
    uint32_t count = __atomic_load_n(&checks->taken.count, __ATOMIC_ACQUIRE);

    record_env_uint(stream, "mcg_status", checks->mcg_status);
    for (uint32_t i = 0; i < count && i < MACHINE_CHECKS_MAX; i++) {
        const struct machine_check_bank *bank = &checks->taken.banks[i];

        if (!__atomic_load_n(&bank->noted, __ATOMIC_ACQUIRE))
            continue;
        record_write(stream, true, "t:%s cpu:%u cpus:%u bank:%u status:%lx addr:%lx misc:%lx", "mce", bank->cpu->index,
                     bank->cpus, bank->bank, bank->status, bank->addr, bank->misc);
    }
    if (count > MACHINE_CHECKS_MAX)
        return "a machine check; more banks held errors than there is room for (records mce)";
    return count ? "a machine check: the records mce say what the banks held" : "a machine check; no bank says which";
}

void fault_record_emit(struct record_stream *stream, int64_t step, const struct fault_report *report)
{
    const unsigned count = sizeof(registers) / sizeof(registers[0]);
    char text[JSON_OBJECT_BYTES];
    struct json json;

    begin(&json, text, step, report);
    json_add(&json, "vec:%lu err:%lx rip:%lx cr2:%lx", report->frame.vector, report->frame.error, report->frame.rip,
             report->cr2);
    record_emit(stream, json_end(&json), true);
    for (unsigned i = 0; i < count; i += REGISTERS_A_RECORD) {
        begin(&json, text, step, report);
        for (unsigned k = i; k < count && k < i + REGISTERS_A_RECORD; k++)
            json_hex(&json, registers[k].name,
                     *(const uint64_t *)(const void *)((const char *)&report->frame + registers[k].offset),
                     REGISTER_DIGITS);
        record_emit(stream, json_end(&json), true);
    }
}
