/* SPDX-License-Identifier: MIT */
/*
 * What the host's kernel counts of its guests, read from its own files, which takes root: KVM's counters in debugfs,
 * for a machine that answers no questions, and exits by reason, where somebody has told the tracer to count them:
 *   echo 'hist:keys=isa,exit_reason' >/sys/kernel/tracing/events/kvm/kvm_exit/trigger
 * Source: Linux, Documentation/trace/histogram.rst; Documentation/virt/kvm/api.rst.
 */
#ifndef LAB_RUN_LAUNCH_HOST_KERNEL_H
#define LAB_RUN_LAUNCH_HOST_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "run/launch/host_counters.h"

/* KVM's counters of the process's VM, all its vCPUs together. False where there are none to read. */
bool host_kernel_counters(struct host_counters *out, long pid);

/* Exits of all VMs by reason, since the trigger was set. False where nobody has set it. */
bool host_kernel_exits(struct host_counters *out);

/* A reason that nothing had left for before is one that was 0: it goes into `before` so. Pure. */
void host_exits_from_zero(struct host_counters *before, const struct host_counters *now);

/* Adds what one line of the histogram counts; a line of another kind adds nothing. Pure. */
void host_exits_line(struct host_counters *out, const char *line);

/*
 * A reason in words: `isa` is 1 for VMX, 2 for SVM, as in the tracepoint. Pure.
 * Sources: Intel SDM volume 3, appendix C "VMX Basic Exit Reasons"; AMD APM volume 2, appendix C "SVM Intercept Exit
 * Codes".
 */
void host_exit_name(char *name, size_t room, unsigned isa, unsigned reason);

/* What KVM has learnt of its timers for the process's first vCPU, in ns; false where it says nothing. */
bool host_kernel_advance(long pid, char *text, size_t room);

#endif /* LAB_RUN_LAUNCH_HOST_KERNEL_H */
