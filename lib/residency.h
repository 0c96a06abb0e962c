/* SPDX-License-Identifier: MIT */
/* The residency counters that processors have: names, and the C-state that each counts. Any context. */
#ifndef LAB_LIB_RESIDENCY_H
#define LAB_LIB_RESIDENCY_H

/* Residency counters, the deepest last of each kind. All count at the TSC's rate. */
enum residency {
    RESIDENCY_CC1,
    RESIDENCY_CC3,
    RESIDENCY_CC6,
    RESIDENCY_CC7,
    RESIDENCY_MC6, /* a module of Atom cores */
    RESIDENCY_PC2,
    RESIDENCY_PC3,
    RESIDENCY_PC6,
    RESIDENCY_PC7,
    RESIDENCY_PC8,
    RESIDENCY_PC9,
    RESIDENCY_PC10,
    RESIDENCY_COUNT,
};

/* "cc1" to "pc10". */
const char *residency_name(enum residency counter);

/* The C-state that a counter counts: 1, 3, 6 and so on. */
unsigned residency_depth(enum residency counter);

#endif /* LAB_LIB_RESIDENCY_H */
