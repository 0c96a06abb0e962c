/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/survey/deadline.c arch/x86/time/deadline_check.c
/* What `survey` says of the TSC-deadline erratum: the CPU's microcode revision, or that it is unknown. */
#include "experiments/survey/parts.h"

#include <stdarg.h>
#include <string.h>

#include "lib/fmt.h"
#include "tests/unit/tap.h"

static char said[512]; /* of the last deadline_untrue */

void result_say(struct step *step, const char *id, enum confidence confidence, const char *format, ...)
{
    va_list arguments;

    (void)step, (void)confidence;
    if (strcmp(id, "deadline_untrue") != 0)
        return;
    va_start(arguments, format);
    vfmt(said, sizeof(said), format, arguments);
    va_end(arguments);
}

int main(void)
{
    static struct machine machine;
    static struct step step = {.machine = &machine};
    char within[80];

    survey_report_deadline(&step);
    TAP_OK(!said[0], "no erratum, no word");
    machine.timer.check.needed_revision = 0x22;
    survey_report_deadline(&step);
    TAP_OK(strstr(said, "below microcode revision 22h") && strstr(said, "unknown") && !strstr(said, " 0h"),
           "a revision that cannot be read is unknown, not 0h");
    machine.snapshot.microcode_known = true;
    machine.snapshot.microcode = 0x19;
    survey_report_deadline(&step);
    TAP_OK(strstr(said, "has 19h") != NULL, "one that is known is said");
    machine.timer.check = (struct deadline_check){.untrue = 1, .cpus = 4, .tries = {.tried = 5, .lost = 1}};
    survey_report_deadline(&step);
    fmt(within, sizeof(within), "1 not within %u ms; CPUs with such a timer: 1 of 4", deadline_lost_us(false) / 1000);
    TAP_OK(strstr(said, within) != NULL, "how long one was waited for");
    machine.hv.kind = HYPERVISOR_KVM;
    survey_report_deadline(&step);
    TAP_OK(strstr(said, within) == NULL, "which is longer in a guest");
    return tap_done();
}
