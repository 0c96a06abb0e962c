/* SPDX-License-Identifier: MIT */
/*
 * The image that does nothing: multiboot 1, then out through QEMU's isa-debug-exit at port f4h
 * (exit status 1). What idlelab's start is compared with. In: as multiboot 1 leaves it. Never
 * returns.
 */
#include "boot/multiboot1.h"

#define DEBUG_EXIT_PORT 0xf4

        .section .text, "ax", @progbits
        .code32
        .long   MULTIBOOT1_HEADER_MAGIC, 0, -MULTIBOOT1_HEADER_MAGIC & 0xffffffff
        .globl  _start
_start: xor     %eax, %eax
        out     %eax, $DEBUG_EXIT_PORT
1:      hlt
        jmp     1b

        .section .note.GNU-stack, "", @progbits
