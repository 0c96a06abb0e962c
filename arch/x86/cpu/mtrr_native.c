/* SPDX-License-Identifier: MIT */
/* The half of mtrr.h that executes instructions; mtrr.c is pure. */
#include "arch/x86/cpu/mtrr.h"

#include "arch/x86/cpu/msr.h"
#include "arch/x86/cpu/mtrr_regs.h"
#include "arch/x86/insn_privileged.h"
#include "lib/cstring.h"

#define CR0_NOT_WRITE_THROUGH (UINT64_C(1) << 29)
#define CR0_CACHE_DISABLE     (UINT64_C(1) << 30)
#define CR4_GLOBAL_PAGES      (UINT64_C(1) << 7)

static uint32_t fixed_msr(uint32_t index)
{
    if (index == 0)
        return MSR_IA32_MTRR_FIX64K_00000;
    if (index <= 2)
        return MSR_IA32_MTRR_FIX16K_80000 + index - 1;
    return MSR_IA32_MTRR_FIX4K_C0000 + index - 3;
}

static bool read_ranges(struct mtrr_state *state)
{
    if (!msr_read(MSR_IA32_MTRRCAP, &state->capability) || !msr_read(MSR_IA32_MTRR_DEF_TYPE, &state->default_type))
        return false;

    state->variable_count = (uint32_t)(state->capability & MTRRCAP_VARIABLE_MASK);
    if (state->variable_count > MTRR_VARIABLE_MAX)
        state->variable_count = MTRR_VARIABLE_MAX;
    for (uint32_t i = 0; i < state->variable_count; i++)
        if (!msr_read(MSR_IA32_MTRR_PHYSBASE(i), &state->base[i]) ||
            !msr_read(MSR_IA32_MTRR_PHYSMASK(i), &state->mask[i]))
            return false;
    for (uint32_t i = 0; i < MTRR_FIXED_COUNT && (state->capability & MTRRCAP_FIXED) != 0; i++)
        if (!msr_read(fixed_msr(i), &state->fixed[i]))
            return false;
    return true;
}

void mtrr_read(struct mtrr_state *state, const struct cpu_snapshot *snapshot)
{
    memset(state, 0, sizeof(*state));
    state->physical_bits = (uint8_t)cpu_field(snapshot, CPUID_PHYSICAL_BITS);
    if (state->physical_bits < 36 || state->physical_bits > 52)
        state->physical_bits = 36; /* SDM volume 3A, 12.11.2.3: the width where 80000008h is silent */
    state->present = cpu_has(snapshot, CPUID_MTRR) && read_ranges(state);
}

static bool write_ranges(const struct mtrr_state *state)
{
    bool ok = true;
    for (uint32_t i = 0; i < state->variable_count; i++) {
        ok = msr_write(MSR_IA32_MTRR_PHYSBASE(i), state->base[i]) && ok;
        ok = msr_write(MSR_IA32_MTRR_PHYSMASK(i), state->mask[i]) && ok;
    }
    for (uint32_t i = 0; i < MTRR_FIXED_COUNT && (state->capability & MTRRCAP_FIXED) != 0; i++)
        ok = msr_write(fixed_msr(i), state->fixed[i]) && ok;
    return ok;
}

/*
 * Steps 4 to 13 of the MemTypeSet() sequence, SDM volume 3A, section 12.11.7.2. A write of CR3 flushes what is not
 * global.
 */
bool mtrr_load(const struct mtrr_state *state)
{
    bool ok;
    uint64_t cr0, cr4;

    if (!state->present)
        return false;

    cr0 = read_cr0();
    cr4 = read_cr4();
    write_cr0((cr0 | CR0_CACHE_DISABLE) & ~CR0_NOT_WRITE_THROUGH);
    wbinvd();
    write_cr4(cr4 & ~CR4_GLOBAL_PAGES);
    write_cr3(read_cr3());

    ok = msr_write(MSR_IA32_MTRR_DEF_TYPE, state->default_type & ~MTRR_DEF_TYPE_ENABLE);
    ok = write_ranges(state) && ok;
    ok = msr_write(MSR_IA32_MTRR_DEF_TYPE, state->default_type) && ok;

    wbinvd();
    write_cr3(read_cr3());
    write_cr0(cr0);
    write_cr4(cr4);
    return ok;
}
