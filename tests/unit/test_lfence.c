/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
// UNIT_EXTRA: arch/x86/cpu/setup.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/cpu/msr_save.c
// UNIT_EXTRA: arch/x86/wake/nap.c arch/x86/wake/beside.c arch/x86/power/amd_ports.c tests/machine/model.c
// UNIT_EXTRA: tests/machine/model_[ns]*.c tests/machine/models.c arch/x86/cpu/topology.c
/* LFENCE on AMD: always serialising, set by the firmware, set here, or not to be had; nothing is touched in a guest. */
#include "arch/x86/cpu/setup.h"
#include "tests/machine/model.h"
#include "tests/unit/tap.h"

enum { DE_CFG = 0xc0011029 };

static struct model_machine at;

static const char *kind(uint32_t signature, const struct model_register *found, bool guest)
{
    static struct model model;
    unsigned i = 0;

    model = *model_find("zen2");
    model.signature = signature;
    while (model.registers[i].msr)
        i++;
    if (found)
        model.registers[i] = *found;
    model_start(&at, &model, &(struct model_plan){0});
    return lfence_kind_name(lfence_setup(&at.machine.snapshot, guest));
}

int main(void)
{
    const struct model_register clear = {DE_CFG, 0x100, 2}, set = {DE_CFG, 0x102, 2}, stuck = {DE_CFG, 0x100, 0};

    TAP_STR(kind(0x870f10, &clear, false), "set", "set here");
    TAP_INT(model_register(&at, DE_CFG), 0x102, "one bit more, the others as before");
    TAP_STR(kind(0x870f10, &set, false), "was_set", "by the firmware");
    TAP_INT(at.writes, 0, "then nothing is written");
    TAP_STR(kind(0x870f10, &stuck, false), "no", "a register that refuses");
    TAP_STR(kind(0x870f10, NULL, false), "always", "no such register");
    TAP_STR(kind(0x60fb1, &clear, false), "always", "K8");
    TAP_STR(kind(0x870f10, &clear, true), "guest", "a guest");
    TAP_INT(at.writes, 0, "and nothing is written there");
    model_start(&at, model_find("skylake_x"), &(struct model_plan){0});
    TAP_STR(lfence_kind_name(lfence_setup(&at.machine.snapshot, false)), "always", "Intel");
    return tap_done();
}
