/* SPDX-License-Identifier: MIT */
/*
 * The end of the image: an exception outside a guarded call, or a failed assertion.
 *
 * Any CPU, any context. The reporter that the engine installs writes the records and the end of the run; until there is
 * one, one line goes to the debug console of the machine's first serial port.
 */
#ifndef LAB_ARCH_IRQ_PANIC_H
#define LAB_ARCH_IRQ_PANIC_H

#include <stdbool.h>
#include <stdint.h>

struct fault_report;
struct machine;
struct percpu;

struct panic_reporter {
    /* Writes what happened and ends the run; must not return. Exactly one of report and text is given. */
    void (*fatal)(void *context, const struct fault_report *report, const char *text);
    void *context;
};

/* True where another CPU ends the run and this one has to stop. In its NMI handler. */
bool panic_stops(const struct percpu *cpu);

__attribute__((noreturn)) void panic_fault(const struct fault_report *report);
__attribute__((noreturn)) void panic(const char *text);

#define LAB_ASSERT_TEXT2(line) #line
#define LAB_ASSERT_TEXT(line)  LAB_ASSERT_TEXT2(line)
/* Our own bug: file, line and expression, then the end of the run. */
#define LAB_ASSERT(expression)                                                                                         \
    ((expression) ? (void)0 : panic("assertion " __FILE__ ":" LAB_ASSERT_TEXT(__LINE__) ": " #expression))

#endif /* LAB_ARCH_IRQ_PANIC_H */
