/* SPDX-License-Identifier: MIT */
/*
 * A small image for windows.sh: right as it stands, wrong in one place with -DPLANT_<what>=1. Never run.
 */
#include "arch/x86/irq/vectors_regs.h"

	.macro stamp_saved
	movl	%eax, %r8d
	movl	%edx, %r9d
	.endm

	.text
	.globl	window_hlt_before, window_hlt_after
hlt_wait:
	lfence
	rdtsc
#if PLANT_LATE_LABEL
	nop
#endif
window_hlt_before:
#if PLANT_OTHER_MOVE
	movl	%eax, %r8d
	movl	%edx, %r10d
#else
	stamp_saved
#endif
#if PLANT_CALL
	call	vector_common
#endif
	sti
	hlt
#if PLANT_NOP
	nop
#endif
#if PLANT_LEAVE
	je	hlt_wait
#endif
window_hlt_after:
#if PLANT_LATE_STAMP
	cli
#endif
	rdtsc
	ret

	.globl	window_spin_before, window_spin_after
spin_wait:
	lfence
	rdtsc
window_spin_before:
	stamp_saved
#if !PLANT_NO_STI
	sti
#endif
1:	cmpq	%rsi, (%rcx)
#if PLANT_LEAVE_LOOP
	je	spin_wait
#else
	je	1b
#endif
window_spin_after:
	rdtsc
#if PLANT_ENTER
	jmp	1b
#endif
	ret

	.globl	window_ioport_masked_before, window_ioport_masked_after
ioport_wait:
	lfence
	rdtsc
window_ioport_masked_before:
	stamp_saved
#if PLANT_LOAD
	movl	8(%rdi), %edx
#else
	movl	%r10d, %edx
#endif
	inb	%dx, %al
window_ioport_masked_after:
	rdtsc
	ret

#if PLANT_UNKNOWN
	.globl	window_new_before, window_new_after
	rdtsc
window_new_before:
	stamp_saved
window_new_after:
	rdtsc
#endif

/* Elsewhere in the image. */
park:
	sti
#if PLANT_SPLIT_ELSEWHERE
	nop
#endif
park_hlt:
	hlt
	cli
#if PLANT_SKIP_STI
	jmp	park_hlt
#else
	jmp	park
#endif
stop:	cli
	hlt
	jmp	stop

	.balign	16
	.globl	vector_stubs
vector_stubs:
	.set	v, 0
	.rept	256
	.balign	16
	.if	v != VECTOR_DF
	pushq	$0
	.endif
#if PLANT_SLOW_VECTOR
	.if	v == 77
	cld
	.endif
#endif
	pushq	$v
	jmp	vector_common
	.set	v, v + 1
	.endr
	.balign	16
vector_common:
	pushq	%rax
	pushq	%rdx
#if PLANT_SLOW_COMMON
	pushq	%rcx
#endif
	rdtsc
	iretq

	.globl	vector_wake_x2apic, vector_wake_xapic
vector_wake_x2apic:
	pushq	%rax
	pushq	%rdx
#if PLANT_SLOW_WAKE
	pushq	%rcx
#endif
	rdtsc
	iretq
vector_wake_xapic:
	pushq	%rax
	pushq	%rdx
	rdtsc
	iretq

	.section .note.GNU-stack, "", @progbits
