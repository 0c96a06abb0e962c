/* SPDX-License-Identifier: MIT */
/*
 * Checks for host unit tests; the results are printed as KTAP on stdout.
 *
 * A test program calls TAP_OK, TAP_INT and TAP_STR as often as it likes and ends with `return tap_done();`, which
 * prints the plan and gives the exit status: 0 when every check held, 1 when one failed or none was made. Include it
 * once in a program.
 */
#ifndef LAB_TESTS_UNIT_TAP_H
#define LAB_TESTS_UNIT_TAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The program's own tally: a test program has one thread and one list of results. */
static struct {
    unsigned done_count;
    unsigned failed_count;
} tap_tally;

static inline bool tap_ok(bool ok, const char *name, const char *file, int line, const char *what)
{
    if (tap_tally.done_count == 0)
        printf("KTAP version 1\n");
    tap_tally.done_count++;
    printf("%s %u %s\n", ok ? "ok" : "not ok", tap_tally.done_count, name);
    if (!ok) {
        tap_tally.failed_count++;
        printf("# %s:%d: %s\n", file, line, what);
    }
    return ok;
}

static inline bool tap_int(long long got, long long want, const char *name, const char *file, int line)
{
    char what[96];

    snprintf(what, sizeof(what), "got %lld (%#llx), want %lld (%#llx)", got, (unsigned long long)got, want,
             (unsigned long long)want);
    return tap_ok(got == want, name, file, line, what);
}

static inline bool tap_str(const char *got, const char *want, const char *name, const char *file, int line)
{
    bool ok = tap_ok(got && want && strcmp(got, want) == 0, name, file, line, "texts differ");

    if (!ok)
        printf("# got  '%s'\n# want '%s'\n", got ? got : "(null)", want ? want : "(null)");
    return ok;
}

/* Each of these is true when the check held, so that a test can stop where going on makes no sense. */
#define TAP_OK(condition, name)  tap_ok((condition), (name), __FILE__, __LINE__, #condition)
#define TAP_INT(got, want, name) tap_int((long long)(got), (long long)(want), (name), __FILE__, __LINE__)
#define TAP_STR(got, want, name) tap_str((got), (want), (name), __FILE__, __LINE__)

static inline int tap_done(void)
{
    printf("1..%u\n", tap_tally.done_count);
    printf("# Totals: pass:%u fail:%u xfail:0 xpass:0 skip:0 error:0\n", tap_tally.done_count - tap_tally.failed_count,
           tap_tally.failed_count);
    return tap_tally.failed_count == 0 && tap_tally.done_count != 0 ? 0 : 1;
}

#endif
