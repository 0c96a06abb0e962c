/* SPDX-License-Identifier: MIT */
/*
 * From the loader's 32-bit protected mode to C in 64-bit mode, on the boot CPU.
 *
 *                 boot_start (multiboot 1 and 2)          pvh_start (PVH)
 *   in   EAX      0x2badb002 or 0x36d76289                anything
 *        EBX      address of the information              address of hvm_start_info
 *        mode     protected, paging off, flat segments, interrupts off, A20 on; no stack, no GDT
 *   out  EDI      the loader's magic number, PVH's own for PVH
 *        RSI      EBX
 *        RDX      TSC at the first instruction
 *        mode     64-bit, the first 4 GiB mapped to themselves, boot_gdt, RSP = boot_stack_top
 *                 (16-byte aligned before the call of boot_main)
 *
 * In between: EBP = magic, EBX = information, EDI:ESI = TSC (high:low), all others free. All three
 * loaders clear the BSS (multiboot 0.6.96 3.1.3, PVH and multiboot 2 by ELF p_memsz), so nothing is
 * cleared here. The headers are in header.S.
 */
#include "arch/x86/cr_regs.h"
#include "arch/x86/paging_regs.h"
#include "boot/layout.h"

#define EFLAGS_ID (1 << 21)             /* can be flipped: CPUID exists (SDM volume 2A, CPUID) */
#define CPUID_1_EDX_PAE (1 << 6)
#define CPUID_VENDOR_INTEL_EBX 0x756e6547       /* "Genu" */
#define CPUID_80000001_EDX_LM (1 << 29)
#define EARLY_PAGE_FLAGS (PTE_PRESENT | PTE_WRITE)
#define EARLY_DIRECTORIES 4             /* of 1 GiB each */

        .section .text.entry, "ax", @progbits
        .code32
        .globl  boot_start, pvh_start, boot_gdt_pointer, boot_stack_top

pvh_start:
        mov     $BOOT_MAGIC_PVH, %eax
boot_start:
        /* 1. The time first, it is the zero of "time since entry". A CPU without RDTSC predates all */
        /* that follows. */
        cli
        cld
        mov     %eax, %ebp
        rdtsc
        mov     %eax, %esi
        mov     %edx, %edi

        /* 2. Is there memory behind the whole image? The stack and the page tables lie at its end. */
        /* Two patterns, for */
        /*    a bus without memory may hold the last value. The last word of the image belongs to */
        /*    the page tables. */
        mov     $__image_end - 4, %ecx
        movl    $0x5aa55aa5, (%ecx)
        cmpl    $0x5aa55aa5, (%ecx)
        jne     no_memory
        movl    $0, (%ecx)
        cmpl    $0, (%ecx)
        jne     no_memory

        /* 3. The CPU: CPUID, then PAE and long mode. */
        mov     $boot_stack_top, %esp
        pushf
        pop     %eax
        mov     %eax, %ecx
        xor     $EFLAGS_ID, %eax
        push    %eax
        popf
        pushf
        pop     %eax
        cmp     %eax, %ecx
        je      no_long_mode

        push    %ebx                    /* CPUID writes EBX */
        mov     $1, %eax
        cpuid
        mov     %edx, %ecx
        mov     $0x80000000, %eax
        push    %ecx
        cpuid
        pop     %ecx
        pop     %ebx
        test    $CPUID_1_EDX_PAE, %ecx
        jz      no_long_mode
        cmp     $0x80000001, %eax
        jb      no_long_mode
        push    %ebx
        mov     $0x80000001, %eax
        cpuid
        pop     %ebx
        test    $CPUID_80000001_EDX_LM, %edx
        jz      no_long_mode
        bt      $CPUID_80000001_EDX_NX_BIT, %edx
        jc      1f

        /* Firmware can hide NX on Intel; each of its CPUs with long mode has this register. Linux */
        /* (verify_cpu()) clears the bit, too. */
        push    %ebx
        xor     %eax, %eax
        cpuid
        cmp     $CPUID_VENDOR_INTEL_EBX, %ebx
        pop     %ebx
        jne     1f
        mov     $MSR_IA32_MISC_ENABLE, %ecx
        rdmsr
        btr     $MISC_ENABLE_XD_OFF_BIT - 32, %edx
        jnc     1f
        wrmsr

1:      /* 4. Page tables: 4 GiB, each address to itself, by 2 MiB pages. paging_init() puts better */
        /* ones in their place. */
        movl    $early_pdpt + EARLY_PAGE_FLAGS, early_pml4
        mov     $early_pdpt, %edx
        mov     $early_directories + EARLY_PAGE_FLAGS, %eax
        mov     $EARLY_DIRECTORIES, %ecx
2:      mov     %eax, (%edx)
        add     $PAGE_BYTES, %eax
        add     $8, %edx
        loop    2b
        mov     $early_directories, %edx
        mov     $EARLY_PAGE_FLAGS | PTE_LARGE, %eax
        mov     $EARLY_DIRECTORIES * PAGE_TABLE_ENTRIES, %ecx
3:      mov     %eax, (%edx)
        add     $PAGE_2M_BYTES, %eax
        add     $8, %edx
        loop    3b

        /* 5. Long mode (SDM volume 3A, 9.8.5 "Initializing IA-32e Mode"). CR0 is set as a whole: */
        /* caches on. NXE only where there is NX: else it is reserved. */
        mov     $CR4_LAB, %eax
        mov     %eax, %cr4
        mov     $early_pml4, %eax
        mov     %eax, %cr3
        push    %edi
        push    %esi
        push    %ebx
        mov     $0x80000001, %eax
        cpuid
        pop     %ebx
        mov     $EFER_LME, %eax
        bt      $CPUID_80000001_EDX_NX_BIT, %edx
        jnc     4f
        or      $EFER_NXE, %eax
4:      mov     $MSR_IA32_EFER, %ecx
        xor     %edx, %edx
        wrmsr
        mov     $CR0_LAB, %eax
        mov     %eax, %cr0
        lgdt    boot_gdt_pointer
        ljmp    $BOOT_CS64, $long_mode

no_memory:
        mov     $memory_message, %esi
        jmp     early_stop
no_long_mode:
        mov     $long_mode_message, %esi
        jmp     early_stop

        .code64
long_mode:
        /* 6. Flat data segments and the arguments of boot_main(). The upper halves of registers are */
        /* undefined after */
        /*    the switch; 32-bit moves clear them. */
        mov     $BOOT_DS, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        xor     %eax, %eax
        mov     %eax, %fs
        mov     %eax, %gs
        lldt    %ax
        mov     $boot_stack_top - 8, %esp
        pop     %rdx                    /* the TSC: step 5 pushed the high half first */
        mov     $boot_stack_top, %esp
        mov     %ebx, %esi
        mov     %ebp, %edi
        xor     %ebp, %ebp              /* the end of the chain of frames */
        call    boot_main
5:      cli
        hlt
        jmp     5b

        .section .rodata.boot, "a", @progbits
        /* Flat descriptors with their accessed bits set: the CPU need not write into read-only */
        /* memory. */
        .balign 8
boot_gdt:
        .quad   0
        .quad   0x00cf9b000000ffff      /* BOOT_CS32: code, 4 GiB, present, ring 0, 32-bit */
        .quad   0x00cf93000000ffff      /* BOOT_DS: data, writable */
        .quad   0x00af9b000000ffff      /* BOOT_CS64: code, L = 1 */
boot_gdt_end:
        .balign 8
        .short  0, 0, 0                 /* puts the base below on an 8-byte boundary */
boot_gdt_pointer:
        .short  boot_gdt_end - boot_gdt - 1
        .quad   boot_gdt

memory_message:
        .asciz  "\nidlelab: too little memory: no RAM behind the image; idlelab needs 16 MiB\n"
long_mode_message:
        .asciz  "\nidlelab: this CPU has no long mode (64-bit mode); idlelab needs x86-64\n"

        .section .boot_stack, "aw", @nobits
        .balign PAGE_BYTES
        .skip   PAGE_BYTES              /* __boot_stack_guard, see layout.h */
        .skip   BOOT_STACK_BYTES
boot_stack_top:

        /* Last in the image, see step 2; used until paging_init(). */
        .section .early_tables, "aw", @nobits
        .balign PAGE_BYTES
early_pml4:
        .skip   PAGE_BYTES
early_pdpt:
        .skip   PAGE_BYTES
early_directories:
        .skip   EARLY_DIRECTORIES * PAGE_BYTES

        .section .note.GNU-stack, "", @progbits
