/* SPDX-License-Identifier: MIT */
/* What the harnesses ask of CBMC: values of any kind, and what may be taken for granted. */
#ifndef LAB_TESTS_PROOF_PROOF_H
#define LAB_TESTS_PROOF_PROOF_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any value: CBMC tries all of them. */
bool nondet_bool(void);
char nondet_char(void);
uint8_t nondet_u8(void);
uint32_t nondet_u32(void);
uint64_t nondet_u64(void);
int64_t nondet_i64(void);
size_t nondet_size(void);

/* Runs for which this does not hold are no runs. */
#define ASSUME(condition) __CPROVER_assume(condition)

#endif
