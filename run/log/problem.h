/* SPDX-License-Identifier: MIT */
/* What is wrong with a log: each problem is counted and handed to the reader's caller. */
#ifndef LAB_RUN_LOG_PROBLEM_H
#define LAB_RUN_LOG_PROBLEM_H

#include "run/log/state.h"

/* Reports a problem that a consumer of the records found, so that it is counted with the others. */
void log_reader_complain(struct log_reader *reader, enum log_problem_kind kind, uint64_t line, uint64_t column,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Reports numbers that never arrived; `what` names them in the singular. */
void log_reader_gap(struct log_reader *reader, const char *what, const struct seq_gap *gap);

/* Word for a kind of problem, such as "damaged". */
const char *log_problem_name(enum log_problem_kind kind);

#endif
