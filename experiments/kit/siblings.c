/* SPDX-License-Identifier: MIT */
#include "experiments/kit/siblings.h"

#include "experiments/kit/experiment.h"

bool siblings_note(struct step *step, const struct beside *beside)
{
    uint32_t apic_id;
    const char *why = hv_is_guest(&step->machine->hv) ? NULL : beside_shallow(beside, &apic_id);

    if (why)
        result_say(step, "sibling_shallow", CONFIDENCE_HIGH,
                   "the core of CPU %u is no deeper than its other thread, APIC id %xh, which %s: deep states in "
                   "these figures are that thread's where it is shallower",
                   beside->cpu->index, apic_id, why);
    return why != NULL;
}

bool siblings_note_package(struct step *step, const struct beside *beside)
{
    uint32_t lost = step->machine->acpi.madt.lost_cpus;
    uint32_t listed, missing;

    if (hv_is_guest(&step->machine->hv))
        return lost;
    missing = beside_missing(beside, &listed);
    if (missing || lost)
        result_say(
            step, "package_partial", CONFIDENCE_HIGH,
            "%u of the package's %u CPUs%s took no part, as the firmware lists them: it can be no deeper than they "
            "are",
            missing, listed, lost ? ", and some that are not counted," : "");
    return missing || lost;
}
