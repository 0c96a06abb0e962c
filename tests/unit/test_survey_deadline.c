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
    return tap_done();
}
