/* SPDX-License-Identifier: MIT */
#include "experiments/cstate/parts.h"

void cstate_begin_row(struct row *row, const struct cstate *cstate, const struct cstate_cell *cell, const char *kind)
{
    char state[CSTATE_TEXT_BYTES];

    row_begin(row, cstate->step, kind);
    json_add(&row->json, "state:%s by:%s", cstate_state_text(&cstate->states[cell->state], state),
             nap_source_name((enum nap_source)cell->source));
    if (cstate->point_count > 1)
        json_uint(&row->json, "interval", cstate->interval_tsc[cell->point]);
}
