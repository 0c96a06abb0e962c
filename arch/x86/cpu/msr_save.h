/* SPDX-License-Identifier: MIT */
/*
 * Registers that a step changes. Every way out restores them: the step itself, or the engine after a fault or a
 * watchdog.
 *
 * Each CPU keeps its own list and is the only one to use it. Interrupts off.
 */
#ifndef LAB_ARCH_CPU_MSR_SAVE_H
#define LAB_ARCH_CPU_MSR_SAVE_H

#include <stdbool.h>
#include <stdint.h>

enum { MSR_SAVES_MAX = 16 };

struct msr_saves {
    uint32_t count;
    uint32_t lost; /* values that could not be restored; the code that reports them sets it to 0 */
    struct {
        uint32_t msr;
        uint64_t value;
    } list[MSR_SAVES_MAX];
};

/*
 * Writes an MSR after noting its old value. False, and nothing is changed, where it cannot be read or written, or the
 * list is full. The value is read back: false, and the old one is put back, where it did not stay.
 */
bool msr_change(struct msr_saves *saves, uint32_t msr, uint64_t value);

/*
 * Puts back what was changed since `count` was `mark`, the last change first, and reads it back. Returns how many could
 * not be, and adds them to `lost`.
 */
uint32_t msr_restore_to(struct msr_saves *saves, uint32_t mark);

/* The same for all changes. */
uint32_t msr_restore(struct msr_saves *saves);

#endif /* LAB_ARCH_CPU_MSR_SAVE_H */
