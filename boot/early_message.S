/* SPDX-License-Identifier: MIT */
/*
 * The last resort: one line on the screen and on COM1, then stop. For failures before the lab can
 * write a log.
 *
 *                 early_stop (32-bit and 64-bit mode)     boot_stop (64-bit, boot/boot_stop.h)
 *   in   ESI      address of the text, below 4 GiB        EDI = address of the text
 *   stack         none needed                             none needed
 *   out           never returns                           never returns
 *
 * The text begins with a newline (firmware leaves the cursor in mid-line) and ends with a newline
 * and a NUL. early_stop is assembled as 32-bit code but uses only instructions whose bytes mean the
 * same in 64-bit mode (no one-byte INC or DEC, no direct addresses, no stack), so both modes share
 * it. Nothing waits without a limit: a port that does not answer its scratch register is not there,
 * and one that stops taking bytes is given up.
 */
#define VGA_TEXT 0xb8000
#define VGA_COLUMNS 80
#define VGA_WHITE_ON_RED 0x4f

/* 16550 UART (National Semiconductor PC16550D data sheet, table II). */
#define COM1 0x3f8
#define UART_FCR (COM1 + 2)
#define UART_LCR (COM1 + 3)
#define UART_LSR (COM1 + 5)
#define UART_SCR (COM1 + 7)
#define LCR_8N1 0x03
#define LCR_DLAB 0x80
#define FCR_FIFO 0x07
#define LSR_THRE 0x20
#define BAUD_115200_DIVISOR 1

/* Polls for one byte: 87 us on the wire against about 1 us a poll, with room for a full FIFO before */
/* it. */
#define POLLS_PER_BYTE 20000

        .section .text.early_stop, "ax", @progbits
        .globl  early_stop, boot_stop

        .code64
boot_stop:
        mov     %edi, %esi              /* clears the upper half: text lies below 4 GiB */

        .code32
early_stop:
        cli
        cld
        mov     %esi, %ebx              /* for the second reading */

        /* 1. The top line of the VGA text screen. Where there is none, the writes go nowhere. */
        mov     $VGA_TEXT, %edi
        mov     $VGA_COLUMNS, %ecx
        lodsb                           /* the newline */
        mov     $VGA_WHITE_ON_RED, %ah
1:      lodsb
        cmp     $' ', %al               /* the newline at the end */
        jb      2f
        stosw
        loop    1b

        /* 2. Is there a UART? Two values, for an absent port may return a constant. */
2:      mov     %ebx, %esi
        mov     $UART_SCR, %edx
        mov     $0x55, %al
        out     %al, %dx
        in      %dx, %al
        cmp     $0x55, %al
        jne     6f
        mov     $0xaa, %al
        out     %al, %dx
        in      %dx, %al
        cmp     $0xaa, %al
        jne     6f

        /* 3. 115200 baud, 8N1, FIFO on. The divisor's high byte (COM1 + 1 under DLAB) is 0. */
        mov     $UART_LCR, %edx
        mov     $LCR_DLAB | LCR_8N1, %al
        out     %al, %dx
        mov     $COM1, %edx
        mov     $BAUD_115200_DIVISOR, %al
        out     %al, %dx
        mov     $COM1 + 1, %edx
        mov     $0, %al
        out     %al, %dx
        mov     $UART_LCR, %edx
        mov     $LCR_8N1, %al
        out     %al, %dx
        mov     $UART_FCR, %edx
        mov     $FCR_FIFO, %al
        out     %al, %dx

        /* 4. The text. */
3:      lodsb
        test    %al, %al
        jz      6f
        mov     %al, %bl
        mov     $UART_LSR, %edx
        mov     $POLLS_PER_BYTE, %ecx
4:      in      %dx, %al
        test    $LSR_THRE, %al
        jnz     5f
        loop    4b
        jmp     6f
5:      mov     %bl, %al
        mov     $COM1, %edx
        out     %al, %dx
        jmp     3b

        /* 5. Stop. An NMI ends a HLT. */
6:      cli
        hlt
        jmp     6b

        .section .note.GNU-stack, "", @progbits
