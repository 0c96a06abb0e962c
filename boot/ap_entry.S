/* SPDX-License-Identifier: MIT */
/*
 * Start of an application processor.
 *
 * Who sends: smp_start() (arch/x86/cpu/smp_start.c), INIT then STARTUP, whose vector is the page this code was copied
 * to, below 1 MiB.
 * State on entry (SDM volume 3, 8.4.4): real mode, CS = page << 8, IP = 0, everything else reset.
 * The boot CPU writes the words behind `ap_block` beforehand (struct ap_block in smp_start.c, offsets asserted there).
 * Steps: 1 find out where we are; 2 protected mode; 3 long mode on the boot CPU's page tables, NX as there; 4 find our
 * own percpu block by APIC identifier; 5 its stack, and C. A CPU that is not expected halts for good.
 * Nothing is returned; all registers are clobbered.
 */
#include "arch/x86/cpu/ap_regs.h"
#include "arch/x86/cr_regs.h"

	.section .ap_trampoline, "a", @progbits
	.balign	16
	.code16
ap_trampoline:
	cli
	cld
/* 1. EBX = linear address of this page, for the rest of the way. */
	movw	%cs, %ax
	movw	%ax, %ds
	movzwl	%ax, %ebx
	shll	$4, %ebx
/* 2. The GDT pointer and both far pointers were made absolute by the boot CPU. */
	lgdtl	AP_BLOCK_OFFSET + AP_GDT_POINTER
	movl	%cr0, %eax
	orl	$1, %eax		/* CR0.PE; caches stay as reset left them until the boot CPU's CR0 comes */
	movl	%eax, %cr0
	ljmpl	*AP_BLOCK_OFFSET + AP_FAR32

	.code32
	.globl	ap_entry32
ap_entry32:
	movw	$AP_SELECTOR_DATA, %ax
	movw	%ax, %ds
	movw	%ax, %ss
/* 3. The order of SDM volume 3, 9.8.5: PAE, CR3, LME, paging. */
	movl	AP_BLOCK_OFFSET + AP_CR4(%ebx), %eax
	movl	%eax, %cr4
	movl	AP_BLOCK_OFFSET + AP_CR3(%ebx), %eax
	movl	%eax, %cr3
	testl	$EFER_NXE, AP_BLOCK_OFFSET + AP_EFER(%ebx)
	jz	1f
	movl	%ebx, %esi		/* CPUID takes EBX */
	movl	$0x80000001, %eax
	cpuid
	movl	%esi, %ebx
	btl	$CPUID_80000001_EDX_NX_BIT, %edx
	jc	1f
	movl	$MSR_IA32_MISC_ENABLE, %ecx	/* hidden here, as it was on the boot CPU (entry.S): an Intel CPU */
	rdmsr
	btrl	$MISC_ENABLE_XD_OFF_BIT - 32, %edx
	wrmsr
1:	movl	$MSR_IA32_EFER, %ecx
	movl	AP_BLOCK_OFFSET + AP_EFER(%ebx), %eax
	xorl	%edx, %edx
	wrmsr
	movl	AP_BLOCK_OFFSET + AP_CR0(%ebx), %eax
	movl	%eax, %cr0
	ljmpl	*AP_BLOCK_OFFSET + AP_FAR64(%ebx)

	.code64
	.globl	ap_entry64
ap_entry64:
	movl	%ebx, %r8d		/* CPUID takes EBX */
/* 4. EDI = APIC identifier: leaf 0BH where it answers (32 bits), else leaf 1 (8 bits). */
	xorl	%eax, %eax
	cpuid
	cmpl	$0xb, %eax
	jb	1f
	movl	$0xb, %eax
	xorl	%ecx, %ecx
	cpuid
	movl	%edx, %edi
	testl	%ebx, %ebx		/* zero: the leaf is there but empty */
	jnz	2f
1:	movl	$1, %eax
	cpuid
	movl	%ebx, %edi
	shrl	$24, %edi
2:	movl	AP_BLOCK_OFFSET + AP_COUNT(%r8), %ecx
	movq	AP_BLOCK_OFFSET + AP_TABLE(%r8), %rsi
3:	testl	%ecx, %ecx
	jz	4f
	movq	(%rsi), %rax		/* struct percpu * */
	cmpl	%edi, PERCPU_APIC_ID(%rax)
	je	5f
	addq	$8, %rsi
	decl	%ecx
	jmp	3b
4:	hlt
	jmp	4b
/* 5. ap_main(struct percpu *) does not return. */
5:	movq	PERCPU_STACK_TOP(%rax), %rsp
	movq	%rax, %rdi
	xorl	%ebp, %ebp
	movq	AP_BLOCK_OFFSET + AP_MAIN(%r8), %rax
	call	*%rax
	ud2

	.section .note.GNU-stack, "", @progbits
