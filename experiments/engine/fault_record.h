/* SPDX-License-Identifier: MIT */
/* An exception as records: vector, error code, address, registers. Boot CPU, or the CPU that ends the run. */
#ifndef LAB_EXPERIMENTS_ENGINE_FAULT_RECORD_H
#define LAB_EXPERIMENTS_ENGINE_FAULT_RECORD_H

#include <stdint.h>

struct fault_report;
struct machine;
struct record_stream;

/* step < 0: outside every step. */
void fault_record_emit(struct record_stream *stream, int64_t step, const struct fault_report *report);

/* What the banks held when #MC came, of all CPUs; returns what to call it. */
const char *fault_record_machine_checks(struct record_stream *stream, const struct machine *machine);

#endif /* LAB_EXPERIMENTS_ENGINE_FAULT_RECORD_H */
