/* SPDX-License-Identifier: MIT */
/* A guest of build/vmm that writes without end. Its look at the UART's status before each line sets VMM's alarm. */
    .section .note.pvh, "a", @note
    .long 4, 4, 18 /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long start

    .text
    .globl start
start:
    mov $0x3fd, %edx
    in (%dx), %al
    mov $0x3f8, %edx
    mov $words, %esi
    mov $end - words, %ecx
    rep outsb
    jmp start
words:
    .fill 99, 1, 'x'
    .ascii "\n"
end:
