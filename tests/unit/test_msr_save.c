/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/cpu/msr_save.c
/* Registers that are changed and put back, on registers with bits that stick, change by themselves or are not there. */
#include "arch/x86/cpu/msr_save.h"

#include "arch/x86/cpu/msr.h"
#include "tests/unit/tap.h"

enum { REGISTERS = 2 * MSR_SAVES_MAX, STRANGE = 1, ABSENT = REGISTERS };

static uint64_t registers[REGISTERS];
static unsigned writes;

bool msr_read(uint32_t msr, uint64_t *value)
{
    if (msr >= ABSENT)
        return false;
    *value = registers[msr];
    return true;
}

/* The strange one takes another value than it is given, but for 7. */
bool msr_write(uint32_t msr, uint64_t value)
{
    writes++;
    if (msr >= ABSENT)
        return false;
    registers[msr] = msr == STRANGE && value != 7 ? value ^ 0x100 : value;
    return true;
}

int main(void)
{
    struct msr_saves saves = {0};

    registers[0] = 5;
    registers[STRANGE] = 7;
    TAP_OK(msr_change(&saves, 0, 5) && saves.count == 0 && writes == 0, "the same value is no write");
    TAP_OK(msr_change(&saves, 0, 6) && saves.count == 1 && registers[0] == 6, "another one is kept");
    TAP_OK(!msr_change(&saves, STRANGE, 3) && saves.count == 1, "a register that takes another value is refused");
    TAP_INT(registers[STRANGE], 7, "and has its old one again");
    TAP_OK(!msr_change(&saves, ABSENT, 1) && saves.count == 1, "one that is not there");
    TAP_OK(msr_restore(&saves) == 0 && registers[0] == 5 && saves.lost == 0, "all go back");
    for (uint32_t i = 2; i < 2 + MSR_SAVES_MAX; i++)
        msr_change(&saves, i, 9);
    writes = 0;
    TAP_OK(saves.count == MSR_SAVES_MAX && !msr_change(&saves, 0, 9) && writes == 0,
           "a full list changes nothing more");
    return tap_done();
}
