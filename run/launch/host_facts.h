/* SPDX-License-Identifier: MIT */
/*
 * Facts that decide how a host treats idle guests and that need no root: kernel, KVM's parameters, idle and frequency
 * drivers, the relevant words of QEMU's command line. Source: Linux, Documentation/admin-guide/pm/cpuidle.rst,
 * cpufreq.rst and Documentation/virt/kvm/halt-polling.rst.
 */
#ifndef LAB_RUN_LAUNCH_HOST_FACTS_H
#define LAB_RUN_LAUNCH_HOST_FACTS_H

#include "lib/record/record.h"

/*
 * Writes the facts as `host` records; what cannot be read is left out. `argv` is the emulator's command,
 * NULL-terminated.
 */
void host_facts_write(struct record_stream *stream, char *const *argv);

#endif /* LAB_RUN_LAUNCH_HOST_FACTS_H */
