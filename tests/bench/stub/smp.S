/* SPDX-License-Identifier: MIT */
/*
 * The image that only starts the other CPUs: multiboot 1, INIT to all others, 10 ms, STARTUP twice (SDM volume 3,
 * 8.4.4.1); each counts itself and halts. What idlelab's start of the CPUs is compared with. In: as multiboot 1 leaves
 * it, with the number of CPUs as last word of the command line. Out: the time from INIT to the last count in units of
 * 1024 TSC ticks, four bytes on COM1, least first; then out by the debug exit. Never returns.
 */
#include "boot/multiboot1.h"

#define DEBUG_EXIT_PORT 0xf4
#define COM1 0x3f8
#define PIT_MODE 0x43
#define PIT_COUNTER2 0x42
#define PIT_GATE2 0x61                  /* bit 0: counter 2 counts, bit 5: it has ended */
#define PIT_10_MS 11932
#define APIC 0xfee00000
#define APIC_SPURIOUS (APIC + 0xf0)
#define APIC_ICR_LOW (APIC + 0x300)
#define TO_ALL_OTHERS 0x000c4000
#define COUNT 0x7000
#define AP_PAGE 0x8000

        .section .text, "ax", @progbits
        .code32
        .long   MULTIBOOT1_HEADER_MAGIC, 0, -MULTIBOOT1_HEADER_MAGIC & 0xffffffff
        .globl  _start
_start: mov     $0x90000, %esp
        mov     16(%ebx), %esi          /* the command line */
        xor     %edi, %edi
1:      movzbl  (%esi), %eax
        inc     %esi
        test    %eax, %eax
        jz      3f
        cmp     $' ', %eax
        jne     2f
        mov     $'0', %eax
        xor     %edi, %edi
2:      imul    $10, %edi
        lea     -'0'(%edi, %eax), %edi
        jmp     1b
3:      dec     %edi
        push    %edi                    /* how many others */
        mov     $ap, %esi
        mov     $AP_PAGE, %edi
        mov     $ap_end - ap, %ecx
        rep movsb
        movl    $0, COUNT
        movl    $0x1ff, APIC_SPURIOUS
        pop     %edi
        rdtsc
        mov     %eax, %esi
        mov     %edx, %ebp
        movl    $TO_ALL_OTHERS | 0x500, APIC_ICR_LOW
        mov     $1, %al
        out     %al, $PIT_GATE2
        mov     $0xb0, %al              /* counter 2, both bytes, mode 0 */
        out     %al, $PIT_MODE
        mov     $PIT_10_MS & 0xff, %al
        out     %al, $PIT_COUNTER2
        mov     $PIT_10_MS >> 8, %al
        out     %al, $PIT_COUNTER2
4:      in      $PIT_GATE2, %al
        test    $0x20, %al
        jz      4b
        movl    $TO_ALL_OTHERS | 0x600 | AP_PAGE >> 12, APIC_ICR_LOW
        movl    $TO_ALL_OTHERS | 0x600 | AP_PAGE >> 12, APIC_ICR_LOW
5:      pause
        cmp     %edi, COUNT
        jne     5b
        rdtsc
        sub     %esi, %eax
        sbb     %ebp, %edx
        shrd    $10, %edx, %eax
        mov     $COM1, %edx
        mov     $4, %ecx
6:      out     %al, %dx
        shr     $8, %eax
        loop    6b
        xor     %eax, %eax
        out     %eax, $DEBUG_EXIT_PORT
7:      hlt
        jmp     7b

        .code16
ap:     xor     %ax, %ax
        mov     %ax, %ds
        lock incl COUNT
8:      cli
        hlt
        jmp     8b
ap_end:

        .section .note.GNU-stack, "", @progbits
