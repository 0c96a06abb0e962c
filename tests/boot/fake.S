/* SPDX-License-Identifier: MIT */
/*
 * A small multiboot 1 image that writes a canned log to COM1 and then fails in one chosen way, to see that the launcher
 * names it. Where the boot arguments hold resume=, it writes the log of -DLOG_RESUMED="file" instead, and leaves by the
 * debug exit port. Built with -DLOG="file" and one of -DEND_TRIPLE_FAULT, -DEND_RESET, -DEND_AGAIN, -DEND_HANG,
 * -DEND_EXIT, -DEND_BAD_FETCH.
 *
 * In:    EAX, EBX as multiboot 1 leaves them; of what EBX points at, flags and cmdline are read. Clobbers everything;
 * does not return.
 */
#define COM1 0x3f8
#define DEBUG_EXIT_PORT 0xf4
#define RESET_PORT 0xcf9
#define RESET_FULL 0x0e
#define MULTIBOOT_CMDLINE 16 /* offset of the pointer to the boot arguments, valid where bit 2 of the flags is set */
#define VGA_MEMORY 0xa0000 /* no RAM there: an instruction fetch from a device, which KVM cannot emulate */

    .section .text
    .code32
    .balign 4
    .long 0x1badb002, 0, -0x1badb002

    .globl _start
_start:
    cli
    mov $COM1 + 3, %dx
    mov $0x83, %al /* line control: 8N1, divisor latch open */
    out %al, (%dx)
    mov $COM1, %dx
    mov $1, %al /* divisor 1: 115200 baud */
    out %al, (%dx)
    mov $COM1 + 1, %dx
    xor %al, %al
    out %al, (%dx)
    mov $COM1 + 3, %dx
    mov $0x03, %al
    out %al, (%dx)
    mov $log_start, %esi
    mov $log_end, %edi
#ifdef LOG_RESUMED
    xor %ecx, %ecx
    testl $1 << 2, (%ebx)
    jz 1f
    mov MULTIBOOT_CMDLINE(%ebx), %ebx
5:  cmpb $0, (%ebx)
    je 1f
    inc %ebx
    cmpl $0x75736572, -1(%ebx) /* "resu" */
    jne 5b
    mov 3(%ebx), %eax
    and $0xffffff, %eax
    cmp $0x3d656d, %eax /* "me=" */
    jne 5b
    mov $resumed_start, %esi
    mov $resumed_end, %edi
    inc %ecx
#endif
1:  cmp %edi, %esi
    jae 3f
    mov $COM1 + 5, %dx
2:  in (%dx), %al /* line status: bit 5 = transmitter empty */
    test $0x20, %al
    jz 2b
    mov $COM1, %dx
    lodsb
    out %al, (%dx)
    jmp 1b
3:
#ifdef LOG_RESUMED
    test %ecx, %ecx
    jz 7f
    xor %eax, %eax
    out %al, $DEBUG_EXIT_PORT
7:
#endif
#if defined(END_TRIPLE_FAULT)
    lidt no_idt
    int3
#elif defined(END_RESET)
    mov $RESET_PORT, %dx
    mov $RESET_FULL, %al
    out %al, (%dx)
#elif defined(END_AGAIN)
    jmp _start
#elif defined(END_EXIT)
    xor %eax, %eax
    out %al, $DEBUG_EXIT_PORT
#elif defined(END_BAD_FETCH)
    mov $VGA_MEMORY, %eax
    movl $0x00000f0f, (%eax)
    jmp *%eax
#endif
4:  hlt
    jmp 4b

no_idt:
    .word 0
    .long 0

    .section .rodata
log_start:
    .incbin LOG
log_end:
#ifdef LOG_RESUMED
resumed_start:
    .incbin LOG_RESUMED
resumed_end:
#endif
