/* SPDX-License-Identifier: MIT */
/*
 * Constants for headers that C, the assembler and the linker script share.
 *
 * The latter two know no number suffixes: U64C(0x10) has one in C only. Used by the register headers; no state, usable
 * anywhere.
 */
#ifndef LAB_LIB_CONST_H
#define LAB_LIB_CONST_H

#ifdef __ASSEMBLER__
#define U32C(value) (value)
#define U64C(value) (value)
#else
#define U32C(value) (value##u)
#define U64C(value) (value##ull)
#endif

/* Bit number to mask. bit: 0 to 31, or 0 to 63. */
#define BIT32(bit) (U32C(1) << (bit))
#define BIT64(bit) (U64C(1) << (bit))

#endif /* LAB_LIB_CONST_H */
