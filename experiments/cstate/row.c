/* SPDX-License-Identifier: MIT */
#include "experiments/cstate/parts.h"

#include "lib/json.h"

void cstate_begin_row(struct json *json, char *text, const struct cstate *cstate, const struct cstate_cell *cell,
                      const char *row)
{
    char state[CSTATE_TEXT_BYTES];

    result_row(cstate->run, json, text, row);
    json_str(json, "state", cstate_state_text(&cstate->states[cell->state], state));
    json_str(json, "by", nap_source_name((enum nap_source)cell->source));
    if (cstate->point_count > 1)
        json_uint(json, "interval", cstate->interval_tsc[cell->point]);
}
