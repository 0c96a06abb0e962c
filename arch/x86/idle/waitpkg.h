/* SPDX-License-Identifier: MIT */
/* What UMWAIT and TPAUSE share: their limit register, and the proof that they wait at all. */
#ifndef LAB_ARCH_IDLE_WAITPKG_H
#define LAB_ARCH_IDLE_WAITPKG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/infer/waitpkg_is.h"

struct msr_saves;

/*
 * The argument of `umwait:c01|c02`: an index into those words; the instruction's operand is 0 for C0.2 and 1 for C0.1.
 */
#define WAITPKG_STATES "c01|c02"
static inline uint32_t waitpkg_operand(uint32_t argument)
{
    return argument == 0;
}

/*
 * The limit nearest to that many ticks that IA32_UMWAIT_CONTROL can hold: a multiple of 4, of 32 bits. SDM volume 4,
 * MSR E1H.
 */
uint64_t waitpkg_cap(uint64_t ticks_tsc);

/* Sets that register to waitpkg_cap(cap_tsc) (0 = no limit), C0.2 allowed. */
void waitpkg_begin(struct msr_saves *saves, uint64_t cap_tsc);

/* The register's limit in ticks, 0 = none. False: it cannot be read. */
bool waitpkg_limit(uint64_t *limit_tsc);

/*
 * Some emulators run the opcodes as fences, so no #UD proves nothing. Survives a fault. Call after waitpkg_begin()
 * without a cap where CPUID lists WAITPKG; without it where a script forces it.
 */
struct waitpkg_proof waitpkg_prove(void);

/* The proof in words that begin with "absent", "real", "swallowed", "unclear", "#UD" or "faults". */
void waitpkg_describe(const struct waitpkg_proof *proof, char *text, size_t bytes);

/* True when it is surely real. Survives a fault. */
bool waitpkg_believe(void);

#endif /* LAB_ARCH_IDLE_WAITPKG_H */
