/* SPDX-License-Identifier: MIT */
/* Keeps each vCPU's thread on one of the host's CPUs: run/qemu --pin. */
#ifndef LAB_RUN_LAUNCH_VCPU_PIN_H
#define LAB_RUN_LAUNCH_VCPU_PIN_H

#include <stdbool.h>
#include <stddef.h>

#include "run/launch/qmp.h"

/*
 * Asks QEMU for its vCPU threads and pins vCPU i to the i-th number of `list` ("0,1"); a shorter list repeats, so that
 * "0" puts all on CPU 0. Takes at most 2 s. `words` then lists the pairs ("0:0 1:1"), or why it could not be done
 * (false).
 */
bool vcpu_pin(struct qmp *qmp, const char *list, char *words, size_t room);

#endif /* LAB_RUN_LAUNCH_VCPU_PIN_H */
