/* SPDX-License-Identifier: MIT */
/* What is wrong with TSC-deadline mode on this machine: by its microcode, and by trial. */
#include "experiments/survey/parts.h"

void survey_report_deadline(struct step *step)
{
    const struct deadline_check *check = &step->machine->timer.check;
    const struct deadline_tries *tries = &check->tries;
    const char *then = step->machine->timer.one_shot == APIC_TIMER_DEADLINE
                           ? "it is used all the same, because one-shot mode does not count"
                           : "one-shot mode is used";

    if (check->needed_revision && !step->machine->snapshot.microcode_known)
        result_say(step, "deadline_untrue", CONFIDENCE_NONE,
                   "erratum TSC_DEADLINE: the TSC-deadline timer is broken below microcode revision %xh, and this "
                   "CPU's is unknown: %s",
                   check->needed_revision, then);
    else if (check->needed_revision)
        result_say(step, "deadline_untrue", CONFIDENCE_NONE,
                   "erratum TSC_DEADLINE: the TSC-deadline timer is broken below microcode revision %xh, and this CPU "
                   "has %xh: %s",
                   check->needed_revision, step->machine->snapshot.microcode, then);
    if (check->untrue)
        result_say(step, "deadline_untrue", CONFIDENCE_NONE,
                   "of %u TSC deadlines tried on CPU %u, %u came early, %u late, %u not within %u ms; CPUs with "
                   "such a timer: %u of %u: %s",
                   tries->tried, check->cpu, tries->early, tries->late, tries->lost,
                   deadline_lost_us(hv_is_guest(&step->machine->hv)) / 1000, check->untrue, check->cpus, then);
}
