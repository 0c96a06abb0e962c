/* SPDX-License-Identifier: MIT */
/*
 * How a window grows: the windows of the first, second, third ... exit of a loop, and the rule that they follow. KVM,
 * arch/x86/kvm/x86.h, __grow_ple_window(): times the modifier where it is below the base, else plus it, never above a
 * maximum. Pure.
 */
#ifndef LAB_LIB_INFER_PLE_LEVELS_H
#define LAB_LIB_INFER_PLE_LEVELS_H

#include "lib/infer/ple_base.h"

enum { PLE_LEVELS_MAX = 16 };

/* The unit of a window. */
enum ple_unit {
    PLE_UNIT_UNKNOWN, /* unknown */
    PLE_UNIT_TIME,    /* TSC ticks: Intel's rule */
    PLE_UNIT_COUNT,   /* PAUSEs: AMD's */
};

enum ple_growth {
    PLE_GROWTH_UNKNOWN,
    PLE_GROWTH_NONE,  /* every window is the same */
    PLE_GROWTH_TIMES, /* growth_by times the last one */
    PLE_GROWTH_PLUS,  /* growth_by more */
};

struct ple_levels {
    uint32_t count;
    struct ple_range windows[PLE_LEVELS_MAX]; /* ticks or PAUSEs by unit; unknown: ticks */
    enum ple_growth growth;
    uint64_t growth_by;
    bool has_max;
    struct ple_range max;
    struct ple_range base; /* windows[0] as narrow as all levels together make it */
};

struct ple_range ple_stretch_range(const struct ple_stretch *stretch, enum ple_unit unit);

/* Infers from the loops of filler 0 that began after a rest; `base` is their first window. */
void ple_levels_infer(const struct ple_loop *loops, uint32_t count, enum ple_unit unit, struct ple_range base,
                      struct ple_levels *levels);

/* The window after so many exits, as seen or as the rule says; empty where neither is known. */
struct ple_range ple_levels_window(const struct ple_levels *levels, uint32_t exits);

#endif /* LAB_LIB_INFER_PLE_LEVELS_H */
