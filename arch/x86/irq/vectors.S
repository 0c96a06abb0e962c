/* SPDX-License-Identifier: MIT */
/*
 * Entry stubs for all 256 vectors.
 *
 * Common stub, stack from low to high (struct irq_frame):
 *   r15 r14 r13 r12 r11 r10 r9 r8 rdi rsi rbp rbx rcx | tsc | rdx rax | vector error | rip cs rflags rsp ss
 * The TSC is read as soon as two registers are free for it, before anything else is saved.
 *
 * Wake stub, for the measured vectors (VECTOR_WAKE_*): takes the stamp, stores it, counts, signals EOI, returns. It
 * uses only RAX, RCX and RDX, and does not call C. There are two, because EOI is a store in xAPIC mode and a WRMSR in
 * x2APIC mode.
 *
 * Inputs: the CPU's own push of rip cs rflags rsp ss (and an error code for vectors 8, 10-14, 17, 21, 29, 30).
 * Clobbers nothing.
 */
#include "arch/x86/cpu/percpu_regs.h"
#include "arch/x86/irq/vectors_regs.h"

#define MSR_X2APIC_EOI 0x80B

	.text
	.code64

.macro take_tsc				/* RDX:RAX -> RAX */
	rdtsc
	shlq	$32, %rdx
	orq	%rdx, %rax
.endm

/* 1. One stub a vector, 16 bytes apart, so that the IDT is filled by arithmetic. */
	.balign	16
	.globl	vector_stubs
vector_stubs:
	.set	v, 0
	.rept	256
	.balign	16
	.set	has_error_code, v == VECTOR_DF || (v >= VECTOR_TS && v <= VECTOR_PF) || v == VECTOR_AC || v == VECTOR_CP
	.if	!(has_error_code || v == VECTOR_VC || v == VECTOR_SX)
	pushq	$0			/* keeps the frame the same where the CPU pushes no error code */
	.endif
	pushq	$v
	jmp	vector_common
	.set	v, v + 1
	.endr

/* 2. The rest of every stub. */
	.balign	16
vector_common:
	pushq	%rax
	pushq	%rdx
	take_tsc
	pushq	%rax			/* frame.tsc */
	pushq	%rcx
	pushq	%rbx
	pushq	%rbp
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	cld
	movq	%rsp, %rdi		/* struct irq_frame * */
	movq	%rsp, %rbp
	andq	$-16, %rsp		/* the ABI's alignment; the frame has an odd number of words */
	call	irq_dispatch
	movq	%rbp, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rbp
	popq	%rbx
	popq	%rcx
	addq	$8, %rsp		/* tsc */
	popq	%rdx
	popq	%rax
	addq	$16, %rsp		/* vector, error */
	iretq

/* 3. The measured vectors. */
.macro wake_stub name
	.balign	64
	.globl	\name
\name:
	pushq	%rax
	pushq	%rdx
	take_tsc
	movq	%rax, %gs:PERCPU_WAKE_TSC
	addq	$1, %gs:PERCPU_WAKE_COUNT
.endm

	wake_stub vector_wake_x2apic
	pushq	%rcx
	movl	$MSR_X2APIC_EOI, %ecx
	xorl	%eax, %eax
	xorl	%edx, %edx
	wrmsr
	popq	%rcx
	popq	%rdx
	popq	%rax
	iretq

	wake_stub vector_wake_xapic
	movq	%gs:PERCPU_APIC_EOI, %rax
	movl	$0, (%rax)
	popq	%rdx
	popq	%rax
	iretq

	.section .note.GNU-stack, "", @progbits
