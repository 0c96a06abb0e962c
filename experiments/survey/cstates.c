/* SPDX-License-Identifier: MIT */
/* What firmware says of C-states: the entries of _CST and _LPI that stand in its tables as constants, the FADT's. */
#include "experiments/kit/row.h"
#include "experiments/survey/parts.h"

enum { CLASS_MWAIT = 2, CLASS_PORT = 1 };

/* How Linux takes such a register; C1 without MWAIT is HLT. */
static const char *how(const struct acpi_cstate *state)
{
    if (state->space == ACPI_SPACE_IO || state->class == CLASS_PORT)
        return "ioport";
    if (state->class == CLASS_MWAIT)
        return "mwait";
    return state->type == 1 ? "hlt" : "other";
}

void survey_report_cstates(struct step *step)
{
    const struct acpi_info *acpi = &step->machine->acpi;

    if (acpi->fadt.present) {
        result_env_uint(step, "fadt_c2_us", acpi->fadt.c2_latency_us);
        result_env_uint(step, "fadt_c3_us", acpi->fadt.c3_latency_us);
    }
    for (uint32_t i = 0; i < acpi->cstates.count; i++) {
        const struct acpi_cstate *state = &acpi->cstates.list[i];
        struct row row;

        row_begin(&row, step, "acpi_state");
        json_add(&row.json, "by:%s how:%s arg:%lx", state->lpi ? "lpi" : "cst", how(state), state->address);
        if (!state->lpi)
            json_uint(&row.json, "type", state->type);
        json_uint(&row.json, "us", state->latency_us);
        if (state->lpi)
            json_uint(&row.json, "target_us", state->residency_us);
        json_uint(&row.json, "n", state->count);
        row_end(&row, step);
    }
    if (acpi->cstates.lost)
        result_say(step, "acpi_states_cut", CONFIDENCE_NONE, "%u more C-states stand in the ACPI tables",
                   acpi->cstates.lost);
}
