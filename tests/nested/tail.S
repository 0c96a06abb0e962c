/* SPDX-License-Identifier: MIT */
/*
 * A guest of build/vmm that writes a line and then leaves no more: its end is not in the burst that it begins with.
 * With BEHIND=start it writes the line again without end; its look at the UART's status sets VMM's alarm each time.
 */
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
spin:
    jmp BEHIND
words:
    .ascii "the end of a line\n"
end:
