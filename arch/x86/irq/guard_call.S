/* SPDX-License-Identifier: MIT */
/*
 * Guarded calls (fault.h).
 *
 * enum guard_end guard_call(void (*fn)(void *), void *argument, struct guard_context *context)
 *   Saves the callee-saved registers and the stack pointer in *context, calls fn(argument), returns GUARD_DONE (0).
 * guard_resume: where an aborted call's interrupt returns to. RDI = context, ESI = value to return. Interrupts are off.
 */
	.text
	.code64

	.globl	guard_call
guard_call:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rdx)		/* context->rsp */
	movq	%rdi, %rax
	movq	%rsi, %rdi
	subq	$8, %rsp		/* the ABI's alignment at the call */
	call	*%rax
#ifndef LAB_RING3
	cli				/* from here on nothing but an NMI, on its own stack: the saved frame stays whole */
#endif
	addq	$8, %rsp
	xorl	%eax, %eax
guard_leave:
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

	.globl	guard_resume
guard_resume:
	movq	(%rdi), %rsp
	movl	%esi, %eax
	cld
	jmp	guard_leave

	.section .note.GNU-stack, "", @progbits
